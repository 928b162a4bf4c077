// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replays a plan for cores and a GPU, kernel by kernel, as the runtime would run it:
// the judge of what the planner predicts. It shares with the planner which part of
// a node a unit computes and how long a kernel takes, and nothing of how runs are
// costed: what lies where is noted for each channel of each row, and each call has a
// place in its unit's queue and begins when the calls it needs are done.
//
// * A unit of the CPU runs its calls in order; so does the GPU's queue, in which
//   copies are as well: a download right behind the kernel that wrote what is
//   copied, an upload right before the kernel that reads it.
// * A part of a value is copied once to each side.
// * A call that needs one of the other side begins `syncUs` of the GPU after that is
//   done at the earliest; of another unit of the CPU, that of the CPU.

#ifndef SNC_BENCH_EVENTREPLAY_H
#define SNC_BENCH_EVENTREPLAY_H

#include "search/PlanCost.h"

namespace snc::bench {

/// A kernel or a copy in a queue, in microseconds from the run's begin.
struct ReplayedCall {
  int64_t unit, node;
  double begin = 0, end = 0;
  bool copy = false, upload = false;
  double bytes = 0;
};

struct Replay {
  double us = 0; ///< until the outputs are in the host's memory
  std::vector<ReplayedCall> calls;
  int64_t copies() const;
  double copiedBytes() const;
  /// Microseconds that `unit` computes.
  double busyUs(int64_t unit) const;
};

/// `plan` has a unit that is a GPU, is verified, and its splits are exact. Takes the
/// latencies of `cost`'s model.
Replay replay(const PlanCost &cost, const BranchPlan &plan);

} // namespace snc::bench

#endif // SNC_BENCH_EVENTREPLAY_H
