// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small interpreter over f32 constants. The importer has already folded integer
// shape arithmetic; what is left here are weights that exporters compute.

#include "ir/ShapeInference.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

namespace snc {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
using Values = SmallVector<float>;
using Shape = ArrayRef<int64_t>;

/// Calls `visit` with every index of `shape`, last dimension fastest.
void forEachIndex(Shape shape, llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  for (int64_t i = 0; i < count; ++i) {
    visit(index);
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
}

/// The element of `values` at `index`, broadcast from the right.
float at(const Values &values, Shape shape, ArrayRef<int64_t> index) {
  int64_t flat = 0;
  size_t skip = index.size() - shape.size();
  for (size_t d = 0; d < shape.size(); ++d)
    flat = flat * shape[d] + (shape[d] == 1 ? 0 : index[d + skip]);
  return values[size_t(flat)];
}

std::optional<float> binaryValue(Operation *op, float x, float y) {
  return llvm::TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](AddOp) { return x + y; })
      .Case([&](SubOp) { return x - y; })
      .Case([&](MulOp) { return x * y; })
      .Case([&](DivOp) { return x / y; })
      .Case([&](MinOp) { return std::fmin(x, y); })
      .Case([&](MaxOp) { return std::fmax(x, y); })
      .Case([&](PowOp) { return std::pow(x, y); })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<float> unaryValue(Operation *op, float x) {
  return llvm::TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](SqrtOp) { return std::sqrt(x); })
      .Case([&](ExpOp) { return std::exp(x); })
      .Case([&](LogOp) { return std::log(x); })
      .Case([&](NegOp) { return -x; })
      .Case([&](AbsOp) { return std::fabs(x); })
      .Case([&](ReluOp) { return std::fmax(x, 0.0f); })
      .Default([](Operation *) { return std::nullopt; });
}

/// The operand index that a result index reads, for ops that only move.
std::optional<SmallVector<int64_t>> movedIndex(Operation *op, ArrayRef<int64_t> index) {
  SmallVector<int64_t> from(index);
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    for (auto [i, p] : llvm::enumerate(transpose.getPerm()))
      from[size_t(p)] = index[i];
    return from;
  }
  if (auto slice = dyn_cast<SliceOp>(op)) {
    for (size_t d = 0; d < from.size(); ++d)
      from[d] = slice.getStarts()[d] + index[d] * slice.getSteps()[d];
    return from;
  }
  if (isa<ExpandOp>(op))
    return from;
  return std::nullopt;
}

struct Evaluate final : RewritePattern {
  Evaluate(MLIRContext *c, int64_t limit) : RewritePattern(MatchAnyOpTypeTag(), 1, c), limit(limit) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || !op->getNumOperands() || isa<ConstantOp>(op) ||
        op->getDialect()->getNamespace() != "snc")
      return failure();
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || type.getNumElements() > limit)
      return failure();
    if (auto reshape = dyn_cast<ReshapeOp>(op))
      return foldReshape(reshape, rewriter);
    SmallVector<Values> operands;
    for (Value v : op->getOperands()) {
      ElementsAttr constant = constantValue(v);
      auto values = constant ? floatValues(constant) : std::nullopt;
      if (!values)
        return failure();
      operands.push_back(std::move(*values));
    }
    std::optional<Values> result = compute(op, type, operands);
    if (!result)
      return failure();
    rewriter.replaceOp(op, makeConstant(rewriter, op->getLoc(), type.getShape(), *result, "folded"));
    return success();
  }

private:
  /// Any element type: the bytes stay.
  static LogicalResult foldReshape(ReshapeOp op, PatternRewriter &rewriter) {
    ElementsAttr value = constantValue(op.getInput());
    SmallVector<char> storage;
    ArrayRef<char> bytes = value ? rawData(value, storage) : ArrayRef<char>();
    if (bytes.empty())
      return failure();
    rewriter.replaceOpWithNewOp<ConstantOp>(op, op.getType(), makeElements(op.getType(), bytes, "reshaped"));
    return success();
  }

  static std::optional<Values> compute(Operation *op, RankedTensorType type, ArrayRef<Values> in) {
    auto shapeOf = [&](unsigned i) { return tensorType(op->getOperand(i)).getShape(); };
    if (!type.getElementType().isF32())
      return std::nullopt;
    Values out;
    out.reserve(size_t(type.getNumElements()));
    bool known = true;
    forEachIndex(type.getShape(), [&](ArrayRef<int64_t> index) {
      std::optional<float> value;
      if (!known)
        return;
      if (in.size() == 2 && !isa<ConcatOp>(op))
        value = binaryValue(op, at(in[0], shapeOf(0), index), at(in[1], shapeOf(1), index));
      else if (auto from = in.size() == 1 ? movedIndex(op, index) : std::nullopt)
        value = at(in[0], shapeOf(0), *from);
      else if (in.size() == 1 && shapeOf(0) == type.getShape())
        value = unaryValue(op, at(in[0], shapeOf(0), index));
      known = value.has_value();
      out.push_back(value.value_or(0));
    });
    return known ? std::optional<Values>(out) : std::nullopt;
  }

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
