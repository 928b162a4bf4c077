// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of the branch level (docs/ir.md, B1 to B4).

#include "ir/SncOps.h"
#include "ir/Target.h"

#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace snc;

static Operation *yieldOf(Region &part) { return part.front().getTerminator(); }

/// B1: branches and their units.
static LogicalResult checkUnits(BranchesOp op) {
  ArrayRef<int64_t> units = op.getUnits();
  if (units.size() < 2 || units.size() != op.getParts().size())
    return op.emitOpError("B1: has ") << op.getParts().size() << " branches and " << units.size()
                                      << " units; as many of both, at least two, are needed";
  auto module = op->getParentOfType<ModuleOp>();
  size_t known = module ? unitsOf(module).size() : 0;
  llvm::SmallSet<int64_t, 4> seen;
  for (int64_t unit : units) {
    if (!seen.insert(unit).second)
      return op.emitOpError("B1: two branches run on unit ") << unit;
    if (unit < 0 || (known && size_t(unit) >= known))
      return op.emitOpError("B1: there is no unit ") << unit;
  }
  return success();
}

static LogicalResult checkAdd(BranchesOp op) {
  for (Region &part : op.getParts())
    if (!sameShapes(yieldOf(part)->getOperandTypes(), op.getResultTypes()))
      return op.emitOpError("B2: parts to add have the types of the results");
  return success();
}

/// Parts of one result agree but for the axis, and make it up together.
static LogicalResult checkConcat(BranchesOp op) {
  if (!op.getAxes() || op.getAxes()->size() != op.getNumResults())
    return op.emitOpError("B2: a concat names one axis for each result");
  for (Region &part : op.getParts())
    if (yieldOf(part)->getNumOperands() != op.getNumResults())
      return op.emitOpError("B2: each branch yields a part of each result");
  for (auto [r, result] : llvm::enumerate(op.getResults())) {
    auto whole = cast<RankedTensorType>(result.getType());
    int64_t axis = (*op.getAxes())[r], sum = 0;
    if (axis < 0 || axis >= whole.getRank())
      return op.emitOpError("B2: result ") << r << " has no axis " << axis;
    for (Region &part : op.getParts()) {
      auto type = cast<RankedTensorType>(yieldOf(part)->getOperand(unsigned(r)).getType());
      SmallVector<int64_t> shape(type.getShape());
      if (size_t(axis) < shape.size()) {
        sum += shape[size_t(axis)];
        shape[size_t(axis)] = whole.getDimSize(unsigned(axis));
      }
      if (ArrayRef<int64_t>(shape) != whole.getShape() ||
          type.getElementType() != whole.getElementType())
        return op.emitOpError("B2: a part of result ")
               << r << " is " << type << ", the result " << whole;
    }
    if (sum != whole.getDimSize(unsigned(axis)))
      return op.emitOpError("B2: the parts of result ")
             << r << " have " << sum << " of its " << whole.getDimSize(unsigned(axis))
             << " elements along axis " << axis;
  }
  return success();
}

static LogicalResult checkJoin(BranchesOp op) {
  SmallVector<Type> types;
  for (Region &part : op.getParts())
    llvm::append_range(types, yieldOf(part)->getOperandTypes());
  if (!sameShapes(types, op.getResultTypes()))
    return op.emitOpError("B2: the results of a join are what its branches yield, in order");
  return success();
}

LogicalResult BranchesOp::verify() {
  if (failed(checkUnits(*this)))
    return failure();
  if (getAxes() && getSync() != Sync::concat)
    return emitOpError("B2: only a concat has axes");
  for (Region &part : getParts()) {
    if (part.front().empty() || !isa<YieldOp>(part.front().back()))
      return emitOpError("B2: a branch ends in snc.yield");
    for (Operation &op : part.front())
      if (isa<BranchesOp>(op))
        return op.emitOpError("B4: branches do not nest");
  }
  switch (getSync()) {
  case Sync::add:
    return checkAdd(*this);
  case Sync::concat:
    return checkConcat(*this);
  case Sync::join:
    return checkJoin(*this);
  }
  return failure();
}
