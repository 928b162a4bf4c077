// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: elementwise operators, matrix products.

#include "frontend/Operators.h"

#include "ir/ConstantData.h"

using namespace mlir;

namespace snc {

template <typename Op> LogicalResult importUnary(NodeView &n) {
  return n.set(0, n.make<Op>({n.in(0)}));
}

template <typename Op> LogicalResult importBinary(NodeView &n) {
  if (!n.in(0) || !n.in(1))
    return n.fail() << "needs two operands";
  return n.set(0, n.make<Op>({n.in(0), n.in(1)}));
}

/// Min and Max take any number of operands.
template <typename Op> LogicalResult importChain(NodeView &n) {
  FailureOr<Value> value = n.in(0);
  for (int k = 1; k < n.inputs() && succeeded(value); ++k)
    value = n.make<Op>({*value, n.in(k)});
  return n.set(0, value);
}

LogicalResult importRelu(NodeView &n) { return importUnary<ReluOp>(n); }
LogicalResult importSigmoid(NodeView &n) { return importUnary<SigmoidOp>(n); }
LogicalResult importHardSwish(NodeView &n) { return importUnary<HardSwishOp>(n); }
LogicalResult importTanh(NodeView &n) { return importUnary<TanhOp>(n); }
LogicalResult importExp(NodeView &n) { return importUnary<ExpOp>(n); }
LogicalResult importLog(NodeView &n) { return importUnary<LogOp>(n); }
LogicalResult importSqrt(NodeView &n) { return importUnary<SqrtOp>(n); }
LogicalResult importNeg(NodeView &n) { return importUnary<NegOp>(n); }
LogicalResult importAbs(NodeView &n) { return importUnary<AbsOp>(n); }
LogicalResult importAdd(NodeView &n) { return importBinary<AddOp>(n); }
LogicalResult importSub(NodeView &n) { return importBinary<SubOp>(n); }
LogicalResult importMul(NodeView &n) { return importBinary<MulOp>(n); }
LogicalResult importDiv(NodeView &n) { return importBinary<DivOp>(n); }
LogicalResult importPRelu(NodeView &n) { return importBinary<PReluOp>(n); }
LogicalResult importMatMul(NodeView &n) { return importBinary<MatMulOp>(n); }
LogicalResult importMin(NodeView &n) { return importChain<MinOp>(n); }
LogicalResult importMax(NodeView &n) { return importChain<MaxOp>(n); }

/// The exponent may have a type of its own; the result has the base's.
LogicalResult importPow(NodeView &n) {
  if (!n.in(0) || !n.in(1))
    return n.fail() << "needs two operands";
  FailureOr<Value> base = n.in(0), exponent = n.in(1);
  Type type = n.type(0).getElementType();
  auto cast = [&](FailureOr<Value> v, Type to) {
    return n.make<CastOp>({*v}, {n.builder().getNamedAttr("to", TypeAttr::get(to))});
  };
  Type f32 = n.builder().getF32Type();
  // Computed in f32: whole numbers of an exponent below 2^24 stay exact.
  if (!type.isF32())
    base = cast(base, f32);
  if (!n.type(1).getElementType().isF32())
    exponent = cast(exponent, f32);
  if (failed(base) || failed(exponent))
    return failure();
  auto power = n.make<PowOp>({*base, *exponent});
  if (succeeded(power) && !type.isF32())
    power = cast(power, type);
  return n.set(0, power);
}

LogicalResult importLeakyRelu(NodeView &n) {
  return n.set(0, n.make<LeakyReluOp>({n.in(0)}, {n.real("alpha", n.f("alpha", 0.01f))}));
}

LogicalResult importElu(NodeView &n) {
  return n.set(0, n.make<EluOp>({n.in(0)}, {n.real("alpha", n.f("alpha", 1.0f))}));
}

LogicalResult importSelu(NodeView &n) {
  return n.set(
      0, n.make<SeluOp>({n.in(0)}, {n.real("alpha", n.f("alpha", 1.67326319217681884765625f)),
                                    n.real("gamma", n.f("gamma", 1.05070102214813232421875f))}));
}

LogicalResult importHardSigmoid(NodeView &n) {
  return n.set(0, n.make<HardSigmoidOp>({n.in(0)}, {n.real("alpha", n.f("alpha", 0.2f)),
                                                    n.real("beta", n.f("beta", 0.5f))}));
}

/// Bounds are attributes before opset 11, operands after; those computed at run
/// time become max and min.
LogicalResult importClip(NodeView &n) {
  const float infinity = std::numeric_limits<float>::infinity();
  if (!n.type(0) || !n.type(0).getElementType().isF32()) {
    FailureOr<Value> value = n.in(0);
    if (n.in(1))
      value = n.make<MaxOp>({*value, n.in(1)});
    if (succeeded(value) && n.in(2))
      value = n.make<MinOp>({*value, n.in(2)});
    return n.set(0, value);
  }
  float lo = n.opset() < 11 ? n.f("min", -infinity) : -infinity;
  float hi = n.opset() < 11 ? n.f("max", infinity) : infinity;
  FailureOr<Value> value = n.in(0);
  for (int k = 1; k <= 2 && n.opset() >= 11; ++k) {
    const HostTensor *bound = n.host(k);
    if (bound && bound->size() == 1)
      (k == 1 ? lo : hi) = float(bound->number(0));
    else if (n.in(k) && succeeded(value))
      value = k == 1 ? n.make<MaxOp>({*value, n.in(k)}) : n.make<MinOp>({*value, n.in(k)});
  }
  if (failed(value))
    return failure();
  if (lo == -infinity && hi == infinity)
    return n.set(0, value);
  return n.set(0, n.make<ClampOp>({*value}, {n.real("lo", lo), n.real("hi", hi)}));
}

/// Before opset 13 the tensor is a matrix, cut at the axis.
template <typename Op> static LogicalResult importAlongAxis(NodeView &n) {
  if (!n.in(0))
    return n.fail() << "needs an operand";
  int64_t rank = n.rank(0);
  auto axis = n.axis(n.i("axis", n.opset() < 13 ? 1 : -1), rank);
  if (failed(axis))
    return failure();
  auto shape = n.type(0).getShape();
  bool last = *axis == rank - 1;
  if (n.opset() >= 13 || last)
    return n.set(0, n.make<Op>({n.in(0)}, {n.number("axis", *axis)}));
  int64_t rows = 1, columns = 1;
  for (int64_t d = 0; d < rank; ++d)
    (d < *axis ? rows : columns) *= shape[size_t(d)];
  auto matrix = n.reshape(n.in(0), {rows, columns});
  auto result = failed(matrix) ? FailureOr<Value>() : n.make<Op>({*matrix}, {n.number("axis", 1)});
  return n.set(0, failed(result) ? result : n.reshape(*result, shape));
}

LogicalResult importSoftmax(NodeView &n) { return importAlongAxis<SoftmaxOp>(n); }
LogicalResult importLogSoftmax(NodeView &n) { return importAlongAxis<LogSoftmaxOp>(n); }

LogicalResult importGemm(NodeView &n) {
  if (!n.in(0) || !n.in(1))
    return n.fail() << "needs two matrices";
  return n.set(0, n.make<GemmOp>({n.in(0), n.in(1), n.in(2)},
                                 {n.real("alpha", n.f("alpha", 1)), n.real("beta", n.f("beta", 1)),
                                  n.flag("trans_a", n.i("transA", 0) != 0),
                                  n.flag("trans_b", n.i("transB", 0) != 0)}));
}

} // namespace snc
