// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EventReplay.h"

#include "ir/ShapeInference.h"
#include "search/SplitRules.h"
#include "search/ValueRegions.h"

#include <set>

using namespace mlir;

namespace snc::bench {

namespace {
/// A call before it has a time.
struct Call {
  int64_t unit, node;
  double us = 0;
  std::set<size_t> needs; ///< calls
  bool copy = false, upload = false;
  double bytes = 0;
};

/// Which call brought each channel of each row to a side; -1: it is not there.
struct Cells {
  int64_t rows = 0;
  std::vector<int64_t> at[2]; ///< by side: host, GPU
  std::vector<int64_t> writer;
};
constexpr int64_t kNowhere = -1, kFromBegin = -2;

class Player {
public:
  Player(const PlanCost &cost, const BranchPlan &plan)
      : cost(cost), graph(cost.network()), plan(plan), gpu(*cost.gpu()) {}

  Replay run();

private:
  using Key = std::pair<void *, int64_t>;
  Cells &cellsOf(Value value, int64_t sum);
  size_t addCall(int64_t unit, int64_t node, double us);
  void read(size_t call, Value value, const Box &box, int64_t sum = -1);
  void write(size_t call, Value value, const Box &box, int64_t sum = -1);
  void copyMissing(size_t call, Value value, const Box &box, Cells &cells);
  void playWhole(const PlanSegment &segment);
  void playSplit(const PlanSegment &segment);
  void playNode(const SegmentSplit &split, int64_t node, size_t branch, double us);
  void playTails(const PlanSegment &segment, const SegmentSplit &split, ArrayRef<PieceCost> pieces);
  std::vector<size_t> queueOrder() const;

