// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety: the padding is zero, of rows and columns only, and read by nothing else.
// A convolution pads with zero itself; a pool that counts padding in its mean does
// too; a max pool's own padding never wins, which is the same where no input is
// below zero.

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
  if (!pad || !pad->hasOneUse() || pad.getMode() != "constant" || !pad.getValue().isZero() ||
      pad.getLow().size() != 4)
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

template <typename Op> struct TakePad final : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    PadOp pad = foldablePad(op);
    if (!pad || !allowed(op, pad))
      return failure();
    auto own = op.getPads();
    SmallVector<int64_t> pads{own[0] + pad.getLow()[2], own[1] + pad.getLow()[3],
                              own[2] + pad.getHigh()[2], own[3] + pad.getHigh()[3]};
    rewriter.modifyOpInPlace(op, [&] {
      op.setPads(pads);
      op.getInputMutable().assign(pad.getInput());
      op->setLoc(fusedLoc(pad, op));
    });
    rewriter.eraseOp(pad);
    return success();
  }

private:
  static bool allowed(ConvOp, PadOp) { return true; }
  static bool allowed(MaxPoolOp op, PadOp pad) {
    return !op.getCeilMode() && neverNegative(pad.getInput());
  }
  static bool allowed(AvgPoolOp op, PadOp) {
    // Without counting, the pool's own padding must stay apart from the pad's.
    bool ownPadding = llvm::any_of(op.getPads(), [](int64_t v) { return v != 0; });
    return !op.getCeilMode() && op.getCountIncludePad() && !ownPadding;
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
