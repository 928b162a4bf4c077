// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety: the unscaled result has no other reader, and weights and bias are
// constants, so scaling them scales exactly what is read. A scale that is no finite
// number stays where it is: it would turn weights of zero into NaN.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

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

std::optional<Affine> affineOf(Operation *op) {
  bool commutes = isa<AddOp, MulOp>(op);
  if (!commutes && !isa<SubOp, DivOp>(op))
    return std::nullopt;
  for (unsigned side = 0; side < (commutes ? 2 : 1); ++side) {
    Operation *linear = op->getOperand(side).getDefiningOp();
    if (!linear || !isa<ConvOp, ConvTransposeOp, GemmOp>(linear) || !linear->hasOneUse())
      continue;
    auto type = cast<RankedTensorType>(linear->getResult(0).getType());
    if (type != op->getResult(0).getType())
      continue;
    // Channels are axis 1 of NCHW and of a gemm's M x N alike.
    auto values = valuesAlong(op->getOperand(1 - side), type.getShape(), 1);
    if (!values)
      continue;
    Affine affine{linear, Values(values->size(), 1.0f), Values(values->size(), 0.0f)};
    for (auto [c, v] : llvm::enumerate(*values)) {
      if (isa<MulOp, DivOp>(op))
        affine.scale[c] = isa<MulOp>(op) ? v : 1.0f / v;
      else
        affine.shift[c] = isa<SubOp>(op) ? -v : v;
      if (!std::isfinite(affine.scale[c]))
        return std::nullopt;
    }
    return affine;
  }
  return std::nullopt;
}

/// `weights` of `shape`, each times the scale of its output channel. Those of a
/// group lie along `axis`; where that is not the outermost one, the groups are cut
/// from dimension 0.
Values scaled(Values weights, ArrayRef<int64_t> shape, int64_t axis, int64_t groups,
              ArrayRef<float> scale) {
  int64_t inner = ShapedType::getNumElements(shape.drop_front(axis + 1));
  int64_t outputs = shape[size_t(axis)];
  int64_t perGroup = int64_t(weights.size()) / groups;
  for (auto [i, w] : llvm::enumerate(weights)) {
    int64_t group = axis == 0 ? 0 : int64_t(i) / perGroup;
    w *= scale[size_t(group * outputs + int64_t(i) / inner % outputs)];
  }
  return weights;
}

/// The bias by channel, zeros without one; nullopt where it is computed.
std::optional<Values> biasOf(Operation *linear, size_t channels) {
  if (linear->getNumOperands() < 3)
    return Values(channels, 0.0f);
  auto shape = cast<RankedTensorType>(linear->getResult(0).getType()).getShape();
  auto gemm = dyn_cast<GemmOp>(linear);
  if (!gemm) {
    ElementsAttr constant = constantValue(linear->getOperand(2));
    return constant ? floatValues(constant) : std::nullopt;
  }
  auto values = valuesAlong(gemm.getC(), shape, 1);
  if (values)
    for (float &v : *values)
      v *= gemm.getBeta().convertToFloat();
  return values;
}

struct FoldIntoWeights final : RewritePattern {
  FoldIntoWeights(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    std::optional<Affine> affine = affineOf(op);
    if (!affine)
      return failure();
    Operation *linear = affine->linear;
    Value weight = linear->getOperand(1);
    ElementsAttr constant = constantValue(weight);
    auto weights = constant ? floatValues(constant) : std::nullopt;
    auto bias = biasOf(linear, affine->scale.size());
    if (!weights || !bias)
      return failure();
    auto transposed = dyn_cast<ConvTransposeOp>(linear);
    auto gemm = dyn_cast<GemmOp>(linear);
    int64_t axis = transposed || (gemm && !gemm.getTransB()) ? 1 : 0;
    int64_t groups = transposed ? int64_t(transposed.getGroup()) : 1;
    auto shape = tensorType(weight).getShape();
    Location loc = fusedLoc(linear, op);
    auto isOne = [](float s) { return s == 1.0f; };
    if (!llvm::all_of(affine->scale, isOne))
      weight = makeConstant(rewriter, loc, shape,
                            scaled(*weights, shape, axis, groups, affine->scale), "weight");
    for (auto [b, scale, shift] : llvm::zip(*bias, affine->scale, affine->shift))
      b = b * scale + shift;
    Value newBias = makeConstant(rewriter, loc, {int64_t(bias->size())}, *bias, "bias");
    Operation *folded = rewriter.create(loc, linear->getName().getIdentifier(),
                                        {linear->getOperand(0), weight, newBias},
                                        linear->getResultTypes(), linear->getAttrs());
    if (gemm)
      cast<GemmOp>(folded).setBeta(APFloat(1.0f));
    rewriter.replaceOp(op, folded->getResults());
    return success();
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
