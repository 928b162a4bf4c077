// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of the picture: from the rows of the results back to those of the
// operands. Where two parts need the same rows (halos), both compute them.

#include "search/SplitRules.h"

#include "ir/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

static constexpr int64_t kRows = 2; // the dimension, of N x C x H x W

/// True when rows of the result depend on few rows of the operands, in a way
/// rowsNeed knows.
static bool splitsByRows(Operation *op) {
  if (tensorType(op->getResult(0)).getRank() != 4)
    return false;
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<ConvOp, MaxPoolOp, BatchNormOp>([](auto) { return true; })
      // With padding that counts, a partial last window would change its divisor.
      .Case([](AvgPoolOp o) { return !(o.getCeilMode() && o.getCountIncludePad()); })
      .Case([](ConcatOp o) { return o.getAxis() != kRows; })
      .Case([](SliceOp o) {
        return o.getStarts()[kRows] == 0 && o.getSteps()[kRows] == 1 &&
               o.getSizes()[kRows] == tensorType(o.getInput()).getDimSize(kRows);
      })
      .Default([](Operation *other) { return isElementwise(other); });
}

Need rowsNeed(Operation *op, unsigned operand, Range out) {
  if (std::optional<Window> w = windowOf(op)) {
    if (operand > 0)
      return {};
    int64_t height = tensorType(op->getOperand(0)).getDimSize(kRows);
    Range rows = windowInput(*w, out, 0);
    return {kRows, {std::max<int64_t>(0, rows.begin), std::min(height, rows.end)}};
  }
  if (isa<BatchNormOp>(op) && operand > 0)
    return {};
  int64_t axis = broadcastAxis(op->getOperand(operand), 4, kRows);
  return {axis, out};
}

static Range hull(Range a, Range b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

bool splitRows(const SplitRequest &request, SegmentSplit &split) {
  split.exits = request.graph.exits(request.segment.begin, request.segment.end);
  llvm::DenseSet<Operation *> inside(split.body.begin(), split.body.end());
  for (Operation *op : split.body)
    if (!splitsByRows(op))
      return request.refuse(op, "is not computed row by row");
  for (Value exit : split.exits) {
    SmallVector<Range, 2> ranges =
        cutByShares(tensorType(exit).getDimSize(kRows), request.shares, 1);
    if (ranges.empty())
      return request.refuse(exit.getDefiningOp(), "has too few rows");
    split.parts[exit] = {ValuePart::rows, ranges};
  }
  for (Operation *op : llvm::reverse(split.body)) {
    auto it = split.parts.find(op->getResult(0));
    if (it == split.parts.end())
      return request.refuse(op, "is not used");
    ValuePart out = it->second;
    for (unsigned k = 0; k < op->getNumOperands(); ++k) {
      Value operand = op->getOperand(k);
      bool computed = inside.contains(operand.getDefiningOp());
      for (size_t b = 0; b < split.units.size(); ++b) {
        Need need = rowsNeed(op, k, out.ranges[b]);
        if (need.axis >= 0 && need.range.size() < 1)
          return request.refuse(op, "has a part that only sees padding");
        if (!computed)
          continue;
        if (need.axis < 0)
          return request.refuse(op, "spreads one row over all");
        ValuePart &part = split.parts[operand];
        part.axis = ValuePart::rows;
        if (part.ranges.size() <= b)
          part.ranges.push_back(need.range);
        else
          part.ranges[b] = hull(part.ranges[b], need.range);
      }
    }
  }
  // What is handed on may not be computed twice.
  for (Value exit : split.exits)
    if (split.parts[exit].ranges !=
        cutByShares(tensorType(exit).getDimSize(kRows), request.shares, 1))
      return request.refuse(exit.getDefiningOp(), "is used behind the sync and as a halo");
  return true;
}

} // namespace snc
