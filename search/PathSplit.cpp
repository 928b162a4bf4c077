// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole nodes on units, where the network is parallel by itself: no node may
// need one of another unit within the segment, so each branch is independent
// until the join.

#include "search/SplitRules.h"

#include <set>

using namespace mlir;

namespace snc {

bool splitPaths(const SplitRequest &request, SegmentSplit &split) {
  const PlanSegment &segment = request.segment;
  std::set<int64_t> used(segment.units.begin(), segment.units.end());
  split.units.assign(used.begin(), used.end());
  auto branchOf = [&](int64_t node) {
    int64_t unit = segment.units[size_t(node - segment.begin)];
    return size_t(std::distance(used.begin(), used.find(unit)));
  };
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    const NetworkNode &node = request.graph.nodes()[size_t(i)];
    for (int64_t input : node.inputs)
      if (input >= segment.begin && branchOf(input) != branchOf(i))
        return request.refuse(node.anchor, "needs a value of another unit");
    for (Operation *op : node.ops) {
      split.owner[op] = branchOf(i);
      split.parts[op->getResult(0)] = {ValuePart::whole, {}};
    }
  }
  split.exits = request.graph.exits(segment.begin, segment.end);
  for (Operation *op : split.body)
    if (llvm::none_of(split.exits, [&](Value exit) {
          return split.owner[exit.getDefiningOp()] == split.owner[op];
        }))
      return request.refuse(op, "is not used");
  return true;
}

} // namespace snc
