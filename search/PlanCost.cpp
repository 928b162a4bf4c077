// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/PlanCost.h"

#include "ir/CallOrder.h"
#include "ir/Layout.h"
#include "ir/ShapeInference.h"
#include "search/DeviceRun.h"

#include <map>

using namespace mlir;

namespace snc {

bool isFree(const NetworkNode &node) {
  auto blocks = [](Value v) { return tensorType(v).getDimSize(1) % 8 == 0; };
  if (node.ops.size() != 1)
    return false;
  if (auto concat = dyn_cast<ConcatOp>(node.anchor)) {
    auto type = tensorType(concat.getResult());
    return type.getRank() == 4 && concat.getAxis() == 1 && type.getDimSize(0) == 1 &&
           llvm::all_of(concat.getInputs(), [&](Value v) {
             return blocks(v) && v.getDefiningOp() &&
                    !isa<ConstantOp, ReshapeOp>(v.getDefiningOp());
           });
  }
  auto slice = dyn_cast<SliceOp>(node.anchor);
  return slice && tensorType(slice.getResult()).getRank() == 4 && blocks(slice.getResult()) &&
         slice.getStarts()[1] % 8 == 0 && slice.getSteps()[1] == 1;
}

PlanCost::PlanCost(const NetworkGraph &graph, const CostModel &model, std::vector<PlanUnit> given,
                   int64_t blockLanes)
    : graph(graph), model(model), units(std::move(given)), blockLanes(blockLanes),
      threads(totalThreads(units)) {
  for (const NetworkNode &node : graph.nodes())
    shapes.push_back(shapeOf(node.ops));
  findLastUses();
}

PlanCost::~PlanCost() = default;

void PlanCost::findLastUses() {
  auto use = [&](Value value, int64_t node) {
    forEachRoot(graph, value, wholeBox(value), [&](Value root, const Box &) {
      int64_t &last = lastUses.try_emplace(root, -1).first->second;
      last = std::max(last, node);
    });
  };
  for (int64_t i = 0; i < graph.size(); ++i)
    for (Operation *op : graph.nodes()[size_t(i)].ops) {
      for (Value operand : op->getOperands())
        use(operand, i);
      for (OpOperand &reader : op->getResult(0).getUses())
        if (reader.getOwner()->hasTrait<OpTrait::IsTerminator>())
          returned.push_back(op->getResult(0));
    }
  for (Value value : returned)
    use(value, graph.size());
}

int64_t PlanCost::lastUse(Value value) const {
  auto it = lastUses.find(value);
  return it == lastUses.end() ? -1 : it->second;
}

double PlanCost::node(int64_t node, int64_t unit) const {
  if (unit == kAllUnits && gpu())
    return std::numeric_limits<double>::infinity();
  if (isFree(graph.nodes()[size_t(node)]))
    return 0;
  return unit == kAllUnits ? model.kernelUs(shapes[size_t(node)], threads)
                           : model.kernelUs(shapes[size_t(node)], units[size_t(unit)]);
}

/// The part of a node's kernel that branch `b` computes; `ops` are those in branches.
static KernelShape partOf(const SegmentSplit &split, ArrayRef<Operation *> ops, Operation *anchor,
                          size_t b) {
  KernelShape shape = shapeOf(ops);
  const ValuePart &out = split.parts.at(anchor->getResult(0));
  if (out.axis == ValuePart::whole)
    return shape;
  int64_t wholeIn = shape.in.size() > 1 ? shape.in[1] : 1;
  if (out.axis >= 0)
    shape.out[size_t(out.axis)] = out.ranges[b].size();
  Need need = split.need(anchor, 0, b);
  if (need.axis >= 0)
    shape.in[size_t(need.axis)] = need.range.size();
  if (shape.group > 1 && out.axis == ValuePart::channels)
    shape.group = shape.group * shape.in[1] / wholeIn;
  return shape;
}

/// Elementwise operators on what is joined, one unit's share of the channels.
static KernelShape tailShape(const SegmentSplit &split) {
  KernelShape shape;
  Value sum = split.tail.empty() ? split.exits.front() : split.tail.back()->getResult(0);
  // Of paths the first operator joins; partial sums are added before the tail.
  bool paths = split.kind == SegmentKind::paths;
  shape.op = paths ? split.tail.front()->getName().stripDialect().str() : "add";
  llvm::append_range(shape.in, tensorType(sum).getShape());
  if (shape.in.size() > 1)
    shape.in[1] = std::max<int64_t>(1, shape.in[1] / int64_t(split.units.size()));
  shape.out = shape.in;
  for (Operation *op : ArrayRef(split.tail).drop_front(paths))
    shape.epilogue += "+" + op->getName().stripDialect().str();
  return shape;
}

/// Elements that a unit fetches from others for its share of the tail: their partial sums,
/// or of paths what they hand to it.
static double tailElements(const SegmentSplit &split, const KernelShape &shape, size_t branch) {
  if (split.kind != SegmentKind::paths)
    return double(shape.outElements()) * double(split.units.size() - 1);
  double elements = 0;
  for (Value exit : split.exits)
    if (!split.computes(exit.getDefiningOp(), branch) &&
        llvm::any_of(exit.getUsers(),
                     [&](Operation *user) { return llvm::is_contained(split.tail, user); }))
      elements += double(tensorType(exit).getNumElements()) / double(split.units.size());
  return elements;
}

/// Bytes that branch `b` fetches for the operators of a node.
static double fetched(const SegmentSplit &split, ArrayRef<Operation *> ops, size_t b,
                      const Holdings &holdings) {
  double bytes = 0;
  for (Operation *op : ops)
    for (auto [k, operand] : llvm::enumerate(op->getOperands()))
      if (!split.parts.contains(operand))
        bytes += holdings.remoteBytes(operand, split.need(op, unsigned(k), b), split.units[b]);
  return bytes;
}

SegmentCost PlanCost::splitCost(const PlanSegment &segment, const SegmentSplit &split,
                                Holdings *holdings) const {
  SegmentCost cost;
  llvm::DenseSet<Operation *> body(split.body.begin(), split.body.end());
  std::vector<double> busy(split.units.size());
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    const NetworkNode &node = graph.nodes()[size_t(i)];
    SmallVector<Operation *> ops;
    for (Operation *op : node.ops)
      if (body.contains(op))
        ops.push_back(op);
    if (ops.empty() || isFree(node))
      continue;
    Operation *anchor = llvm::is_contained(ops, node.anchor) ? node.anchor : ops.front();
    for (size_t b = 0; b < split.units.size(); ++b) {
      if (!split.computes(anchor, b))
        continue;
      KernelShape shape = partOf(split, ops, anchor, b);
      double us = model.kernelUs(shape, units[size_t(split.units[b])]);
      us += holdings ? fetchUs(fetched(split, ops, b, *holdings)) : 0;
      busy[b] += us;
      cost.pieces.push_back({i, split.units[b], shape, us});
    }
  }
  cost.us = *std::max_element(busy.begin(), busy.end()) + model.device().syncUs;
  if (holdings)
    holdings->handOn(split);
  if (split.kind != SegmentKind::add && split.tail.empty())
    return cost;
  KernelShape shape = tailShape(split);
  double slowest = 0;
  for (auto [b, unit] : llvm::enumerate(split.units)) {
    double fetch = gpu() ? 0 : fetchUs(4 * tailElements(split, shape, b));
    double us = model.kernelUs(shape, units[size_t(unit)]) + fetch;
    slowest = std::max(slowest, us);
    cost.pieces.push_back({segment.end - 1, unit, shape, us, true});
  }
  cost.us += slowest + model.device().syncUs;
  return cost;
}

