// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/BlockMatch.h"

#include "ir/ShapeInference.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace snc {

FailureOr<MatchedBlock> matchBlock(const MatchedConv &first) {
  MatchedBlock block;
  if (first.isPointwise() && !first.isDepthwise()) {
    block.expand = first;
    auto depthwise = matchConv(first.result, /*mayAdd=*/false);
    if (failed(depthwise))
      return failure();
    block.depthwise = std::move(*depthwise);
  } else {
    block.depthwise = first;
  }
  if (!block.depthwise.isDepthwise())
    return refuse(block.depthwise.op()) << "expected a depthwise convolution"
                                        << (block.expand ? "" : ", or a 1x1 one before it");
  auto gate = matchGate(block.depthwise.result);
  if (failed(gate))
    return failure();
  block.gate = *gate;
  Value filtered = block.gate ? block.gate->result : block.depthwise.result;
  Operation *next = soleUser(filtered);
  if (block.depthwise.act.empty() && !activationOf(next).empty()) {
    block.lateAct = activationOf(next);
    filtered = next->getResult(0);
  }
  auto project = matchConv(filtered, /*mayAdd=*/false);
  if (failed(project))
    return failure();
  block.project = std::move(*project);
  if (!block.project.isPointwise())
    return refuse(block.project.op()) << "expected a 1x1 convolution that ends the block";
  return block;
}

static int64_t channelsOf(Value value) { return tensorType(value).getDimSize(1); }

/// `value` as it is, or with channels of zeros behind its own.
static bool isPadded(Value padded, Value value) {
  auto pad = padded.getDefiningOp<PadOp>();
  if (!pad || pad.getInput() != value || pad.getMode() != "constant" ||
      pad.getValue().convertToFloat() != 0)
    return false;
  SmallVector<int64_t> high(4, 0);
  high[1] = channelsOf(padded) - channelsOf(value);
  return high[1] > 0 && pad.getHigh() == ArrayRef(high) &&
         llvm::all_of(pad.getLow(), [](int64_t low) { return low == 0; });
}

/// True for all rows and columns of the channels from `begin` to `end`.
static bool isSlice(Value value, Value of, int64_t begin, int64_t end) {
  auto slice = value.getDefiningOp<SliceOp>();
  SmallVector<int64_t> starts(4, 0), sizes(tensorType(of).getShape());
  starts[1] = begin;
  sizes[1] = end - begin;
  return slice && slice.getInput() == of && slice.getStarts() == ArrayRef(starts) &&
         slice.getSizes() == ArrayRef(sizes) &&
         llvm::all_of(slice.getSteps(), [](int64_t step) { return step == 1; });
}

/// Slices, a sum, a concat.
static MatchedShortcut matchSlices(Value before, Value project) {
  MatchedShortcut none{nullptr, false, project};
  int64_t reached = channelsOf(before), channels = channelsOf(project);
  if (llvm::range_size(project.getUsers()) != 2 || reached >= channels)
    return none;
  for (Operation *user : project.getUsers()) {
    auto add =
        user->getNumResults() ? dyn_cast_if_present<AddOp>(soleUser(user->getResult(0))) : AddOp();
    auto concat = add ? dyn_cast_if_present<ConcatOp>(soleUser(add.getResult())) : ConcatOp();
    if (!concat || concat.getAxis() != 1 || concat.getInputs().size() != 2)
      continue;
    bool sums = (add.getLhs() == before && isSlice(add.getRhs(), project, 0, reached)) ||
                (add.getRhs() == before && isSlice(add.getLhs(), project, 0, reached));
    if (sums && concat.getInputs()[0] == add.getResult() &&
        isSlice(concat.getInputs()[1], project, reached, channels))
      return {add, true, concat.getResult()};
  }
  return none;
}

MatchedShortcut matchShortcut(Value before, Value project) {
  auto add = dyn_cast_if_present<AddOp>(soleUser(project));
  if (!add)
    return matchSlices(before, project);
  Value other = add.getLhs() == project ? add.getRhs() : add.getLhs();
  if (other == before)
    return {add, false, add.getResult()};
  if (isPadded(other, before) && other.hasOneUse())
    return {add, true, add.getResult()};
  return {nullptr, false, project};
}

bool beginsShortcut(Operation *op) {
  return isa<AddOp>(op) || (isa<PadOp>(op) && isa_and_present<AddOp>(soleUser(op->getResult(0))));
}

} // namespace snc
