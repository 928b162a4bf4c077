// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations written out in parts. Inner values may have other readers: they are
// then computed as before.

#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

namespace snc {
#define GEN_PASS_DEF_RECOGNIZE
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
/// Exporters print 1/6 with six digits or so.
bool near(float a, float b) { return std::fabs(a - b) <= 1e-5f * std::fabs(b); }

bool sameType(Value a, Operation *op) { return a && a.getType() == op->getResult(0).getType(); }

/// The other operand of a commutative `Op` with a constant near `c`; null for others.
template <typename Op> Value operandBeside(Value v, float c) {
  auto op = v ? v.getDefiningOp<Op>() : Op();
  for (unsigned side = 0; op && side < 2; ++side)
    if (auto value = scalarOf(op->getOperand(side)); value && near(*value, c))
      return op->getOperand(1 - side);
  return {};
}

/// The y of y / 6 and of y * (1/6).
Value sixthOf(Value v) {
  if (auto div = v.getDefiningOp<DivOp>()) {
    auto value = scalarOf(div.getRhs());
    return value && near(*value, 6.0f) ? div.getLhs() : Value();
  }
  return operandBeside<MulOp>(v, 1.0f / 6);
}

/// The x of clamp(x + 3, 0, 6).
Value clampedOf(Value v) {
  auto clamp = v ? v.getDefiningOp<ClampOp>() : ClampOp();
  bool toSix = clamp && clamp.getLo().isZero() && clamp.getHi().convertToFloat() == 6.0f;
  return toSix ? operandBeside<AddOp>(clamp.getInput(), 3.0f) : Value();
}

void collect(Operation *op, Value end, llvm::SetVector<Location> &locations) {
  for (Value v : op->getOperands())
    if (Operation *part = v.getDefiningOp(); part && v != end && !isa<ConstantOp>(part))
      collect(part, end, locations);
  locations.insert(op->getLoc());
}

/// Replaces `op` by a `New` of `x`, located where all the parts between them were.
template <typename New, typename... Args>
LogicalResult replaceParts(PatternRewriter &rewriter, Operation *op, Value x, Args... args) {
  llvm::SetVector<Location> locations;
  collect(op, x, locations);
  Location loc = FusedLoc::get(op->getContext(), locations.getArrayRef());
  rewriter.replaceOp(op, rewriter.create<New>(loc, x, args...)->getResults());
  return success();
}

/// clamp(x + 3, 0, 6) / 6
struct HardSigmoid final : RewritePattern {
  HardSigmoid(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Value x = isa<DivOp, MulOp>(op) ? clampedOf(sixthOf(op->getResult(0))) : Value();
    if (!sameType(x, op))
      return failure();
    return replaceParts<HardSigmoidOp>(rewriter, op, x, APFloat(1.0f / 6), APFloat(0.5f));
  }
};

/// (x * clamp(x + 3, 0, 6)) / 6 and (x / 6) * clamp(x + 3, 0, 6); the third order is
/// x times a hard sigmoid.
struct HardSwish final : RewritePattern {
  HardSwish(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 2, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<DivOp, MulOp>(op))
      return failure();
    Value whole = sixthOf(op->getResult(0));
    Operation *product = whole ? whole.getDefiningOp() : op;
    for (unsigned side = 0; isa_and_present<MulOp>(product) && side < 2; ++side) {
      Value gate = product->getOperand(side), x = product->getOperand(1 - side);
      x = whole ? x : sixthOf(x);
      if (x && clampedOf(gate) == x && sameType(x, op))
        return replaceParts<HardSwishOp>(rewriter, op, x);
    }
    return failure();
  }
};

