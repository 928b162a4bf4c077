// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/SplitRules.h"

#include "ir/Layout.h"
#include "ir/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numeric>

using namespace mlir;

namespace snc {

SmallVector<Range, 2> cutByShares(int64_t extent, ArrayRef<int64_t> shares, int64_t grain) {
  SmallVector<Range, 2> ranges;
  int64_t sum = 0, begin = 0;
  for (auto [i, share] : llvm::enumerate(shares)) {
    sum += share;
    bool last = i + 1 == shares.size();
    int64_t end =
        last ? extent : (2 * extent * sum + kShares * grain) / (2 * kShares * grain) * grain;
    if (end <= begin || end > extent)
      return {};
    ranges.push_back({begin, end});
    begin = end;
  }
  return ranges;
}

SmallVector<Range, 2> cutChannels(RankedTensorType type, ArrayRef<int64_t> shares,
                                  int64_t blockLanes, int64_t grain) {
  if (type.getRank() < 2)
    return {};
  int64_t channels = type.getDimSize(1);
  int64_t lanes = type.getRank() == 4 ? preferredLanes(channels, blockLanes) : 1;
  return cutByShares(channels, shares, std::lcm(std::max<int64_t>(1, lanes), grain));
}

SmallVector<Range, 2> cutSum(RankedTensorType type, size_t branches, int64_t blockLanes) {
  SmallVector<int64_t> even(branches, kShares / int64_t(branches));
  even.front() += kShares % int64_t(branches);
  return cutChannels(type, even, blockLanes);
}

int64_t broadcastAxis(Value operand, int64_t rank, int64_t axis) {
  auto type = tensorType(operand);
  int64_t own = axis - (rank - type.getRank());
  return own < 0 || type.getDimSize(unsigned(own)) == 1 ? -1 : own;
}

bool SplitRequest::refuse(Operation *op, StringRef reason) const {
  if (why)
    *why = (graph.nodes()[size_t(std::max<int64_t>(0, graph.producer(op->getResult(0))))].name +
            " (" + op->getName().stripDialect() + ") " + reason)
               .str();
  return false;
}

Need SegmentSplit::need(Operation *op, unsigned operand, size_t branch) const {
  const ValuePart &out = parts.at(op->getResult(0));
  switch (out.axis) {
  case ValuePart::whole:
    return {};
  case ValuePart::rows:
    return rowsNeed(op, operand, out.ranges[branch]);
  case ValuePart::channels:
    return channelsNeed(op, operand, out.ranges[branch]);
  case ValuePart::sum:
    return sumNeed(op, operand, out.ranges[branch]);
  }
  return {};
}

SmallVector<int64_t> SegmentSplit::pads(Operation *op, size_t branch) const {
  Window window = *windowOf(op);
  SmallVector<int64_t> pads(window.pads);
  const ValuePart &out = parts.at(op->getResult(0));
  if (out.axis != ValuePart::rows)
    return pads;
  RankedTensorType input = tensorType(op->getOperand(0)), result = tensorType(op->getResult(0));
  Range rows = windowInput(window, out.ranges[branch], 0);
  pads[0] = std::max<int64_t>(0, -rows.begin);
  pads[2] = std::max<int64_t>(0, rows.end - input.getDimSize(2));
  // A part does not round up, so columns that a pool in ceil mode adds are pads too.
  Range columns = windowInput(window, {0, result.getDimSize(3)}, 1);
  pads[3] = std::max(pads[3], columns.end - input.getDimSize(3));
  return pads;
}

Range windowInput(const Window &w, Range out, size_t d) {
  return {out.begin * w.strides[d] - w.pads[d],
          (out.end - 1) * w.strides[d] - w.pads[d] + (w.kernel[d] - 1) * w.dilations[d] + 1};
}

std::optional<Window> windowOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Window>>(op)
      .Case([](ConvOp o) {
        return Window{tensorType(o.getWeight()).getShape().drop_front(2), o.getStrides(),
                      o.getDilations(), o.getPads()};
      })
      .Case<MaxPoolOp, AvgPoolOp>([](auto o) {
        return Window{o.getKernel(), o.getStrides(), o.getDilations(), o.getPads()};
      })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<SegmentSplit> splitSegment(const NetworkGraph &graph, const PlanSegment &segment,
                                         int64_t blockLanes, std::string *why) {
  SegmentSplit split;
  split.kind = segment.kind;
  SplitRequest request{graph, segment, blockLanes, {}, why};
  for (auto [unit, share] : llvm::enumerate(segment.shares))
    if (share > 0) {
      split.units.push_back(int64_t(unit));
      request.shares.push_back(share);
    }
  split.body = graph.ops(segment.begin, segment.end);
  bool done = false;
  switch (segment.kind) {
  case SegmentKind::rows:
    done = splitRows(request, split);
    break;
  case SegmentKind::channels:
  case SegmentKind::add:
    done = splitChannels(request, split);
    break;
  case SegmentKind::paths:
    done = splitPaths(request, split);
    break;
  case SegmentKind::all:
  case SegmentKind::single:
    break;
  }
  return done ? std::optional(std::move(split)) : std::nullopt;
}

} // namespace snc
