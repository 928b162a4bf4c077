// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// W(x * s) = (W * s)x and W(x + t) = Wx + W(t): what a model does to its picture
// before the first convolution costs nothing. Safety: the weights are constants, no
// scale is infinite (padding is zero, and zero times it stays zero), and a shift
// crosses no padding, which it would have to shift as well.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace snc {
#define GEN_PASS_DEF_FOLDINPUTSCALE
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
using Values = SmallVector<float>;

/// x and the constant by channel of an elementwise op; x is null for others.
struct Operands {
  Value x;
  Values constant;
};

Operands operandsOf(Operation *op) {
  if (!isa_and_present<AddOp, SubOp, MulOp, DivOp>(op) || !op->hasOneUse())
    return {};
  for (unsigned side = 0; side < (isa<AddOp, MulOp>(op) ? 2 : 1); ++side) {
    Value x = op->getOperand(side);
    auto type = cast<RankedTensorType>(x.getType());
    if (type != op->getResult(0).getType() || type.getRank() != 4)
      continue;
    if (auto values = valuesAlong(op->getOperand(1 - side), type.getShape(), 1))
      return {x, std::move(*values)};
  }
  return {};
}

/// Calls `visit` with the place, output and input channel of each weight.
void forEachWeight(ConvOp conv, llvm::function_ref<void(size_t, size_t, size_t)> visit) {
  auto s = tensorType(conv.getWeight()).getShape();
  int64_t perGroup = s[0] / int64_t(conv.getGroup()), taps = s[2] * s[3];
  for (int64_t i = 0, e = ShapedType::getNumElements(s); i < e; ++i) {
    int64_t o = i / (s[1] * taps), c = o / perGroup * s[1] + i / taps % s[1];
    visit(size_t(i), size_t(o), size_t(c));
  }
}

struct FoldBefore final : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp conv, PatternRewriter &rewriter) const override {
    Operation *op = conv.getInput().getDefiningOp();
    Operands operands = operandsOf(op);
    ElementsAttr constant = constantValue(conv.getWeight());
    auto weights = operands.x && constant ? floatValues(constant) : std::nullopt;
    if (!weights || !llvm::all_of(operands.constant, [](float v) { return std::isfinite(v); }))
      return failure();
    return isa<MulOp, DivOp>(op) ? scale(conv, operands, *weights, rewriter)
                                 : shift(conv, operands, *weights, rewriter);
  }

private:
  static LogicalResult scale(ConvOp conv, const Operands &operands, Values &weights,
                             PatternRewriter &rewriter) {
    Operation *op = conv.getInput().getDefiningOp();
    if (isa<DivOp>(op) && llvm::is_contained(operands.constant, 0.0f))
      return failure();
    forEachWeight(conv, [&](size_t i, size_t, size_t c) {
      float v = operands.constant[c];
      weights[i] = isa<DivOp>(op) ? weights[i] / v : weights[i] * v;
    });
    Location loc = fusedLoc(op, conv);
    rewriter.setInsertionPoint(conv);
    Value weight =
        makeConstant(rewriter, loc, tensorType(conv.getWeight()).getShape(), weights, "weight");
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getInputMutable().assign(operands.x);
      conv.getWeightMutable().assign(weight);
      conv->setLoc(loc);
    });
    return success();
  }

  static LogicalResult shift(ConvOp conv, const Operands &operands, const Values &weights,
                             PatternRewriter &rewriter) {
    Operation *op = conv.getInput().getDefiningOp();
    ElementsAttr constant = conv.getBias() ? constantValue(conv.getBias()) : ElementsAttr();
    auto bias = constant ? floatValues(constant) : std::nullopt;
    bool padded = llvm::any_of(conv.getPads(), [](int64_t v) { return v != 0; });
    if (padded || (conv.getBias() && !bias))
      return failure();
    size_t outputs = size_t(conv.getType().getDimSize(1));
    SmallVector<double> sums(outputs, 0.0);
    for (size_t o = 0; bias && o < outputs; ++o)
      sums[o] = (*bias)[o];
    forEachWeight(conv, [&](size_t i, size_t o, size_t c) {
      double t = operands.constant[c];
      sums[o] += weights[i] * (isa<SubOp>(op) ? -t : t);
    });
    Location loc = fusedLoc(op, conv);
    rewriter.setInsertionPoint(conv);
    Value sum =
        makeConstant(rewriter, loc, {int64_t(outputs)}, Values(sums.begin(), sums.end()), "bias");
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getInputMutable().assign(operands.x);
      conv.getBiasMutable().assign(sum);
      conv->setLoc(loc);
    });
    return success();
  }
};

struct FoldInputScale final : snc::impl::FoldInputScaleBase<FoldInputScale> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldBefore>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
