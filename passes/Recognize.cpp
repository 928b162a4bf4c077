// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations written out in parts. Inner values may have other readers: they are
// then computed as before.

#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace snc {
#define GEN_PASS_DEF_RECOGNIZE
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
bool near(float a, float b) { return std::fabs(a - b) <= 1e-6f * std::fabs(b); }

bool isClamp(Operation *op, float lo, float hi) {
  auto clamp = dyn_cast_or_null<ClampOp>(op);
  return clamp && clamp.getLo().convertToFloat() == lo && clamp.getHi().convertToFloat() == hi;
}

/// The x of x + c (either order); null otherwise.
Value addendOf(Value v, float c) {
  auto add = v.getDefiningOp<AddOp>();
  if (!add)
    return {};
  for (int side = 0; side < 2; ++side)
    if (auto value = scalarOf(add->getOperand(unsigned(side))); value && near(*value, c))
      return add->getOperand(unsigned(1 - side));
  return {};
}

/// The y of y / 6 or y * (1/6).
Value sixthOf(Operation *op) {
  if (auto div = dyn_cast<DivOp>(op)) {
    auto value = scalarOf(div.getRhs());
    return value && near(*value, 6.0f) ? div.getLhs() : Value();
  }
  if (auto mul = dyn_cast<MulOp>(op))
    for (int side = 0; side < 2; ++side)
      if (auto v = scalarOf(mul->getOperand(unsigned(side))); v && std::fabs(*v - 1.0f / 6) < 1e-5f)
        return mul->getOperand(unsigned(1 - side));
  return {};
}

/// The x of clamp(x + 3, 0, 6).
Value clampedOf(Value v) {
  return v && isClamp(v.getDefiningOp(), 0, 6) ? addendOf(v.getDefiningOp()->getOperand(0), 3.0f) : Value();
}

bool sameType(Value a, Operation *op) { return a && a.getType() == op->getResult(0).getType(); }

/// clamp(x + 3, 0, 6) / 6
struct HardSigmoid final : RewritePattern {
  HardSigmoid(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<DivOp, MulOp>(op))
      return failure();
    Value scaled = sixthOf(op), x = scaled ? clampedOf(scaled) : Value();
    if (sameType(x, op)) {
      rewriter.replaceOpWithNewOp<HardSigmoidOp>(op, x, APFloat(1.0f / 6), APFloat(0.5f));
      return success();
    }
    // (x * clamp(x + 3, 0, 6)) / 6
    auto product = scaled ? scaled.getDefiningOp<MulOp>() : MulOp();
    for (int side = 0; product && side < 2; ++side) {
      Value gate = product->getOperand(unsigned(side)), other = product->getOperand(unsigned(1 - side));
      if (clampedOf(gate) == other && sameType(other, op)) {
        rewriter.replaceOpWithNewOp<HardSwishOp>(op, other);
        return success();
      }
    }
    return failure();
  }
};

bool isSixthHardSigmoid(Value v, Value x) {
  auto op = v.getDefiningOp<HardSigmoidOp>();
  return op && op.getInput() == x && near(op.getAlpha().convertToFloat(), 1.0f / 6) &&
         op.getBeta().convertToFloat() == 0.5f;
}

/// x * hard_sigmoid(x) and x * sigmoid(x)
struct GatedSelf final : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (int side = 0; side < 2; ++side) {
      Value x = op->getOperand(unsigned(side)), gate = op->getOperand(unsigned(1 - side));
      auto sigmoid = gate.getDefiningOp<SigmoidOp>();
      if (isSixthHardSigmoid(gate, x))
        return rewriter.replaceOpWithNewOp<HardSwishOp>(op, x), success();
      if (sigmoid && sigmoid.getInput() == x)
        return rewriter.replaceOpWithNewOp<SwishOp>(op, x), success();
    }
    return failure();
  }
};

/// max(x, 0), clamp(x, 0, inf) are relu; relu of clamp or clamp of relu one clamp.
struct Relu final : RewritePattern {
  Relu(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (isClamp(op, 0, std::numeric_limits<float>::infinity()) ||
        isClamp(op, 0, std::numeric_limits<float>::max()))
      return rewriter.replaceOpWithNewOp<ReluOp>(op, op->getOperand(0)), success();
    auto input = op->getNumOperands() ? op->getOperand(0).getDefiningOp<ReluOp>() : ReluOp();
    if (auto clamp = dyn_cast<ClampOp>(op); clamp && input && clamp.getLo().isZero())
      return rewriter.modifyOpInPlace(op, [&] { op->setOperand(0, input.getInput()); }), success();
    if (!isa<MaxOp, MinOp>(op))
      return failure();
    for (int side = 0; side < 2; ++side) {
      Value x = op->getOperand(unsigned(1 - side));
      auto bound = scalarOf(op->getOperand(unsigned(side)));
      if (!bound || !sameType(x, op))
        continue;
      if (isa<MaxOp>(op) && *bound == 0)
        return rewriter.replaceOpWithNewOp<ReluOp>(op, x), success();
      auto relu = x.getDefiningOp<ReluOp>();
      if (isa<MinOp>(op) && relu && *bound > 0) {
        rewriter.replaceOpWithNewOp<ClampOp>(op, relu.getInput(), APFloat(0.0f), APFloat(*bound));
        return success();
      }
    }
    return failure();
  }
};

struct Recognize final : snc::impl::RecognizeBase<Recognize> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<HardSigmoid, GatedSelf, Relu>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
