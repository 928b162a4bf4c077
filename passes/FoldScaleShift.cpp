// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety: the unscaled result has no other reader, and weights and bias are
// constants, so scaling them scales exactly what is read.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_FOLDSCALESHIFT
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
using Values = SmallVector<float>;

/// What an elementwise op with a constant does to each channel: x * scale + shift.
struct Affine {
  Operation *linear; ///< the conv, conv_transpose or gemm
  Values scale, shift;
};

int64_t channelAxis(Operation *) { return 1; } // of NCHW, and of a gemm's M x N

std::optional<Affine> affineOf(Operation *op) {
  bool commutes = isa<AddOp, MulOp>(op);
  if (!commutes && !isa<SubOp, DivOp>(op))
    return std::nullopt;
  for (int side = 0; side < (commutes ? 2 : 1); ++side) {
    Operation *linear = op->getOperand(unsigned(side)).getDefiningOp();
    if (!linear || !isa<ConvOp, ConvTransposeOp, GemmOp>(linear) || !linear->hasOneUse())
      continue;
    auto type = cast<RankedTensorType>(linear->getResult(0).getType());
    if (type != op->getResult(0).getType())
      continue;
    auto values = valuesAlong(op->getOperand(unsigned(1 - side)), type.getShape(), channelAxis(linear));
    if (!values)
      continue;
    size_t n = values->size();
    Affine affine{linear, Values(n, 1.0f), Values(n, 0.0f)};
    for (size_t c = 0; c < n; ++c) {
      float v = (*values)[c];
      if (isa<MulOp>(op))
        affine.scale[c] = v;
      else if (isa<DivOp>(op))
        affine.scale[c] = 1.0f / v;
      else
        affine.shift[c] = isa<SubOp>(op) ? -v : v;
    }
    return affine;
  }
  return std::nullopt;
}

/// weights with their output channel o (at `axis` of `shape`) times scale[o].
Values scaled(ArrayRef<float> weights, ArrayRef<int64_t> shape, int64_t axis, ArrayRef<float> scale) {
  int64_t inner = 1;
  for (int64_t extent : shape.drop_front(axis + 1))
    inner *= extent;
  Values result(weights.begin(), weights.end());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] *= scale[size_t(int64_t(i) / inner % shape[size_t(axis)])];
  return result;
}

struct FoldIntoWeights final : RewritePattern {
  FoldIntoWeights(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    std::optional<Affine> affine = affineOf(op);
    if (!affine)
      return failure();
    Operation *linear = affine->linear;
    auto transposed = dyn_cast<ConvTransposeOp>(linear);
    if (transposed && transposed.getGroup() != 1)
      return failure();
    auto gemm = dyn_cast<GemmOp>(linear);
    Value weight = linear->getOperand(1);
    int64_t axis = transposed || (gemm && !gemm.getTransB()) ? 1 : 0;
    ElementsAttr constant = constantValue(weight);
    auto weights = constant ? floatValues(constant) : std::nullopt;
    auto bias = biasOf(linear, affine->scale.size());
    if (!weights || !bias)
      return failure();
    auto shape = tensorType(weight).getShape();
    rewriter.setInsertionPoint(linear);
    Location loc = fusedLoc(linear, op);
    Value newWeight = makeConstant(rewriter, loc, shape, scaled(*weights, shape, axis, affine->scale), "weight");
    for (size_t c = 0; c < bias->size(); ++c)
      (*bias)[c] = (*bias)[c] * affine->scale[c] + affine->shift[c];
    Value newBias = makeConstant(rewriter, loc, {int64_t(bias->size())}, *bias, "bias");
    rewriter.setInsertionPoint(op);
    Operation *folded = rewriter.create(loc, linear->getName().getIdentifier(),
                                        {linear->getOperand(0), newWeight, newBias},
                                        linear->getResultTypes(), linear->getAttrs());
    if (gemm)
      cast<GemmOp>(folded).setBeta(APFloat(1.0f));
    rewriter.replaceOp(op, folded->getResults());
    return success();
  }

private:
  /// The bias by channel, zeros without one; nullopt where it is computed.
  static std::optional<Values> biasOf(Operation *linear, size_t channels) {
    if (linear->getNumOperands() < 3)
      return Values(channels, 0.0f);
    auto shape = cast<RankedTensorType>(linear->getResult(0).getType()).getShape();
    if (!isa<GemmOp>(linear)) {
      ElementsAttr constant = constantValue(linear->getOperand(2));
      return constant ? floatValues(constant) : std::nullopt;
    }
    auto values = valuesAlong(linear->getOperand(2), shape, 1);
    float beta = cast<GemmOp>(linear).getBeta().convertToFloat();
    if (values)
      for (float &v : *values)
        v *= beta;
    return values;
  }
};

struct FoldScaleShift final : snc::impl::FoldScaleShiftBase<FoldScaleShift> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoWeights>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