SegmentCost PlanCost::wholeCost(const PlanSegment &segment, Holdings *holdings) const {
  SegmentCost cost;
  int64_t unit = segment.kind == SegmentKind::all ? kAllUnits : segment.unit;
  for (int64_t i = segment.begin; i < segment.end; ++i) {
    const NetworkNode &node = graph.nodes()[size_t(i)];
    double us = this->node(i, unit);
    if (holdings && isFree(node))
      holdings->view(node.anchor);
    else if (holdings)
      us += fetchUs(unit == kAllUnits ? holdings->runOnAll(node.ops, node.anchor, blockLanes)
                                      : holdings->runOnUnit(node.ops, unit));
    cost.us += us;
    cost.pieces.push_back({i, unit, shapes[size_t(i)], us});
  }
  return cost;
}

static std::vector<int64_t> keyOf(const PlanSegment &segment) {
  std::vector<int64_t> key{segment.begin, segment.end, int64_t(segment.kind), segment.unit};
  key.insert(key.end(), segment.shares.begin(), segment.shares.end());
  key.insert(key.end(), segment.units.begin(), segment.units.end());
  return key;
}

/// Splits are asked for again and again.
const SegmentSplit *PlanCost::splitOf(const PlanSegment &segment) const {
  std::vector<int64_t> key = keyOf(segment);
  auto it = splits.find(key);
  if (it == splits.end())
    it = splits.emplace(key, splitSegment(graph, segment, blockLanes)).first;
  return it->second ? &*it->second : nullptr;
}

