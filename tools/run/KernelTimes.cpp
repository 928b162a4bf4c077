// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/KernelTimes.h"

#include <algorithm>
#include <chrono>

namespace snc::run {

namespace {
uint64_t now() {
  return uint64_t(std::chrono::steady_clock::now().time_since_epoch() /
                  std::chrono::nanoseconds(1));
}

/// Nanoseconds that recording a kernel adds to a run outside the kernel's interval:
/// half of the clock's reading before, half of that behind it, and the hook.
double recordingCost() {
  constexpr int events = 4096;
  KernelTimes scratch(1);
  snc_trace_event event = {};
  uint64_t begin = now();
  for (int i = 0; i < events; ++i) {
    event.end_ns = now();
    KernelTimes::record(&scratch, &event);
  }
  return double(now() - begin) / events;
}
} // namespace

void KernelTimes::record(void *user, const snc_trace_event *event) {
  auto &times = static_cast<KernelTimes *>(user)->times;
  if (event->kind == SNC_TRACE_KERNEL && event->index < times.size())
    times[event->index].emplace_back(event->begin_ns, event->end_ns);
}

std::vector<double> KernelTimes::microseconds(size_t i) const {
  std::vector<double> us;
  for (auto [begin, end] : times[i])
    us.push_back(double(end - begin) * 1e-3);
  return us;
}

uint64_t covered(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end());
  uint64_t sum = 0, end = 0;
  for (auto [b, e] : intervals) {
    b = std::max(b, end);
    if (e > b)
      sum += e - b;
    end = std::max(end, e);
  }
  return sum;
}

std::vector<double> KernelTimes::outside(const std::vector<double> &runs) const {
  double cost = recordingCost() * double(times.size());
  std::vector<double> us;
  for (size_t r = 0; r < runs.size(); ++r) {
    std::vector<Interval> run;
    for (const auto &kernel : times)
      if (r < kernel.size())
        run.push_back(kernel[r]);
    us.push_back(std::max(0.0, (runs[r] * 1e6 - double(covered(run)) - cost) * 1e-3));
  }
  return us;
}

} // namespace snc::run
