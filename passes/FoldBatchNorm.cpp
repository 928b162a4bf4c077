// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// batch_norm with constant statistics is x * s + t by channel, with
// s = scale / sqrt(variance + epsilon) and t = bias - mean * s.

#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace snc {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
struct SplitBatchNorm final : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchNormOp op, PatternRewriter &rewriter) const override {
    if (!op.getType().getElementType().isF32())
      return failure();
    SmallVector<SmallVector<float>> values;
    for (Value v : {op.getScale(), op.getBias(), op.getMean(), op.getVariance()}) {
      ElementsAttr constant = constantValue(v);
      auto list = constant ? floatValues(constant) : std::nullopt;
      if (!list)
        return failure();
      values.push_back(*list);
    }
    size_t channels = values[0].size();
    SmallVector<float> scale(channels), shift(channels);
    for (size_t c = 0; c < channels; ++c) {
      double s = values[0][c] / std::sqrt(double(values[3][c]) + op.getEpsilon().convertToDouble());
      scale[c] = float(s);
      shift[c] = float(values[1][c] - values[2][c] * s);
    }
    SmallVector<int64_t> shape(op.getType().getRank(), 1);
    shape[1] = int64_t(channels);
    Value s = makeConstant(rewriter, op.getLoc(), shape, scale, "scale");
    Value t = makeConstant(rewriter, op.getLoc(), shape, shift, "shift");
    Value scaled = rewriter.create<MulOp>(op.getLoc(), op.getInput(), s);
    rewriter.replaceOpWithNewOp<AddOp>(op, scaled, t);
    return success();
  }
};

struct FoldBatchNorm final : snc::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SplitBatchNorm>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
