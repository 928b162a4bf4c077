// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety: ops of the tensor level are pure, so one whose operands are constants is
// its value.

#include "passes/ConstantEvaluation.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace snc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
struct Evaluate final : RewritePattern {
  Evaluate(MLIRContext *c, int64_t limit)
      : RewritePattern(MatchAnyOpTypeTag(), 1, c), limit(limit) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || !op->getNumOperands() || !isa<SncDialect>(op->getDialect()))
      return failure();
    int64_t given = 0;
    SmallVector<ElementsAttr> operands;
    for (Value v : op->getOperands()) {
      operands.push_back(constantValue(v));
      if (!operands.back())
        return failure();
      given += operands.back().getNumElements();
    }
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || type.getEncoding() || type.getNumElements() > std::max(limit, given))
      return failure();
    ElementsAttr value = evaluate(op, operands);
    if (!value)
      return failure();
    rewriter.replaceOpWithNewOp<ConstantOp>(op, type, value);
    return success();
  }

private:
  int64_t limit;
};

struct FoldConstants final : snc::impl::FoldConstantsBase<FoldConstants> {
  using FoldConstantsBase::FoldConstantsBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Evaluate>(&getContext(), int64_t(limit));
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