/// clamp(x * a + b, 0, 1)
struct ClampedLine final : OpRewritePattern<ClampOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ClampOp op, PatternRewriter &rewriter) const override {
    auto add = op.getInput().getDefiningOp<AddOp>();
    if (!add || !op.getLo().isZero() || op.getHi().convertToFloat() != 1.0f)
      return failure();
    for (unsigned side = 0; side < 2; ++side) {
      auto b = scalarOf(add->getOperand(1 - side));
      Operation *line = add->getOperand(side).getDefiningOp();
      if (!b || !isa_and_present<MulOp, DivOp>(line))
        continue;
      for (unsigned s = 0; s < (isa<MulOp>(line) ? 2 : 1); ++s) {
        auto a = scalarOf(line->getOperand(1 - s));
        Value x = line->getOperand(s);
        float slope = !a ? 0 : isa<MulOp>(line) ? *a : 1 / *a;
        if (slope != 0 && std::isfinite(slope) && sameType(x, op))
          return replaceParts<HardSigmoidOp>(rewriter, op, x, APFloat(slope), APFloat(*b));
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
    for (unsigned side = 0; side < 2; ++side) {
      Value x = op->getOperand(side), gate = op->getOperand(1 - side);
      auto sigmoid = gate.getDefiningOp<SigmoidOp>();
      if (isSixthHardSigmoid(gate, x))
        return replaceParts<HardSwishOp>(rewriter, op, x);
      if (sigmoid && sigmoid.getInput() == x)
        return replaceParts<SwishOp>(rewriter, op, x);
    }
    return failure();
  }
};

/// max(x, a * x) with 0 < a < 1, and prelu with one slope for all
struct LeakyRelu final : RewritePattern {
  LeakyRelu(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (auto prelu = dyn_cast<PReluOp>(op)) {
      auto slope = scalarOf(prelu.getRhs());
      return slope && sameType(prelu.getLhs(), op)
                 ? replaceParts<LeakyReluOp>(rewriter, op, prelu.getLhs(), APFloat(*slope))
                 : failure();
    }
    for (unsigned side = 0; isa<MaxOp>(op) && side < 2; ++side) {
      Value x = op->getOperand(side);
      auto mul = op->getOperand(1 - side).getDefiningOp<MulOp>();
      for (unsigned s = 0; mul && s < 2; ++s) {
        auto slope = scalarOf(mul->getOperand(s));
        if (slope && *slope > 0 && *slope < 1 && mul->getOperand(1 - s) == x && sameType(x, op))
          return replaceParts<LeakyReluOp>(rewriter, op, x, APFloat(*slope));
      }
    }
    return failure();
  }
};

struct Bounds {
  Value x;
  float lo = -std::numeric_limits<float>::infinity();
  float hi = std::numeric_limits<float>::infinity();
};

/// What relu, clamp, and min and max with a number do; x is null for other ops.
Bounds boundsOf(Operation *op) {
  if (auto relu = dyn_cast_or_null<ReluOp>(op))
    return {relu.getInput(), 0.0f};
  if (auto clamp = dyn_cast_or_null<ClampOp>(op))
    return {clamp.getInput(), clamp.getLo().convertToFloat(), clamp.getHi().convertToFloat()};
  for (unsigned side = 0; isa_and_present<MinOp, MaxOp>(op) && side < 2; ++side) {
    Bounds bounds{op->getOperand(1 - side)};
    auto number = scalarOf(op->getOperand(side));
    if (!number || !sameType(bounds.x, op))
      continue;
    (isa<MaxOp>(op) ? bounds.lo : bounds.hi) = *number;
    return bounds;
  }
  return {};
}

/// One relu or clamp for a chain of bounds, and for max(x, 0) and clamp(x, 0, inf).
struct Bound final : RewritePattern {
  Bound(MLIRContext *c) : RewritePattern(MatchAnyOpTypeTag(), 1, c) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    Bounds outer = boundsOf(op);
    if (!outer.x || !cast<RankedTensorType>(outer.x.getType()).getElementType().isF32())
      return failure();
    Bounds inner = outer.x.hasOneUse() ? boundsOf(outer.x.getDefiningOp()) : Bounds();
    Bounds all = outer;
    if (inner.x) {
      auto into = [&](float v) { return std::fmin(std::fmax(v, outer.lo), outer.hi); };
      all = {inner.x, into(inner.lo), into(inner.hi)};
    }
    bool isRelu = all.lo == 0 && all.hi >= std::numeric_limits<float>::max();
    if (isRelu && (inner.x || !isa<ReluOp>(op)))
      return replaceParts<ReluOp>(rewriter, op, all.x);
    if (inner.x && std::isfinite(all.lo) && std::isfinite(all.hi))
      return replaceParts<ClampOp>(rewriter, op, all.x, APFloat(all.lo), APFloat(all.hi));
    return failure();
  }
};

struct Recognize final : snc::impl::RecognizeBase<Recognize> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<HardSigmoid, HardSwish, ClampedLine, GatedSelf, LeakyRelu, Bound>(&getContext());
    (void)applyPatternsAndFoldGreedily(getOperation(), std::move(patterns));
  }
};
} // namespace