std::optional<SegmentCost> PlanCost::segment(const PlanSegment &segment, std::string *why) const {
  if (!segment.isSplit())
    return wholeCost(segment, nullptr);
  auto split = splitSegment(graph, segment, blockLanes, why);
  if (!split)
    return std::nullopt;
  SegmentCost cost = splitCost(segment, *split, nullptr);
  if (gpu()) {
    SegmentWork work = workOf(*this, segment, &*split, cost.pieces);
    DeviceRun run(*this);
    run.assumeAlike(work);
    run.add(segment, work);
    cost.us = run.us();
  }
  return cost;
}

const SegmentWork *PlanCost::work(const PlanSegment &segment) const {
  auto [it, isNew] = works.try_emplace(keyOf(segment));
  if (!isNew)
    return it->second.get();
  std::optional<SegmentSplit> split;
  if (segment.isSplit() && !(split = splitSegment(graph, segment, blockLanes)))
    return nullptr;
  SegmentCost cost = split ? splitCost(segment, *split, nullptr) : wholeCost(segment, nullptr);
  it->second =
      std::make_unique<SegmentWork>(workOf(*this, segment, split ? &*split : nullptr, cost.pieces));
  return it->second.get();
}

double PlanCost::totalWithGpu(const BranchPlan &plan, std::vector<PlannedSpan> *timeline) const {
  DeviceRun run(*this);
  for (const PlanSegment &segment : plan.segments) {
    const SegmentWork *todo = segment.kind == SegmentKind::all ? nullptr : work(segment);
    if (!todo)
      return std::numeric_limits<double>::infinity();
    run.add(segment, *todo, timeline);
  }
  return run.finish(timeline);
}

double PlanCost::total(const BranchPlan &plan, std::vector<PlannedSpan> *timeline) const {
  if (gpu())
    return totalWithGpu(plan, timeline);
  double now = 0;
  bool onUnits = false;
  Holdings holdings(units);
  for (const PlanSegment &segment : plan.segments) {
    const SegmentSplit *split = segment.isSplit() ? splitOf(segment) : nullptr;
    if (segment.isSplit() && !split)
      return std::numeric_limits<double>::infinity();
    SegmentCost found =
        split ? splitCost(segment, *split, &holdings) : wholeCost(segment, &holdings);
    const SegmentCost *cost = &found;
    bool all = segment.kind == SegmentKind::all;
    if (onUnits == all && &segment != plan.segments.data())
      now += turnUs();
    onUnits = !all;
    std::map<int64_t, double> clock;
    double sum = now;
    bool summed = false;
    for (const PieceCost &piece : cost->pieces) {
      if (piece.afterSum && !summed) {
        for (auto &[unit, time] : clock)
          sum = std::max(sum, time);
        for (auto &[unit, time] : clock)
          time = sum + model.device().syncUs;
        summed = true;
      }
      double &time = clock.try_emplace(piece.unit, now).first->second;
      if (timeline)
        timeline->push_back({piece.node, piece.unit, time, time + piece.us});
      time += piece.us;
    }
    now += cost->us;
    if (timeline && segment.isSplit())
      for (auto &[unit, time] : clock)
        if (time < now)
          timeline->push_back({-1, unit, time, now});
  }
  return now;
}

} // namespace snc
