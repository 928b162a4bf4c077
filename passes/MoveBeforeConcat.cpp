// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f(concat(a, b)) = concat(f(a), f(b)) for an f of each element: behind a
// convolution it is an epilogue, behind a concat it is one more pass over the data.
// Safety: only what nothing else reads is moved, so nothing is computed twice.

#include "ir/KernelGrouping.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_MOVEBEFORECONCAT
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
bool takesEpilogue(Value v) {
  return v.hasOneUse() && isa_and_present<ConvOp, ConvTransposeOp>(v.getDefiningOp());
}

struct MoveUnary final : RewritePattern {
  MoveUnary(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || op->getNumOperands() != 1)
      return failure();
    auto concat = op->getOperand(0).getDefiningOp<ConcatOp>();
    if (!concat || !concat->hasOneUse() || !llvm::all_of(concat.getInputs(), takesEpilogue))
      return failure();
    SmallVector<Value> parts;
    for (Value input : concat.getInputs()) {
      IRMapping mapping;
      mapping.map(op->getOperand(0), input);
      Operation *part = rewriter.clone(*op, mapping);
      auto shape = cast<RankedTensorType>(input.getType()).getShape();
      auto type = cast<RankedTensorType>(op->getResult(0).getType());
      part->getResult(0).setType(RankedTensorType::get(shape, type.getElementType()));
      parts.push_back(part->getResult(0));
    }
    rewriter.replaceOp(op, rewriter.create<ConcatOp>(concat.getLoc(), parts, concat.getAxis()));
    rewriter.eraseOp(concat);
    return success();
  }
};

struct MoveBeforeConcat final : snc::impl::MoveBeforeConcatBase<MoveBeforeConcat> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MoveUnary>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
