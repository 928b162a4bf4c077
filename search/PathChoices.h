// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which unit gets which part of a run whose parts do not read each other; private to
// search/.

#ifndef SNC_SEARCH_PATHCHOICES_H
#define SNC_SEARCH_PATHCHOICES_H

#include "search/ModelBranches.h"
#include "search/PlanCost.h"

namespace snc {

/// True where not all nodes have the same unit.
bool isSpread(llvm::ArrayRef<int64_t> units);

/// The units of nodes from `begin` on, of which `partOf` has the part: the longest part
/// first, each to the unit that is done first.
std::vector<int64_t> longestFirst(const PlanCost &cost, int64_t begin,
                                  llvm::ArrayRef<int64_t> partOf);

/// Units of the nodes of a region, each choice once: branch i on unit i, and on from the
/// first where there are more; longest first; and all others, where they are few.
/// Between units that are alike only one of those that differ in their numbers alone.
std::vector<std::vector<int64_t>> regionChoices(const PlanCost &cost, const ModelRegion &region);

} // namespace snc

#endif // SNC_SEARCH_PATHCHOICES_H
