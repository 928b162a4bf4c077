// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/SplitRules.h"

#include "ir/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

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
    return sumNeed(op, operand, out.ranges[branch], branch);
  }
  return {};
}

SmallVector<int64_t> SegmentSplit::pads(Operation *op, size_t branch) const {
  Window window = *windowOf(op);
  SmallVector<int64_t> pads(window.pads);
  const ValuePart &out = parts.at(op->getResult(0));
  if (out.axis != ValuePart::rows)
    return pads;
  Range rows = out.ranges[branch];
  int64_t height = tensorType(op->getOperand(0)).getDimSize(2);
  int64_t first = rows.begin * window.strides[0] - window.pads[0];
  int64_t end = (rows.end - 1) * window.strides[0] - window.pads[0] +
                (window.kernel[0] - 1) * window.dilations[0] + 1;
  pads[0] = std::max<int64_t>(0, -first);
  pads[2] = std::max<int64_t>(0, end - height);
  // A part does not round up, so columns that a pool in ceil mode adds are pads too.
  int64_t width = tensorType(op->getOperand(0)).getDimSize(3);
  int64_t endColumn = (tensorType(op->getResult(0)).getDimSize(3) - 1) * window.strides[1] -
                      window.pads[1] + (window.kernel[1] - 1) * window.dilations[1] + 1;
  pads[3] = std::max(pads[3], endColumn - width);
  return pads;
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
