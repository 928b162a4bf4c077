// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety: the padding is constant, of rows and columns only, and read by nothing
// else. A convolution pads with zero itself, and so does a mean that counts its
// padding. A max pool's own padding never wins: the same holds for padding with
// negative infinity, and with zero where no input is below it, if every window
// holds an input.

#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_FOLDPAD
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
/// The pad before `op`, if `op` may take it over.
PadOp foldablePad(Operation *op) {
  auto pad = op->getOperand(0).getDefiningOp<PadOp>();
  if (!pad || !pad->hasOneUse() || pad.getMode() != "constant" || pad.getLow().size() != 4)
    return nullptr;
  auto low = pad.getLow(), high = pad.getHigh();
  if (low[0] || low[1] || high[0] || high[1])
    return nullptr;
  auto negative = [](int64_t v) { return v < 0; };
  return llvm::any_of(low, negative) || llvm::any_of(high, negative) ? nullptr : pad;
}

bool neverNegative(Value v) {
  Operation *op = v.getDefiningOp();
  if (auto clamp = dyn_cast_or_null<ClampOp>(op))
    return !clamp.getLo().isNegative() || clamp.getLo().isZero();
  return isa_and_present<ReluOp, SigmoidOp, HardSigmoidOp>(op);
}

/// The pads [top, left, bottom, right] of both.
SmallVector<int64_t> joined(ArrayRef<int64_t> own, PadOp pad) {
  auto low = pad.getLow(), high = pad.getHigh();
  return {own[0] + low[2], own[1] + low[3], own[2] + high[2], own[3] + high[3]};
}

/// True when every window of the pool, with these pads, holds an element that is no
/// padding: neither the first nor the last one lies outside.
bool windowsReachInput(MaxPoolOp op, ArrayRef<int64_t> pads) {
  auto one = [](int64_t v) { return v == 1; };
  if (!llvm::all_of(op.getDilations(), one))
    return false; // the taps of a window could step over the input
  auto kernel = op.getKernel();
  return pads[0] < kernel[0] && pads[1] < kernel[1] && pads[2] < kernel[0] && pads[3] < kernel[1];
}

template <typename Op> struct TakePad final : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    PadOp pad = foldablePad(op);
    if (!pad || !allowed(op, pad))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(joined(op.getPads(), pad));
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(fusedLoc(pad, op));
      if constexpr (std::is_same_v<Op, AvgPoolOp>)
        op.setCountIncludePad(true);
    });
    rewriter.eraseOp(pad);
    return success();
  }

private:
  static bool allowed(ConvOp, PadOp pad) { return pad.getValue().isZero(); }
  static bool allowed(MaxPoolOp op, PadOp pad) {
    // With ceil mode, pads decide which partial windows count.
    if (op.getCeilMode())
      return false;
    bool never = pad.getValue().isInfinity() && pad.getValue().isNegative();
    bool least = pad.getValue().isZero() && neverNegative(pad.getInput());
    return (never || least) && windowsReachInput(op, joined(op.getPads(), pad));
  }
  static bool allowed(AvgPoolOp op, PadOp pad) {
    // Padding of the pool's own that does not count must stay apart from the pad's.
    bool ownPadding = llvm::any_of(op.getPads(), [](int64_t v) { return v != 0; });
    return pad.getValue().isZero() && !op.getCeilMode() && (op.getCountIncludePad() || !ownPadding);
  }
};

struct FoldPad final : snc::impl::FoldPadBase<FoldPad> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<TakePad<ConvOp>, TakePad<MaxPoolOp>, TakePad<AvgPoolOp>>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
