// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/Waits.h"

#include <algorithm>
#include <set>

namespace snc::profile {

double waitsAtSyncs(const std::vector<snc_trace_event> &events) {
  std::vector<snc_trace_event> steps;
  std::set<uint32_t> leaders; // a unit's steps run on its first thread
  for (const snc_trace_event &event : events)
    if (event.kind == SNC_TRACE_STEP) {
      steps.push_back(event);
      if (event.unit != SNC_ALL_UNITS)
        leaders.insert(event.thread);
    }
  if (steps.empty())
    return 0;
  std::sort(steps.begin(), steps.end(),
            [](const auto &a, const auto &b) { return a.begin_ns < b.begin_ns; });
  double waits = 0, busy = 0;
  uint64_t begin = steps.front().begin_ns, last = begin; // of the stretch; all steps so far
  auto endStretch = [&](uint64_t end) {
    if (busy > 0 && end > begin)
      waits += std::max(0.0, double(leaders.size()) * double(end - begin) - busy);
    busy = 0;
  };
  for (const snc_trace_event &step : steps) {
    if (step.unit == SNC_ALL_UNITS) {
      endStretch(step.begin_ns);
      begin = step.end_ns;
    } else {
      busy += double(step.end_ns - step.begin_ns);
    }
    last = std::max(last, step.end_ns);
  }
  endStretch(last);
  return waits;
}

} // namespace snc::profile
