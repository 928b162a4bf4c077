// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/Processors.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace snc::profile {

constexpr int32_t kMostProcessors = CPU_SETSIZE;

std::vector<int32_t> processorList(const std::string &text) {
  std::vector<int32_t> list;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    std::istringstream numbers(part);
    int32_t first = -1, last = -1;
    char dash = 0;
    if (!(numbers >> first) || first < 0)
      continue;
    last = first;
    if (numbers >> dash && (dash != '-' || !(numbers >> last)))
      continue;
    for (int32_t p = first; p <= last && p < kMostProcessors; ++p)
      list.push_back(p);
  }
  return list;
}

std::vector<int32_t> allowedProcessors() {
  cpu_set_t set;
  std::vector<int32_t> list;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    for (int32_t p = 0; p < kMostProcessors; ++p)
      if (CPU_ISSET(p, &set))
        list.push_back(p);
  return list;
}

std::optional<ProcessorPair> twoProcessors() {
  std::vector<int32_t> allowed = allowedProcessors();
  if (allowed.size() < 2)
    return std::nullopt;
  std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(allowed[0]) +
                     "/topology/thread_siblings_list");
  std::string text;
  std::getline(file, text);
  std::vector<int32_t> siblings = processorList(text);
  auto other = std::find_if(allowed.begin() + 1, allowed.end(), [&](int32_t p) {
    return std::find(siblings.begin(), siblings.end(), p) == siblings.end();
  });
  return ProcessorPair{allowed[0], other != allowed.end() ? *other : allowed[1]};
}

PinnedThread::PinnedThread(int32_t processor) {
  if (processor < 0 || processor >= kMostProcessors ||
      sched_getaffinity(0, sizeof before_, &before_) != 0)
    return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  pinned_ = sched_setaffinity(0, sizeof set, &set) == 0;
}

PinnedThread::~PinnedThread() {
  if (pinned_)
    sched_setaffinity(0, sizeof before_, &before_);
}

} // namespace snc::profile
