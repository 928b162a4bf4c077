// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each branch of a segment reads of values from before, and what it leaves.

#include "search/DeviceRun.h"

#include "ir/ShapeInference.h"
#include "search/SplitRules.h"

using namespace mlir;

namespace snc {

namespace {
class WorkBuilder {
public:
  WorkBuilder(const PlanCost &cost, const PlanSegment &segment)
      : cost(cost), graph(cost.network()), segment(segment) {}

  SegmentWork whole();
  SegmentWork split(const SegmentSplit &split);

private:
  void read(UnitWork &work, Value value, const Box &box) {
    forEachRoot(graph, value, box, [&](Value root, const Box &part) {
      if (graph.producer(root) < segment.begin)
        work.reads.push_back({root, -1, part});
    });
  }
  /// Only of what the segment computes: views may lead out of it.
  void write(UnitWork &work, Value value, const Box &box) {
    forEachRoot(graph, value, box, [&](Value root, const Box &part) {
      if (graph.producer(root) >= segment.begin)
        work.writes.push_back({root, -1, part});
    });
  }
  void readBranch(const SegmentSplit &split, size_t branch, UnitWork &work);
  void writeBranch(const SegmentSplit &split, size_t branch, UnitWork &work);
  void readJoined(const SegmentSplit &split, const Need &share, UnitWork &tail);
  void addTails(const SegmentSplit &split, SegmentWork &work);

  const PlanCost &cost;
  const NetworkGraph &graph;
  const PlanSegment &segment;
};
} // namespace

SegmentWork WorkBuilder::whole() {
  UnitWork work{segment.unit, {}, 0, {}, {}};
  for (int64_t i = segment.begin; i < segment.end; ++i)
    if (!isFree(graph.nodes()[size_t(i)]))
      for (Operation *op : graph.nodes()[size_t(i)].ops)
        for (Value operand : op->getOperands())
          read(work, operand, wholeBox(operand));
  for (Value exit : graph.exits(segment.begin, segment.end))
    write(work, exit, wholeBox(exit));
  return {{work}, {}};
}

void WorkBuilder::readBranch(const SegmentSplit &split, size_t branch, UnitWork &work) {
  for (Operation *op : split.body)
    if (split.computes(op, branch))
      for (auto [k, operand] : llvm::enumerate(op->getOperands()))
        if (!split.parts.contains(operand))
          read(work, operand, boxOf(operand, split.need(op, unsigned(k), branch)));
}

void WorkBuilder::writeBranch(const SegmentSplit &split, size_t branch, UnitWork &work) {
  for (Value exit : split.exits) {
    const ValuePart &part = split.parts.at(exit);
    if (part.axis == ValuePart::sum)
      work.writes.push_back({exit, int64_t(branch), wholeBox(exit)});
    else if (part.axis == ValuePart::whole && split.computes(exit.getDefiningOp(), branch))
      write(work, exit, wholeBox(exit));
    else if (part.axis >= 0)
      write(work, exit, boxOf(exit, {part.axis, part.ranges[branch]}));
  }
}

static bool reads(ArrayRef<Operation *> ops, Value value) {
  return llvm::any_of(value.getUsers(),
                      [&](Operation *user) { return llvm::is_contained(ops, user); });
}

/// Of an operand the part for `share` of the channels of results of rank `rank`.
static Box boxForShare(Value operand, int64_t rank, const Need &share) {
  bool cut = share.axis == 1 && broadcastAxis(operand, rank, 1) == 1;
  return cut ? boxOf(operand, share) : wholeBox(operand);
}

/// What the branches hand to a share of the tail: partial sums, or values.
void WorkBuilder::readJoined(const SegmentSplit &split, const Need &share, UnitWork &tail) {
  if (split.kind == SegmentKind::add) {
    Value sum = split.exits.front();
    for (size_t other = 0; other < split.units.size(); ++other)
      tail.reads.push_back({sum, int64_t(other), boxOf(sum, share)});
    return;
  }
  int64_t rank = tensorType(split.tail.back()->getResult(0)).getRank();
  for (Value exit : split.exits)
    if (reads(split.tail, exit))
      forEachRoot(graph, exit, boxForShare(exit, rank, share),
                  [&](Value root, const Box &part) { tail.reads.push_back({root, -1, part}); });
}

/// Each unit adds its share of the channels, and goes on with it to the end of the node.
void WorkBuilder::addTails(const SegmentSplit &split, SegmentWork &work) {
  Value last = split.tail.empty() ? split.exits.front() : split.tail.back()->getResult(0);
  RankedTensorType type = tensorType(last);
  SmallVector<Range, 2> ranges = cutSum(type, split.units.size(), cost.lanes());
  for (auto [b, unit] : llvm::enumerate(split.units)) {
    if (ranges.empty() && b > 0)
      continue;
    Need share = ranges.empty() ? Need{} : Need{1, ranges[b]};
    UnitWork tail{unit, {}, 0, {}, {}};
    readJoined(split, share, tail);
    for (Operation *op : split.tail)
      for (Value operand : op->getOperands())
        if (!llvm::is_contained(split.exits, operand) &&
            !llvm::is_contained(split.tail, operand.getDefiningOp()))
          read(tail, operand, boxForShare(operand, type.getRank(), share));
    tail.writes.push_back({last, -1, boxOf(last, share)});
    work.tails.push_back(std::move(tail));
  }
}

SegmentWork WorkBuilder::split(const SegmentSplit &split) {
  SegmentWork work;
  for (auto [b, unit] : llvm::enumerate(split.units)) {
    work.branches.push_back({unit, {}, 0, {}, {}});
    readBranch(split, b, work.branches.back());
    writeBranch(split, b, work.branches.back());
  }
  if (split.kind == SegmentKind::add || !split.tail.empty())
    addTails(split, work);
  return work;
}

SegmentWork workOf(const PlanCost &cost, const PlanSegment &segment, const SegmentSplit *split,
                   ArrayRef<PieceCost> pieces) {
  WorkBuilder builder(cost, segment);
  SegmentWork work = split ? builder.split(*split) : builder.whole();
  for (const PieceCost &piece : pieces)
    for (UnitWork &unit : piece.afterSum ? work.tails : work.branches)
      if (unit.unit == piece.unit) {
        unit.pieces.push_back(piece);
        unit.us += piece.us;
      }
  return work;
}

} // namespace snc
