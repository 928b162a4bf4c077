// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Channels: an operator that mixes channels begins a split, those that act on
// each channel alone (or on groups of them) pass it through, and one more that
// mixes them ends it with partial sums.

#include "search/SplitRules.h"

#include "ir/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

static constexpr int64_t kChannels = 1; // the dimension

/// A product that mixes all channels: each result is a sum over them.
static bool mixes(Operation *op) {
  if (auto conv = dyn_cast<ConvOp>(op))
    return conv.getGroup() == 1;
  auto gemm = dyn_cast<GemmOp>(op);
  return gemm && !gemm.getTransA();
}

/// Reductions over space alone keep channels apart.
template <typename ReduceOp> static bool reducesSpace(ReduceOp op) {
  return op.getKeepdims() && llvm::all_of(op.getAxes(), [](int64_t a) { return a > kChannels; });
}

static bool keepsChannels(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<MaxPoolOp, AvgPoolOp, BatchNormOp, InstanceNormOp>([](auto) { return true; })
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [](auto o) { return reducesSpace(o); })
      .Case([](ResizeOp o) {
        return o.getShape()[kChannels] == tensorType(o.getInput()).getDimSize(kChannels);
      })
      .Default([](Operation *other) { return isElementwise(other); });
}

/// Input channels for each output channel of a grouped convolution, scaled.
static Range groupInput(ConvOp conv, Range out) {
  int64_t outs = conv.getType().getDimSize(1), ins = tensorType(conv.getInput()).getDimSize(1);
  return {out.begin * ins / outs, out.end * ins / outs};
}

Need channelsNeed(Operation *op, unsigned operand, Range out) {
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (operand > 0)
      return {0, out}; // weight and bias
    return conv.getGroup() == 1 ? Need{} : Need{kChannels, groupInput(conv, out)};
  }
  if (auto gemm = dyn_cast<GemmOp>(op)) {
    if (operand == 0)
      return {};
    if (operand == 1)
      return {gemm.getTransB() ? 0 : 1, out};
    return {broadcastAxis(op->getOperand(2), 2, 1), out};
  }
  if (operand > 0 && isa<BatchNormOp, InstanceNormOp>(op))
    return {0, out};
  int64_t rank = tensorType(op->getResult(0)).getRank();
  return {broadcastAxis(op->getOperand(operand), rank, kChannels), out};
}

Need sumNeed(Operation *op, unsigned operand, Range in) {
  if (operand == 0)
    return {kChannels, in};
  auto gemm = dyn_cast<GemmOp>(op);
  if (operand == 1)
    return {gemm && !gemm.getTransB() ? 0 : 1, in};
  return {}; // the bias, which only branch 0 has
}

namespace {
class ChannelSplitter {
public:
  ChannelSplitter(const SplitRequest &request, SegmentSplit &split)
      : request(request), split(split) {}

  bool run() {
    bool adds = request.segment.kind == SegmentKind::add;
    for (size_t i = 0; i < split.body.size(); ++i) {
      if (!visit(split.body[i], adds))
        return false;
      if (split.parts[split.body[i]->getResult(0)].axis == ValuePart::sum)
        return endInSum(i);
    }
    if (adds)
      return request.refuse(split.body.back(), "leaves nothing to add");
    split.exits = request.graph.exits(request.segment.begin, request.segment.end);
    return !split.exits.empty() || request.refuse(split.body.back(), "is not used");
  }

private:
  bool visit(Operation *op, bool adds);
  bool begin(Operation *op, int64_t grain);
  bool follow(Operation *op, ArrayRef<Range> ranges);
  bool endInSum(size_t last);
  /// The part of `value` if the segment computes it, else null: all units see it.
  const ValuePart *partOf(Value value) const {
    auto it = split.parts.find(value);
    return it == split.parts.end() ? nullptr : &it->second;
  }

  const SplitRequest &request;
  SegmentSplit &split;
};
} // namespace

