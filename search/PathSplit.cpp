// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whole nodes on units, where the network is parallel by itself: no node may
// need one of another unit within the segment, so each branch is independent
// until the join. The last node may join them: up to there its operators are its
// unit's, and elementwise ones behind are the tail, which all units share.

#include "search/ModelBranches.h"
#include "search/SplitRules.h"

#include <set>

using namespace mlir;

namespace snc {

/// Values of the body that are used in the tail, or behind it.
static SmallVector<Value> exitsOf(ArrayRef<Operation *> body) {
  llvm::DenseSet<Operation *> inside(body.begin(), body.end());
  SmallVector<Value> exits;
  for (Operation *op : body)
    if (llvm::any_of(op->getUsers(), [&](Operation *user) { return !inside.contains(user); }))
      exits.push_back(op->getResult(0));
  return exits;
}

bool splitPaths(const SplitRequest &request, SegmentSplit &split) {
  const PlanSegment &segment = request.segment;
  auto unitOf = [&](int64_t node) {
    return node < segment.begin ? -1 : segment.units[size_t(node - segment.begin)];
  };
  split.body.clear();
  llvm::SmallVector<int64_t> unitOfOp;
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    const NetworkNode &node = request.graph.nodes()[size_t(i)];
    size_t own = operatorsBeforeJoin(request.graph, i, unitOf, unitOf(i));
    if (own < node.ops.size() && (i + 1 < segment.end || !joinsElementwise(node, own)))
      return request.refuse(node.anchor, "needs a value of another unit");
    llvm::append_range(split.body, ArrayRef(node.ops).take_front(own));
    llvm::append_range(split.tail, ArrayRef(node.ops).drop_front(own));
    unitOfOp.resize(split.body.size(), unitOf(i));
  }
  std::set<int64_t> used(unitOfOp.begin(), unitOfOp.end());
  split.units.assign(used.begin(), used.end());
  if (used.size() < 2)
    return request.refuse(request.graph.nodes()[size_t(segment.begin)].anchor,
                          "begins what one unit computes alone");
  for (auto [op, unit] : llvm::zip(split.body, unitOfOp)) {
    split.owner[op] = size_t(std::distance(used.begin(), used.find(unit)));
    split.parts[op->getResult(0)] = {ValuePart::whole, {}};
  }
  split.exits = exitsOf(split.body);
  for (Operation *op : split.body)
    if (llvm::none_of(split.exits, [&](Value exit) {
          return split.owner[exit.getDefiningOp()] == split.owner[op];
        }))
      return request.refuse(op, "is not used");
  return true;
}

} // namespace snc
