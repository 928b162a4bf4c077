// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: reductions.

#include "frontend/Operators.h"

using namespace mlir;

namespace snc {

/// Axes from the attribute or the operand; all of them where neither is given.
template <typename Op> static LogicalResult importReduce(NodeView &n) {
  if (!n.in(0))
    return n.fail() << "needs an operand";
  int64_t rank = n.rank(0);
  auto given = n.axes(1, rank);
  if (failed(given))
    return failure();
  SmallVector<int64_t> axes = *given;
  if (axes.empty() && n.i("noop_with_empty_axes", 0))
    return n.set(0, n.in(0));
  if (axes.empty())
    for (int64_t d = 0; d < rank; ++d)
      axes.push_back(d);
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  return n.set(0, n.make<Op>({n.in(0)},
                             {n.list("axes", axes), n.flag("keepdims", n.i("keepdims", 1) != 0)}));
}

LogicalResult importReduceMean(NodeView &n) { return importReduce<ReduceMeanOp>(n); }
LogicalResult importReduceSum(NodeView &n) { return importReduce<ReduceSumOp>(n); }
LogicalResult importReduceMax(NodeView &n) { return importReduce<ReduceMaxOp>(n); }
LogicalResult importReduceMin(NodeView &n) { return importReduce<ReduceMinOp>(n); }

LogicalResult importArgMax(NodeView &n) {
  auto axis = n.axis(n.i("axis", 0), n.rank(0));
  if (failed(axis))
    return failure();
  return n.set(
      0, n.make<ArgMaxOp>({n.in(0)},
                          {n.number("axis", *axis), n.flag("keepdims", n.i("keepdims", 1) != 0),
                           n.flag("select_last", n.i("select_last_index", 0) != 0)}));
}

} // namespace snc
