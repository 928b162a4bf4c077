// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A beam over the nodes for plans with a GPU. What such a plan costs depends on where
// its values lie, so costs of segments do not add up as the dynamic program of
// StrategySpace.h wants. The beam keeps, at each node, the best few ways to get there
// with each way that values can lie, costs them exactly as PlanCost does, and goes on
// with each segment that may follow.

#ifndef SNC_SEARCH_PLANBEAM_H
#define SNC_SEARCH_PLANBEAM_H

#include "search/SplitMenu.h"

namespace snc {

struct BeamOptions {
  size_t width = 40;               ///< ways kept at each node
  size_t alike = 2;                ///< of them with the same last segment but for its length
  std::function<bool()> stop = {}; ///< true ends the beam without a plan
};

/// The plans with the least predicted time that the beam finds: any, and one with at
/// least one split, where there is one. `cost` has a GPU.
struct BeamResult {
  std::optional<BranchPlan> best, split;
};
BeamResult searchBeam(const PlanCost &cost, const SplitMenu &menu, const BeamOptions &options);

} // namespace snc

#endif // SNC_SEARCH_PLANBEAM_H
