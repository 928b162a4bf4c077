// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/BranchBuilder.h"

#include "ir/CallOrder.h"
#include "ir/ShapeInference.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

void BranchBuilder::buildWhole(ArrayRef<Operation *> ops, int64_t unit) {
  for (Operation *op : ops) {
    Operation *copy = builder.clone(*op, mapping);
    if (unit != kAllUnits)
      copy->setAttr("snc.unit", builder.getI64IntegerAttr(unit));
  }
}

BranchesOp BranchBuilder::makeBranches(Location loc, Sync sync, ArrayRef<int64_t> units,
                                       ArrayRef<int64_t> axes, TypeRange results) {
  auto attribute = axes.empty() ? DenseI64ArrayAttr() : builder.getDenseI64ArrayAttr(axes);
  auto op = builder.create<BranchesOp>(loc, results, sync, units, attribute, units.size());
  for (Region &part : op.getParts())
    part.emplaceBlock();
  return op;
}

Value sliceOf(OpBuilder &builder, Value value, int64_t axis, Range range) {
  SmallVector<int64_t> sizes(tensorType(value).getShape());
  if (range == Range{0, sizes[size_t(axis)]})
    return value;
  SmallVector<int64_t> starts(sizes.size(), 0), steps(sizes.size(), 1);
  starts[size_t(axis)] = range.begin;
  sizes[size_t(axis)] = range.size();
  return builder.create<SliceOp>(value.getLoc(), value, starts, sizes, steps);
}

/// Attributes that count rows or channels, for a part of them.
static void adaptAttributes(const SegmentSplit &split, Operation *original, Operation *part,
                            size_t branch) {
  OpBuilder b(part->getContext());
  const ValuePart &out = split.parts.at(original->getResult(0));
  llvm::TypeSwitch<Operation *>(part)
      .Case([&](ConvOp conv) {
        conv.setPads(split.pads(original, branch));
        if (conv.getGroup() != 1) {
          int64_t whole = tensorType(cast<ConvOp>(original).getInput()).getDimSize(1);
          conv.setGroup(conv.getGroup() * tensorType(conv.getInput()).getDimSize(1) / whole);
        }
      })
      .Case<MaxPoolOp, AvgPoolOp>([&](auto pool) {
        pool.setPads(split.pads(original, branch));
        if (out.axis == ValuePart::rows)
          pool.setCeilMode(false); // the pads say where windows end
      })
      .Case([&](SliceOp slice) {
        SmallVector<int64_t> sizes(slice.getSizes());
        sizes[2] = tensorType(slice.getInput()).getDimSize(2);
        slice.setSizes(sizes);
      })
      .Case([&](ResizeOp resize) {
        SmallVector<int64_t> shape(resize.getShape());
        shape[1] = tensorType(resize.getInput()).getDimSize(1);
        resize.setShape(shape);
      });
}

static void inferResult(Operation *op) {
  auto interface = cast<InferTypeOpInterface>(op);
  SmallVector<Type> types;
  LogicalResult inferred = interface.inferReturnTypes(
      op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
      op->getPropertiesStorage(), op->getRegions(), types);
  assert(succeeded(inferred) && "a part of a valid operator is valid");
  (void)inferred;
  op->getResult(0).setType(cast<RankedTensorType>(types.front()));
}

Operation *BranchBuilder::buildPart(const SegmentSplit &split, Operation *op, size_t branch,
                                    IRMapping &local) {
  SmallVector<Value> operands;
  const ValuePart &out = split.parts.at(op->getResult(0));
  for (auto [k, operand] : llvm::enumerate(op->getOperands())) {
    if (out.axis == ValuePart::sum && k == 2 && branch > 0)
      break; // the bias is added once
    Value value = local.lookupOrDefault(operand);
    Need need = split.need(op, unsigned(k), branch);
    if (need.axis >= 0) {
      Range range = need.range;
      if (auto it = split.parts.find(operand); it != split.parts.end()) {
        int64_t begin = it->second.ranges[branch].begin;
        range = {range.begin - begin, range.end - begin};
      }
      value = sliceOf(builder, value, need.axis, range);
    }
    operands.push_back(value);
  }
  Operation *part = builder.clone(*op);
  part->setOperands(operands);
  adaptAttributes(split, op, part, branch);
  inferResult(part);
  return part;
}

void BranchBuilder::buildBranch(const SegmentSplit &split, size_t branch,
                                SmallVectorImpl<Value> &yields) {
  IRMapping local(mapping);
  for (Operation *op : split.body) {
    if (!split.computes(op, branch))
      continue;
    if (split.kind == SegmentKind::paths)
      builder.clone(*op, local);
    else
      local.map(op->getResult(0), buildPart(split, op, branch, local)->getResult(0));
  }
  for (Value exit : split.exits)
    if (split.computes(exit.getDefiningOp(), branch))
      yields.push_back(local.lookup(exit));
  builder.create<YieldOp>(yields.front().getLoc(), yields);
}

static Sync syncOf(SegmentKind kind) {
  if (kind == SegmentKind::add)
    return Sync::add;
  return kind == SegmentKind::paths ? Sync::join : Sync::concat;
}

void BranchBuilder::buildSplit(const SegmentSplit &split) {
  SmallVector<Value> results; // in the order of the op's
  SmallVector<int64_t> axes;
  if (split.kind != SegmentKind::paths) {
    results = split.exits;
    if (split.kind != SegmentKind::add)
      for (Value exit : split.exits)
        axes.push_back(split.parts.at(exit).axis);
  } else {
    for (size_t b = 0; b < split.units.size(); ++b)
      for (Value exit : split.exits)
        if (split.computes(exit.getDefiningOp(), b))
          results.push_back(exit);
  }
  SmallVector<Location> locations;
  for (Operation *op : split.body)
    locations.push_back(op->getLoc());
  BranchesOp branches = makeBranches(builder.getFusedLoc(locations), syncOf(split.kind),
                                     split.units, axes, ValueRange(results).getTypes());
  for (size_t b = 0; b < split.units.size(); ++b) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&branches.getParts()[unsigned(b)].front());
    SmallVector<Value> yields;
    buildBranch(split, b, yields);
  }
  for (auto [old, result] : llvm::zip(results, branches.getResults()))
    mapping.map(old, result);
  if (!split.tail.empty())
    buildTail(split);
}

/// What follows a sum acts on each element alone: a share of the channels each.
void BranchBuilder::buildTail(const SegmentSplit &split) {
  Value last = split.tail.back()->getResult(0);
  auto type = tensorType(last);
  SmallVector<Range, 2> ranges = cutSum(type, split.units.size(), blockLanes);
  if (ranges.empty())
    return buildWhole(split.tail, split.units.front());
  BranchesOp branches = makeBranches(last.getLoc(), Sync::concat, split.units, {1}, type);
  for (auto [b, range] : llvm::enumerate(ranges)) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&branches.getParts()[unsigned(b)].front());
    IRMapping local(mapping);
    for (Operation *op : split.tail) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands()) {
        bool inside = llvm::is_contained(split.tail, operand.getDefiningOp());
        int64_t axis = inside ? -1 : broadcastAxis(operand, type.getRank(), 1);
        Value value = local.lookupOrDefault(operand);
        operands.push_back(axis < 0 ? value : sliceOf(builder, value, axis, range));
      }
      Operation *part = builder.clone(*op);
      part->setOperands(operands);
      inferResult(part);
      local.map(op->getResult(0), part->getResult(0));
    }
    builder.create<YieldOp>(last.getLoc(), local.lookup(last));
  }
  mapping.map(last, branches.getResult(0));
}

} // namespace snc
