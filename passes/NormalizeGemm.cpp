// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products with constant matrices in one form: a gemm with alpha and beta of
// one and a vector as its bias. All are equal up to rounding.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_NORMALIZEGEMM
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
Value reshaped(PatternRewriter &rewriter, Location loc, Value v, ArrayRef<int64_t> shape) {
  if (tensorType(v).getShape() == shape)
    return v;
  return rewriter.create<ReshapeOp>(loc, v, rewriter.getDenseI64ArrayAttr(shape));
}

/// matmul with a constant matrix: all leading dimensions are rows of one gemm.
struct MatMulToGemm final : OpRewritePattern<MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    auto lhs = tensorType(op.getLhs()), rhs = tensorType(op.getRhs());
    if (!op.getType().getElementType().isF32() || rhs.getRank() != 2 || !constantValue(op.getRhs()))
      return failure();
    int64_t k = rhs.getDimSize(0);
    Value rows = reshaped(rewriter, op.getLoc(), op.getLhs(), {lhs.getNumElements() / k, k});
    Value product = rewriter.create<GemmOp>(op.getLoc(), rows, op.getRhs(), Value(), APFloat(1.0f),
                                            APFloat(1.0f), false, false);
    rewriter.replaceOp(op, reshaped(rewriter, op.getLoc(), product, op.getType().getShape()));
    return success();
  }
};

/// `v` times `factor`; null where `v` is computed.
Value scaledConstant(PatternRewriter &rewriter, Value v, float factor, StringRef name) {
  ElementsAttr constant = constantValue(v);
  auto values = constant ? floatValues(constant) : std::nullopt;
  if (!values)
    return {};
  for (float &value : *values)
    value *= factor;
  return makeConstant(rewriter, v.getLoc(), tensorType(v).getShape(), *values, name);
}

/// alpha goes into B and beta into C.
struct FoldFactors final : OpRewritePattern<GemmOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GemmOp op, PatternRewriter &rewriter) const override {
    float alpha = op.getAlpha().convertToFloat(), beta = op.getBeta().convertToFloat();
    Value b = alpha != 1 ? scaledConstant(rewriter, op.getB(), alpha, "weight") : Value();
    Value c = beta != 1 && op.getC() ? scaledConstant(rewriter, op.getC(), beta, "bias") : Value();
    if (!b && !c)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      if (b) {
        op.getBMutable().assign(b);
        op.setAlpha(APFloat(1.0f));
      }
      if (c) {
        op.getCMutable().assign(c);
        op.setBeta(APFloat(1.0f));
      }
    });
    return success();
  }
};

/// The matrix that `reshape` alone reads, of a gemm or of what was done to one.
Value matrixBehind(ReshapeOp reshape) {
  Value matrix = reshape ? reshape.getInput() : Value();
  if (!matrix || !matrix.hasOneUse() || !reshape->hasOneUse() || tensorType(matrix).getRank() != 2)
    return {};
  return isa_and_present<GemmOp, AddOp, SubOp, MulOp, DivOp>(matrix.getDefiningOp()) ? matrix
                                                                                     : Value();
}

/// What an elementwise op does to each column moves from behind the reshape of a
/// gemm to before it, where it can join the weights.
struct ColumnsBeforeReshape final : RewritePattern {
  ColumnsBeforeReshape(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    bool commutes = isa<AddOp, MulOp>(op);
    if (!commutes && !isa<SubOp, DivOp>(op))
      return failure();
    for (unsigned side = 0; side < (commutes ? 2 : 1); ++side) {
      auto reshape = op->getOperand(side).getDefiningOp<ReshapeOp>();
      Value matrix = matrixBehind(reshape);
      if (!matrix || reshape.getType() != op->getResult(0).getType())
        continue;
      auto shape = reshape.getType().getShape();
      int64_t columns = tensorType(matrix).getDimSize(1);
      if (shape.empty() || shape.back() != columns)
        continue;
      auto values = valuesAlong(op->getOperand(1 - side), shape, int64_t(shape.size()) - 1);
      if (!values)
        continue;
      Value constant = makeConstant(rewriter, op->getLoc(), {columns}, *values, "columns");
      Operation *moved = rewriter.create(op->getLoc(), op->getName().getIdentifier(),
                                         {matrix, constant}, matrix.getType());
      rewriter.replaceOpWithNewOp<ReshapeOp>(op, moved->getResult(0), reshape.getShapeAttr());
      return success();
    }
    return failure();
  }
};

struct NormalizeGemm final : snc::impl::NormalizeGemmBase<NormalizeGemm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MatMulToGemm, FoldFactors, ColumnsBeforeReshape>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
