// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: activations and functions of one number that others say. What they become
// is elementwise, so a chain of it is one kernel.

#include "frontend/Formula.h"
#include "frontend/Operators.h"

using namespace mlir;

namespace snc {

template <typename Op> static LogicalResult importFunction(NodeView &n) {
  Value x = operandOf(n, 0);
  return n.set(0, Formula(n).op<Op>({x}));
}

LogicalResult importErf(NodeView &n) { return importFunction<ErfOp>(n); }
LogicalResult importSin(NodeView &n) { return importFunction<SinOp>(n); }
LogicalResult importCos(NodeView &n) { return importFunction<CosOp>(n); }
LogicalResult importFloor(NodeView &n) { return importFunction<FloorOp>(n); }
LogicalResult importCeil(NodeView &n) { return importFunction<CeilOp>(n); }
LogicalResult importRound(NodeView &n) { return importFunction<RoundOp>(n); }

/// x Phi(x) by erf, or by the approximation with tanh of Hendrycks and Gimpel, "Gaussian Error
/// Linear Units", section 2. There (1 + tanh u) / 2 = sigmoid(2 u), in which nothing cancels.
LogicalResult importGelu(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  std::string mode = n.s("approximate", "none");
  auto number = [&](double v) { return f.number(v, x); };
  if (mode == "none") {
    Value tail = f.add(f.op<ErfOp>({f.mul(x, number(0.70710678118654752))}), number(1));
    return n.set(0, f.mul(f.mul(x, number(0.5)), tail));
  }
  if (mode != "tanh")
    return n.fail() << "approximate '" << mode << "' is not supported; none and tanh are";
  // 2 sqrt(2 / pi) (x + 0.044715 x^3)
  Value cubic = f.add(f.mul(f.square(x), number(0.071354816272600)), number(1.5957691216057308));
  return n.set(0, f.mul(x, f.op<SigmoidOp>({f.mul(x, cubic)})));
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which never overflows.
static Value softplus(Formula &f, Value x) {
  Value small = f.op<ExpOp>({f.op<NegOp>({f.op<AbsOp>({x})})});
  return f.add(f.op<ReluOp>({x}), f.op<LogOp>({f.add(small, f.number(1, x))}));
}

LogicalResult importSoftplus(NodeView &n) {
  Formula f(n);
  return n.set(0, softplus(f, operandOf(n, 0)));
}

LogicalResult importMish(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  return n.set(0, f.mul(x, f.op<TanhOp>({softplus(f, x)})));
}

LogicalResult importSoftsign(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  return n.set(0, f.div(x, f.add(f.op<AbsOp>({x}), f.number(1, x))));
}

/// alpha elu(x / alpha).
LogicalResult importCelu(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  float alpha = n.f("alpha", 1.0f);
  if (!(alpha > 0))
    return n.fail() << "alpha " << alpha << " must be positive";
  if (alpha == 1.0f)
    return n.set(0, f.op<EluOp>({x}, {n.real("alpha", 1.0f)}));
  Value scaled = f.op<EluOp>({f.div(x, f.number(alpha, x))}, {n.real("alpha", 1.0f)});
  return n.set(0, f.mul(scaled, f.number(alpha, x)));
}

LogicalResult importThresholdedRelu(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  Value over = f.less(f.number(n.f("alpha", 1.0f), x), x);
  return n.set(0, f.select(over, x, f.number(0, x)));
}

LogicalResult importReciprocal(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  return n.set(0, f.div(f.number(1, x), x));
}

/// (0 < x) - (x < 0)
LogicalResult importSign(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0, /*floats=*/false), zero = f.number(0, x);
  if (!x)
    return failure();
  Type element = n.type(0).getElementType();
  return n.set(0, f.sub(f.cast(f.less(zero, x), element), f.cast(f.less(x, zero), element)));
}

static Value sumOf(NodeView &n, Formula &f) {
  Value sum = operandOf(n, 0);
  for (int k = 1; k < n.inputs() && sum; ++k)
    sum = f.add(sum, operandOf(n, k));
  return sum;
}

LogicalResult importSum(NodeView &n) {
  Formula f(n);
  return n.set(0, sumOf(n, f));
}

LogicalResult importMean(NodeView &n) {
  Formula f(n);
  Value sum = sumOf(n, f);
  if (n.inputs() == 1)
    return n.set(0, sum);
  return n.set(0, f.mul(sum, f.number(1.0 / n.inputs(), sum)));
}

} // namespace snc
