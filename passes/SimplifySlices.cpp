// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Slices, concats and gathers read as little as they can.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_SIMPLIFYSLICES
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
Value slice(PatternRewriter &rewriter, Location loc, Value v, ArrayRef<int64_t> starts,
            ArrayRef<int64_t> sizes, ArrayRef<int64_t> steps) {
  return rewriter.create<SliceOp>(loc, v, starts, sizes, steps);
}

struct SliceOfSlice final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<SliceOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> starts, steps;
    for (auto [start, step, innerStart, innerStep] :
         llvm::zip(op.getStarts(), op.getSteps(), inner.getStarts(), inner.getSteps())) {
      starts.push_back(innerStart + start * innerStep);
      steps.push_back(step * innerStep);
    }
    rewriter.replaceOp(
        op, slice(rewriter, fusedLoc(inner, op), inner.getInput(), starts, op.getSizes(), steps));
    return success();
  }
};

/// A slice that one input of a concat holds reads that input.
struct SliceOfConcat final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat)
      return failure();
    size_t axis = size_t(concat.getAxis());
    int64_t start = op.getStarts()[axis];
    int64_t last = start + (op.getSizes()[axis] - 1) * op.getSteps()[axis];
    int64_t begin = 0;
    for (Value input : concat.getInputs()) {
      int64_t end = begin + tensorType(input).getDimSize(unsigned(axis));
      if (std::min(start, last) >= begin && std::max(start, last) < end) {
        SmallVector<int64_t> starts(op.getStarts());
        starts[axis] -= begin;
        rewriter.replaceOp(
            op, slice(rewriter, op.getLoc(), input, starts, op.getSizes(), op.getSteps()));
        return success();
      }
      begin = end;
    }
    return failure();
  }
};

/// A concat that nothing else reads joins the one behind it on the same axis.
struct ConcatOfConcat final : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    SmallVector<Location> locations;
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner->hasOneUse() && inner.getAxis() == op.getAxis()) {
        llvm::append_range(inputs, inner.getInputs());
        locations.push_back(inner.getLoc());
      } else {
        inputs.push_back(input);
      }
    }
    if (locations.empty())
      return failure();
    locations.push_back(op.getLoc());
    rewriter.replaceOp(op, rewriter.create<ConcatOp>(FusedLoc::get(op.getContext(), locations),
                                                     inputs, op.getAxis()));
    return success();
  }
};

/// Constant indices at equal distances are a slice.
struct GatherToSlice final : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    ElementsAttr constant = constantValue(op.getIndices());
    auto indices = constant ? integerValues(constant) : std::nullopt;
    auto shape = tensorType(op.getInput()).getShape();
    size_t axis = size_t(op.getAxis());
    if (!indices || tensorType(op.getIndices()).getRank() > 1)
      return failure();
    for (int64_t &index : *indices) {
      index += index < 0 ? shape[axis] : 0;
      if (index < 0 || index >= shape[axis])
        return failure();
    }
    int64_t step = indices->size() > 1 ? (*indices)[1] - (*indices)[0] : 1;
    for (size_t i = 1; i < indices->size(); ++i)
      if (step == 0 || (*indices)[i] - (*indices)[i - 1] != step)
        return failure();
    SmallVector<int64_t> starts(shape.size(), 0), sizes(shape), steps(shape.size(), 1);
    starts[axis] = indices->front();
    sizes[axis] = int64_t(indices->size());
    steps[axis] = step;
    Value taken = slice(rewriter, op.getLoc(), op.getInput(), starts, sizes, steps);
    if (taken.getType() != op.getType()) // a scalar index drops its dimension
      taken = rewriter.create<ReshapeOp>(op.getLoc(), taken, op.getType().getShape());
    rewriter.replaceOp(op, taken);
    return success();
  }
};

struct SimplifySlices final : snc::impl::SimplifySlicesBase<SimplifySlices> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SliceOfSlice, SliceOfConcat, ConcatOfConcat, GatherToSlice>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