  const PlanCost &cost;
  const NetworkGraph &graph;
  const BranchPlan &plan;
  int64_t gpu;
  std::vector<Call> calls;    ///< kernels in program order; copies where they were found
  std::vector<size_t> before; ///< of an upload: the call that it is for
  std::map<Key, Cells> values;
};
} // namespace

size_t Player::addCall(int64_t unit, int64_t node, double us) {
  calls.push_back({unit, node, us, {}, false, false, 0});
  before.push_back(0);
  return calls.size() - 1;
}

Cells &Player::cellsOf(Value value, int64_t sum) {
  Cells &cells = values[{value.getAsOpaquePointer(), sum}];
  if (cells.writer.empty()) {
    Box all = wholeBox(value);
    cells.rows = all.rows.size();
    size_t count = size_t(all.channels.size() * cells.rows);
    bool given = isa<BlockArgument>(value);
    cells.writer.assign(count, given ? kFromBegin : kNowhere);
    cells.at[0] = cells.writer;
    cells.at[1].assign(count, kNowhere);
  }
  return cells;
}

template <typename Visit> static void forEachCell(const Cells &cells, const Box &box, Visit visit) {
  for (int64_t c = box.channels.begin; c < box.channels.end; ++c)
    for (int64_t r = box.rows.begin; r < box.rows.end; ++r)
      visit(size_t(c * cells.rows + r));
}

/// One copy for each call that wrote some of what is missing.
void Player::copyMissing(size_t call, Value value, const Box &box, Cells &cells) {
  bool up = calls[call].unit == gpu;
  double cellBytes = bytesOf(value, {{0, 1}, {0, 1}});
  std::map<int64_t, int64_t> missing; // cells by writer
  forEachCell(cells, box, [&](size_t i) {
    if (cells.at[up][i] == kNowhere && cells.writer[i] != kNowhere)
      ++missing[cells.writer[i]];
  });
  const GpuDescription &link = cost.costs().device().gpu;
  for (auto [writer, count] : missing) {
    double bytes = cellBytes * double(count);
    double us = up ? link.uploadUs + bytes / (link.uploadGBs * 1e3)
                   : link.downloadUs + bytes / (link.downloadGBs * 1e3);
    size_t copy = addCall(gpu, calls[call].node, us);
    calls[copy].copy = true;
    calls[copy].upload = up;
    calls[copy].bytes = bytes;
    before[copy] = call;
    if (writer >= 0)
      calls[copy].needs.insert(size_t(writer));
    forEachCell(cells, box, [&, writer = writer](size_t i) {
      if (cells.at[up][i] == kNowhere && cells.writer[i] == writer)
        cells.at[up][i] = int64_t(copy);
    });
  }
}

void Player::read(size_t call, Value value, const Box &box, int64_t sum) {
  Cells &cells = cellsOf(value, sum);
  copyMissing(call, value, box, cells);
  bool side = calls[call].unit == gpu;
  forEachCell(cells, box, [&](size_t i) {
    if (int64_t from = cells.at[side][i]; from >= 0)
      calls[call].needs.insert(size_t(from));
    else if (from == kNowhere)
      llvm::report_fatal_error("the replay reads what nobody wrote");
  });
}

void Player::write(size_t call, Value value, const Box &box, int64_t sum) {
  Cells &cells = cellsOf(value, sum);
  bool side = calls[call].unit == gpu;
  // Halos are computed on both sides: each has its own.
  forEachCell(cells, box, [&](size_t i) {
    cells.at[side][i] = int64_t(call);
    if (cells.writer[i] == kNowhere)
      cells.writer[i] = int64_t(call);
  });
}

void Player::playWhole(const PlanSegment &segment) {
  for (int64_t n = segment.begin; n < segment.end; ++n) {
    const NetworkNode &node = graph.nodes()[size_t(n)];
    if (isFree(node))
      continue;
    size_t call = addCall(segment.unit, n, cost.node(n, segment.unit));
    for (Operation *op : node.ops)
      for (Value operand : op->getOperands())
        forEachRoot(graph, operand, wholeBox(operand), [&](Value root, const Box &box) {
          if (graph.producer(root) != n)
            read(call, root, box);
        });
    for (Operation *op : node.ops)
      write(call, op->getResult(0), wholeBox(op->getResult(0)));
  }
}

void Player::playNode(const SegmentSplit &split, int64_t n, size_t branch, double us) {
  size_t call = addCall(split.units[branch], n, us);
  const NetworkNode &node = graph.nodes()[size_t(n)];
  auto partial = [&](Value value) {
    auto it = split.parts.find(value);
    return it != split.parts.end() && it->second.axis == ValuePart::sum;
  };
  for (Operation *op : node.ops) {
    if (!llvm::is_contained(split.body, op))
      continue;
    for (auto [k, operand] : llvm::enumerate(op->getOperands()))
      forEachRoot(graph, operand, boxOf(operand, split.need(op, unsigned(k), branch)),
                  [&](Value root, const Box &box) {
                    if (graph.producer(root) != n)
                      read(call, root, box);
                  });
  }
  for (Operation *op : node.ops) {
    if (!llvm::is_contained(split.body, op))
      continue;
    Value result = op->getResult(0);
    const ValuePart &part = split.parts.at(result);
    if (partial(result))
      write(call, result, wholeBox(result), int64_t(branch));
    else
      write(call, result,
            part.axis >= 0 ? boxOf(result, {part.axis, part.ranges[branch]}) : wholeBox(result));
  }
}

/// The sums of the parts that add-branches have, and what follows them in the node; of paths
/// what joins them.
void Player::playTails(const PlanSegment &segment, const SegmentSplit &split,
                       ArrayRef<PieceCost> pieces) {
  Value sum = split.exits.front();
  Value last = split.tail.empty() ? sum : split.tail.back()->getResult(0);
  RankedTensorType type = tensorType(last);
  SmallVector<Range, 2> ranges = cutSum(type, split.units.size(), cost.lanes());
  size_t b = 0;
  for (const PieceCost &piece : pieces) {
    if (!piece.afterSum)
      continue;
    size_t branch = b++;
    if (ranges.empty() && branch > 0)
      break;
    size_t call = addCall(piece.unit, segment.end - 1, piece.us);
    auto share = [&](Value value, int64_t axis) {
      return ranges.empty() || axis != 1 ? wholeBox(value) : boxOf(value, {1, ranges[branch]});
    };
    bool paths = split.kind == SegmentKind::paths;
    for (size_t other = 0; !paths && other < split.units.size(); ++other)
      read(call, sum, share(sum, 1), int64_t(other));
    for (Operation *op : split.tail)
      for (Value operand : op->getOperands())
        forEachRoot(graph, operand, share(operand, broadcastAxis(operand, type.getRank(), 1)),
                    [&](Value root, const Box &box) {
                      bool inside = graph.producer(root) == segment.end - 1;
                      if (!inside || (paths && llvm::is_contained(split.exits, root)))
                        read(call, root, box);
                    });
    write(call, last, share(last, 1));
  }
}

void Player::playSplit(const PlanSegment &segment) {
  auto split = splitSegment(graph, segment, cost.lanes());
  auto priced = cost.segment(segment);
  if (!split || !priced)
    llvm::report_fatal_error("the replay has a split that is not exact");
  for (const PieceCost &piece : priced->pieces)
    if (!piece.afterSum)
      playNode(*split, piece.node,
               size_t(llvm::find(split->units, piece.unit) - split->units.begin()), piece.us);
  if (split->kind == SegmentKind::add || !split->tail.empty())
    playTails(segment, *split, priced->pieces);
}

/// Downloads right behind what they read, uploads right before what reads them.
std::vector<size_t> Player::queueOrder() const {
  std::vector<std::tuple<size_t, int, size_t>> keys;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (!calls[i].copy)
      keys.push_back({i, 0, i});
    else if (calls[i].upload || calls[i].needs.empty())
      keys.push_back({before[i], -1, i});
    else
      keys.push_back({*calls[i].needs.rbegin(), 1, i});
  }
  std::sort(keys.begin(), keys.end());
  std::vector<size_t> order;
  for (auto &[position, side, call] : keys)
    order.push_back(call);
  return order;
}

