// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: ops that compute each element from the same place of their
// operands.

#include "codegen/lower/Lowering.h"
#include "ir/KernelGrouping.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

static hl::Expr constant(const llvm::APFloat &value) { return hl::Expr(value.convertToFloat()); }

// The exponential form loses all digits near 0; there the odd series holds.
static hl::Expr tangens(const hl::Expr &x) {
  hl::Expr a = hl::abs(x), e = hl::exp(-2.0f * a);
  hl::Expr large = (1.0f - e) / (1.0f + e);
  hl::Expr s = x * x;
  hl::Expr small =
      x * (1.0f + s * (-1.0f / 3 + s * (2.0f / 15 + s * (-17.0f / 315 + s * (62.0f / 2835)))));
  return hl::select(a < 0.35f, small, hl::select(x < 0, -large, large));
}

static hl::Expr clampTo(const hl::Expr &x, const hl::Expr &lo, const hl::Expr &hi) {
  return hl::min(hl::max(x, lo), hi);
}

static hl::Expr expMinusOne(const hl::Expr &x) {
  hl::Expr small = x * (1.0f + x * (0.5f + x * (1.0f / 6 + x * (1.0f / 24))));
  return hl::select(hl::abs(x) < 0.03f, small, hl::exp(x) - 1.0f);
}

static hl::Expr absolute(const hl::Expr &x) {
  return x.type().is_uint() ? x : hl::cast(x.type(), hl::abs(x));
}

/// The value of a unary op on `x`; undefined when `op` is none.
static hl::Expr unary(Operation *op, const hl::Expr &x) {
  return llvm::TypeSwitch<Operation *, hl::Expr>(op)
      .Case([&](ReluOp) { return hl::max(x, hl::cast(x.type(), 0)); })
      .Case([&](LeakyReluOp o) { return hl::select(x < 0, constant(o.getAlpha()) * x, x); })
      .Case([&](ClampOp o) { return clampTo(x, constant(o.getLo()), constant(o.getHi())); })
      .Case([&](SigmoidOp) { return sigmoid(x); })
      .Case([&](SwishOp) { return x * sigmoid(x); })
      .Case([&](HardSigmoidOp o) {
        return clampTo(constant(o.getAlpha()) * x + constant(o.getBeta()), 0.0f, 1.0f);
      })
      .Case([&](HardSwishOp) { return x * (clampTo(x + 3.0f, 0.0f, 6.0f) * (1.0f / 6)); })
      .Case([&](TanhOp) { return tangens(x); })
      .Case([&](EluOp o) { return hl::select(x < 0, constant(o.getAlpha()) * expMinusOne(x), x); })
      .Case([&](SeluOp o) {
        return constant(o.getGamma()) *
               hl::select(x <= 0, constant(o.getAlpha()) * expMinusOne(x), x);
      })
      .Case([&](ExpOp) { return hl::exp(x); })
      .Case([&](LogOp) { return hl::log(x); })
      .Case([&](SqrtOp) { return hl::sqrt(x); })
      .Case([&](NegOp) { return -x; })
      .Case([&](AbsOp) { return absolute(x); })
      .Case([&](CastOp o) {
        hl::Type to = halideType(o.getTo());
        return to.is_bool() ? x != hl::cast(x.type(), 0) : hl::cast(to, x);
      })
      .Case([&](ErfOp) { return errorFunction(x); })
      .Case([&](SinOp) { return hl::sin(x); })
      .Case([&](CosOp) { return hl::cos(x); })
      .Case([&](FloorOp) { return hl::floor(x); })
      .Case([&](CeilOp) { return hl::ceil(x); })
      .Case([&](RoundOp) { return hl::round(x); })
      .Case([&](RelayoutOp) { return x; })
      .Default([](Operation *) { return hl::Expr(); });
}

/// powf: negative bases have real powers only at whole exponents.
static hl::Expr power(Operation *op, const hl::Expr &x, const hl::Expr &y) {
  if (!x.type().is_float())
    return hl::cast(x.type(), hl::pow(hl::cast<double>(x), hl::cast<double>(y)));
  hl::Expr whole = hl::round(y) == y, odd = hl::abs(y - 2.0f * hl::floor(y * 0.5f)) == 1.0f;
  hl::Expr size = hl::exp(y * hl::log(hl::abs(x)));
  hl::Expr nan = hl::Expr(std::numeric_limits<float>::quiet_NaN());
  hl::Expr negative = hl::select(whole, hl::select(odd, -size, size), nan);
  hl::Expr general = hl::select(x < 0, negative, size);
  hl::Expr zero = hl::select(y > 0, 0.0f, std::numeric_limits<float>::infinity());
  hl::Expr value = hl::select(x == 0, zero, general);
  // Squares and cubes are exact, and by far the most common.
  value = hl::select(y == 2.0f, x * x, y == 3.0f, x * x * x, y == 1.0f, x, y == 0.5f, hl::sqrt(x),
                     value);
  return hl::select(y == 0, 1.0f, value);
}

static hl::Expr divide(const hl::Expr &x, const hl::Expr &y) {
  if (x.type().is_float())
    return x / y;
  // ONNX truncates; Halide's own division rounds down.
  return hl::Internal::Call::make(x.type(), hl::Internal::Call::div_round_to_zero, {x, y},
                                  hl::Internal::Call::PureIntrinsic);
}

static hl::Expr binary(Operation *op, const hl::Expr &x, const hl::Expr &y) {
  return llvm::TypeSwitch<Operation *, hl::Expr>(op)
      .Case([&](AddOp) { return x + y; })
      .Case([&](SubOp) { return x - y; })
      .Case([&](MulOp) { return x * y; })
      .Case([&](DivOp) { return divide(x, y); })
      .Case([&](MinOp) { return x.type().is_bool() ? x && y : hl::min(x, y); })
      .Case([&](MaxOp) { return x.type().is_bool() ? x || y : hl::max(x, y); })
      .Case([&](PowOp) { return power(op, x, y); })
      .Case([&](PReluOp) { return hl::select(x < 0, y * x, x); })
      .Case([&](LessOp) { return x < y; })
      .Case([&](LessEqualOp) { return x <= y; })
      .Case([&](EqualOp) { return x == y; })
      .Default([](Operation *) { return hl::Expr(); });
}

bool lowerElementwise(LoweredKernel &kernel, Operation *op) {
  if (!isElementwise(op) && !isa<RelayoutOp>(op))
    return false;
  IndexSpace space = indexSpace(resultType(op));
  SmallVector<hl::Expr, 3> x;
  for (Value operand : op->getOperands())
    x.push_back(kernel.view(operand)(space.coords));
  hl::Expr value = x.size() == 1   ? unary(op, x[0])
                   : x.size() == 2 ? binary(op, x[0], x[1])
                                   : hl::select(x[0], x[1], x[2]);
  define(kernel, op, space, value);
  return true;
}

} // namespace snc
