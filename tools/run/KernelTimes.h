// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When the kernels of many runs were at work, and how much of a run none was.

#ifndef SNC_TOOLS_RUN_KERNELTIMES_H
#define SNC_TOOLS_RUN_KERNELTIMES_H

#include "runtime/snc.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace snc::run {

/// Begin and end, in nanoseconds of one clock.
using Interval = std::pair<uint64_t, uint64_t>;

/// Records by the trace hook. Threads record at the same time, but never the same kernel.
class KernelTimes {
public:
  explicit KernelTimes(size_t kernels) : times(kernels) {}

  /// The hook; `user` is the KernelTimes. Kernels that it was not made for are left out.
  static void record(void *user, const snc_trace_event *event);

  /// Microseconds of each run of kernel `i`.
  std::vector<double> microseconds(size_t i) const;

  /// Microseconds of each run during which no kernel was at work, less what recording
  /// itself takes; for that, each kernel must have been recorded once a run. `runs` are
  /// the runs' milliseconds.
  std::vector<double> outside(const std::vector<double> &runs) const;

private:
  std::vector<std::vector<Interval>> times; ///< of each kernel, run by run
};

/// The nanoseconds that some of `intervals` covers; they may overlap.
uint64_t covered(std::vector<Interval> intervals);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_KERNELTIMES_H
