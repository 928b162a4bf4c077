// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Holdings.h"

#include "ir/ShapeInference.h"
#include "search/SplitRules.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace snc {

/// The share of `need` that lies within `own`, both along one dimension.
static double overlap(Range need, Range own) {
  int64_t common = std::min(need.end, own.end) - std::max(need.begin, own.begin);
  return need.size() > 0 ? double(std::max<int64_t>(0, common)) / double(need.size()) : 0;
}

double Holdings::remoteBytes(Value value, const Need &need, int64_t unit) const {
  auto it = known.find(value);
  if (it == known.end())
    return 0;
  const Holding &holding = it->second;
  RankedTensorType type = tensorType(value);
  double bytes = 4 * double(type.getNumElements());
  Range wanted = need.range;
  if (need.axis >= 0)
    bytes *= double(need.range.size()) / double(type.getDimSize(unsigned(need.axis)));
  switch (holding.kind) {
  case Holding::whole:
    return holding.unit == unit ? 0 : bytes;
  case Holding::mixed:
    return bytes * (1 - 1 / double(units.size()));
  case Holding::spread:
    break;
  }
  if (need.axis != holding.axis)
    wanted = {0, type.getDimSize(unsigned(holding.axis))};
  return bytes * (1 - overlap(wanted, holding.ranges[size_t(unit)]));
}

/// What a strip needs of an operand; all of it where operators mix.
static Need stripNeed(Operation *op, unsigned operand, int64_t axis, Range out) {
  int64_t rank = tensorType(op->getResult(0)).getRank();
  if (windowOf(op) && axis == 2)
    return rowsNeed(op, operand, out);
  if (axis == 1 && isa<ConvOp, MaxPoolOp, AvgPoolOp>(op))
    return channelsNeed(op, operand, out);
  if (isElementwise(op) && rank > axis)
    return {broadcastAxis(op->getOperand(operand), rank, axis), out};
  return {};
}

double Holdings::runOnAll(ArrayRef<Operation *> ops, Operation *anchor, int64_t blockLanes) {
  int64_t threads = totalThreads(units);
  Value result = ops.back()->getResult(0);
  RankedTensorType type = tensorType(anchor->getResult(0));
  int64_t axis = stripAxis(shapeOf(ops).out, threads, blockLanes);
  Holding holding{Holding::mixed, 0, axis, {}};
  double most = 0;
  if (type.getRank() > axis && type == tensorType(result)) {
    holding.kind = Holding::spread;
    int64_t extent = type.getDimSize(unsigned(axis)), sum = 0;
    for (const PlanUnit &unit : units) {
      int64_t begin = extent * sum / threads;
      sum += unit.threads;
      holding.ranges.push_back({begin, extent * sum / threads});
    }
  }
  for (size_t u = 0; u < units.size(); ++u) {
    double bytes = 0;
    for (Operation *op : ops)
      for (auto [k, operand] : llvm::enumerate(op->getOperands()))
        if (!llvm::is_contained(ops, operand.getDefiningOp()))
          bytes += remoteBytes(operand,
                               holding.kind == Holding::spread
                                   ? stripNeed(op, unsigned(k), axis, holding.ranges[u])
                                   : Need(),
                               int64_t(u));
    most = std::max(most, bytes);
  }
  set(result, std::move(holding));
  return most;
}

double Holdings::runOnUnit(ArrayRef<Operation *> ops, int64_t unit) {
  double bytes = 0;
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      if (!llvm::is_contained(ops, operand.getDefiningOp()))
        bytes += remoteBytes(operand, {}, unit);
    set(op->getResult(0), {Holding::whole, unit, 1, {}});
  }
  return bytes;
}

void Holdings::view(Operation *op) {
  Holding holding;
  if (auto it = known.find(op->getOperand(0)); it != known.end()) {
    bool cut = it->second.kind == Holding::spread && it->second.axis == 1;
    holding = cut ? Holding() : it->second;
  }
  set(op->getResult(0), std::move(holding));
}

void Holdings::handOn(const SegmentSplit &split) {
  SmallVector<Value> values(split.exits);
  for (Operation *op : split.tail)
    values.push_back(op->getResult(0));
  for (Value value : values) {
    auto it = split.parts.find(value);
    auto owner = split.owner.find(value.getDefiningOp());
    if (owner != split.owner.end()) { // of paths
      set(value, {Holding::whole, split.units[owner->second], 1, {}});
    } else if (it == split.parts.end() || it->second.axis < 0) {
      set(value, {}); // a sum, or another join: an even share of the channels each
    } else {
      Holding holding{Holding::spread, 0, it->second.axis,
                      SmallVector<Range, 2>(units.size(), Range())};
      for (auto [b, unit] : llvm::enumerate(split.units))
        holding.ranges[size_t(unit)] = it->second.ranges[b];
      set(value, std::move(holding));
    }
  }
}

} // namespace snc