/// `op` reads what all units see; its result is cut by the shares.
bool ChannelSplitter::begin(Operation *op, int64_t grain) {
  auto type = tensorType(op->getResult(0));
  if (type.getRank() < 2)
    return request.refuse(op, "has no channels");
  SmallVector<Range, 2> ranges = cutChannels(type, request.shares, request.blockLanes, grain);
  if (ranges.empty())
    return request.refuse(op, "has too few channels");
  return follow(op, ranges);
}

bool ChannelSplitter::follow(Operation *op, ArrayRef<Range> ranges) {
  split.parts[op->getResult(0)] = {ValuePart::channels,
                                   SmallVector<Range, 2>(ranges.begin(), ranges.end())};
  return true;
}

static bool isConstant(Value v) { return v.getDefiningOp<ConstantOp>(); }

bool ChannelSplitter::visit(Operation *op, bool adds) {
  if (mixes(op)) {
    if (!isConstant(op->getOperand(1)) ||
        (op->getNumOperands() > 2 && !isConstant(op->getOperand(2))))
      return request.refuse(op, "computes its weights at run time");
    const ValuePart *input = partOf(op->getOperand(0));
    if (!input)
      return begin(op, 1);
    if (!adds)
      return request.refuse(op, "mixes channels that different units have");
    split.parts[op->getResult(0)] = {ValuePart::sum, input->ranges};
    return true;
  }
  if (auto conv = dyn_cast<ConvOp>(op)) {
    const ValuePart *input = partOf(conv.getInput());
    int64_t groupOut = conv.getType().getDimSize(1) / int64_t(conv.getGroup());
    int64_t groupIn = tensorType(conv.getInput()).getDimSize(1) / int64_t(conv.getGroup());
    if (!input)
      return begin(op, groupOut);
    SmallVector<Range, 2> ranges;
    for (Range in : input->ranges) {
      if (in.begin % groupIn || in.end % groupIn)
        return request.refuse(op, "has groups that a split would cut");
      ranges.push_back({in.begin / groupIn * groupOut, in.end / groupIn * groupOut});
    }
    return follow(op, ranges);
  }
  if (!keepsChannels(op))
    return request.refuse(op, "does not act on each channel alone");
  const ValuePart *known = nullptr;
  for (Value operand : op->getOperands())
    if (const ValuePart *part = partOf(operand)) {
      auto rank = tensorType(op->getResult(0)).getRank();
      if (broadcastAxis(operand, rank, kChannels) != kChannels ||
          (known && known->ranges != part->ranges))
        return request.refuse(op, "combines channels of different units");
      known = part;
    }
  return known ? follow(op, SmallVector<Range, 2>(known->ranges)) : begin(op, 1);
}

/// Behind the sum only what belongs to its node may follow: it runs on the sum.
bool ChannelSplitter::endInSum(size_t last) {
  Operation *op = split.body[last];
  const NetworkNode &node = request.graph.nodes()[size_t(request.segment.end - 1)];
  split.tail.assign(split.body.begin() + int64_t(last) + 1, split.body.end());
  for (Operation *later : split.tail) {
    if (!llvm::is_contained(node.ops, later) || !isElementwise(later))
      return request.refuse(later, "would run on partial sums");
    if (tensorType(later->getResult(0)).getShape() != tensorType(op->getResult(0)).getShape())
      return request.refuse(later, "has another shape than the sum");
    for (Value operand : later->getOperands())
      if (const ValuePart *part = partOf(operand); part && part->axis != ValuePart::sum)
        return request.refuse(later, "needs channels of other units");
  }
  split.body.resize(last + 1);
  if (!llvm::is_contained(node.ops, op))
    return request.refuse(op, "is summed before the end of the segment");
  // Only the sum may leave the branches.
  for (Operation *inner : ArrayRef<Operation *>(split.body).drop_back())
    for (Operation *user : inner->getResult(0).getUsers())
      if (!llvm::is_contained(split.body, user))
        return request.refuse(inner, "is used behind the sum");
  split.exits = {op->getResult(0)};
  return true;
}

bool splitChannels(const SplitRequest &request, SegmentSplit &split) {
  return ChannelSplitter(request, split).run();
}

} // namespace snc
