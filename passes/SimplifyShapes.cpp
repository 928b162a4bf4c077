// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Movement and arithmetic that change nothing go, and two steps become one.

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
bool allEqual(ArrayRef<int64_t> list, int64_t value) {
  return llvm::all_of(list, [&](int64_t v) { return v == value; });
}

/// For ops whose result type is that of operand 0.
bool isIdentity(Operation *op) {
  auto hasNumber = [&](float v) { return scalarOf(op->getOperand(1)) == v; };
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return llvm::is_sorted(transpose.getPerm());
  if (auto slice = dyn_cast<SliceOp>(op))
    return allEqual(slice.getStarts(), 0) && allEqual(slice.getSteps(), 1);
  if (auto pad = dyn_cast<PadOp>(op))
    return allEqual(pad.getLow(), 0) && allEqual(pad.getHigh(), 0);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return concat.getInputs().size() == 1;
  if (auto resize = dyn_cast<ResizeOp>(op))
    return llvm::all_of(resize.getScales(), [](float s) { return s == 1.0f; });
  if (isa<AddOp, SubOp>(op))
    return hasNumber(0);
  if (isa<MulOp, DivOp>(op))
    return hasNumber(1);
  return isa<ReshapeOp, ExpandOp, CastOp>(op);
}

struct DropIdentity final : RewritePattern {
  DropIdentity(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 2, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
        op->getOperand(0).getType() != op->getResult(0).getType() || !isIdentity(op))
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
    rewriter.replaceOp(
        op, rewriter.create<ReshapeOp>(fusedLoc(inner, op), inner.getInput(), op.getShapeAttr()));
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
    rewriter.replaceOp(op, rewriter.create<TransposeOp>(fusedLoc(inner, op), inner.getInput(),
                                                        rewriter.getDenseI64ArrayAttr(perm)));
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

/// A reduction whose result is only given its dimensions of extent 1 back keeps them.
template <typename Op> struct KeepDimensions final : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern<ReshapeOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto reduce = op.getInput().getDefiningOp<Op>();
    if (!reduce || reduce.getKeepdims() || !reduce->hasOneUse())
      return failure();
    SmallVector<int64_t> kept(tensorType(reduce.getInput()).getShape());
    for (int64_t axis : reduce.getAxes())
      kept[size_t(axis)] = 1;
    if (op.getType().getShape() != ArrayRef(kept))
      return failure();
    rewriter.replaceOp(
        op, rewriter.create<Op>(fusedLoc(reduce, op), reduce.getInput(), reduce.getAxes(), true));
    return success();
  }
};

/// A reduction to a scalar keeps its dimensions: a GPU's threads need one to be spread over.
template <typename Op> struct KeepScalarDimensions final : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    RankedTensorType type = op.getType(), in = tensorType(op.getInput());
    if (type.getRank() != 0 || in.getRank() == 0)
      return failure();
    Operation *kept = rewriter.clone(*op);
    kept->setAttr("keepdims", rewriter.getBoolAttr(true));
    kept->getResult(0).setType(RankedTensorType::get(SmallVector<int64_t>(size_t(in.getRank()), 1),
                                                     type.getElementType()));
    rewriter.replaceOp(
        op, rewriter.create<ReshapeOp>(op.getLoc(), kept->getResult(0), ArrayRef<int64_t>()));
    return success();
  }
};

/// A pool whose only window is the whole picture is a reduction.
template <typename Pool, typename Reduce> struct GlobalPool final : OpRewritePattern<Pool> {
  using OpRewritePattern<Pool>::OpRewritePattern;
  LogicalResult matchAndRewrite(Pool op, PatternRewriter &rewriter) const override {
    auto in = tensorType(op.getInput()).getShape(), out = op.getType().getShape();
    if (!op.getType().getElementType().isF32() || op.getKernel() != in.drop_front(2) ||
        !allEqual(op.getDilations(), 1) || !allEqual(op.getPads(), 0) ||
        !allEqual(out.drop_front(2), 1))
      return failure();
    rewriter.replaceOpWithNewOp<Reduce>(op, op.getInput(), ArrayRef<int64_t>{2, 3}, true);
    return success();
  }
};

/// A binary op broadcasts by itself.
struct ExpandIntoBinary final : RewritePattern {
  ExpandIntoBinary(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<AddOp, SubOp, MulOp, DivOp, MinOp, MaxOp, PowOp, LessOp, LessEqualOp, EqualOp>(op))
      return failure();
    for (unsigned side = 0; side < 2; ++side) {
      auto expand = op->getOperand(side).getDefiningOp<ExpandOp>();
      if (!expand)
        continue;
      auto other = cast<RankedTensorType>(op->getOperand(1 - side).getType());
      auto shape = broadcastShapes(tensorType(expand.getInput()).getShape(), other.getShape());
      if (!shape ||
          ArrayRef(*shape) != cast<RankedTensorType>(op->getResult(0).getType()).getShape())
        continue;
      rewriter.modifyOpInPlace(op, [&] {
        op->setOperand(side, expand.getInput());
        op->setLoc(fusedLoc(expand, op));
      });
      return success();
    }
    return failure();
  }
};

template <typename... Ops> void addReductions(RewritePatternSet &patterns) {
  patterns.add<KeepDimensions<Ops>..., KeepScalarDimensions<Ops>...>(patterns.getContext());
}

struct Simplify final : snc::impl::SimplifyShapesBase<Simplify> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropIdentity, MergeReshapes, MergeTransposes, TransposeOfOnes,
                 GlobalPool<AvgPoolOp, ReduceMeanOp>, GlobalPool<MaxPoolOp, ReduceMaxOp>,
                 KeepScalarDimensions<ArgMaxOp>, ExpandIntoBinary>(&getContext());
    addReductions<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp, ReduceProdOp>(patterns);
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