Replay Player::run() {
  for (const PlanSegment &segment : plan.segments)
    segment.isSplit() ? playSplit(segment) : playWhole(segment);
  // Whoever calls reads the outputs, on the first core.
  int64_t host = gpu == 0 && plan.units.size() > 1 ? 1 : 0;
  size_t last = addCall(host == gpu ? -1 : host, graph.size() - 1, 0);
  for (Value value : cost.outputs())
    forEachRoot(graph, value, wholeBox(value),
                [&](Value root, const Box &box) { read(last, root, box); });

  const DeviceDescription &device = cost.costs().device();
  std::vector<double> done(calls.size(), 0);
  std::map<int64_t, double> queues;
  Replay result;
  for (size_t i : queueOrder()) {
    const Call &call = calls[i];
    double begin = queues[call.unit];
    for (size_t need : call.needs)
      if (calls[need].unit != call.unit) {
        bool crosses = (calls[need].unit == gpu) != (call.unit == gpu);
        begin = std::max(begin, done[need] + (crosses ? device.gpu.syncUs : device.syncUs));
      }
    // What the caller gave is there, but for the GPU's host thread it is a sync, too.
    if (call.upload && call.needs.empty())
      begin = std::max(begin, device.gpu.syncUs);
    queues[call.unit] = done[i] = begin + call.us;
    result.us = std::max(result.us, done[i]);
    if (i != last)
      result.calls.push_back(
          {call.unit, call.node, begin, done[i], call.copy, call.upload, call.bytes});
  }
  return result;
}

Replay replay(const PlanCost &cost, const BranchPlan &plan) { return Player(cost, plan).run(); }

} // namespace snc::bench
