// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Movement that moves nothing, and matrix products in one form.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_SIMPLIFYSHAPES
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
bool isIdentity(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
      op->getOperand(0).getType() != op->getResult(0).getType())
    return false;
  auto zero = [](int64_t v) { return v == 0; };
  auto one = [](int64_t v) { return v == 1; };
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return llvm::is_sorted(transpose.getPerm());
  if (auto slice = dyn_cast<SliceOp>(op))
    return llvm::all_of(slice.getStarts(), zero) && llvm::all_of(slice.getSteps(), one);
  if (auto pad = dyn_cast<PadOp>(op))
    return llvm::all_of(pad.getLow(), zero) && llvm::all_of(pad.getHigh(), zero);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return concat.getInputs().size() == 1;
  if (auto resize = dyn_cast<ResizeOp>(op))
    return llvm::all_of(resize.getScales(), [](float s) { return s == 1.0f; });
  return isa<ReshapeOp, ExpandOp, CastOp>(op);
}

struct DropIdentity final : RewritePattern {
  DropIdentity(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 2, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isIdentity(op))
      return failure();
    rewriter.replaceOp(op, op->getOperand(0));
    return success();
  }
};

struct MergeReshapes final : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ReshapeOp>();
    if (!inner)
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, inner.getInput(), op.getShapeAttr());
    return success();
  }
};

struct MergeTransposes final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> perm;
    for (int64_t p : op.getPerm())
      perm.push_back(inner.getPerm()[size_t(p)]);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, inner.getInput(), rewriter.getDenseI64ArrayAttr(perm));
    return success();
  }
};

/// A transpose that only moves dimensions of extent 1 is a reshape.
struct TransposeOfOnes final : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> moved;
    for (int64_t p : op.getPerm())
      if (tensorType(op.getInput()).getDimSize(unsigned(p)) != 1)
        moved.push_back(p);
    if (!llvm::is_sorted(moved))
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getInput(),
                                           rewriter.getDenseI64ArrayAttr(op.getType().getShape()));
    return success();
  }
};

/// matmul of matrices with a constant right side is a gemm, which packs it.
struct MatMulToGemm final : OpRewritePattern<MatMulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    bool f32 = op.getType().getElementType().isF32();
    if (!f32 || tensorType(op.getLhs()).getRank() != 2 || tensorType(op.getRhs()).getRank() != 2 ||
        !constantValue(op.getRhs()))
      return failure();
    rewriter.replaceOpWithNewOp<GemmOp>(op, op.getLhs(), op.getRhs(), Value(), APFloat(1.0f),
                                        APFloat(1.0f), false, false);
    return success();
  }
};

struct Simplify final : snc::impl::SimplifyShapesBase<Simplify> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropIdentity, MergeReshapes, MergeTransposes, TransposeOfOnes, MatMulToGemm>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
