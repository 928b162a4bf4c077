// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/Formula.h"

using namespace mlir;

namespace snc {

Value Formula::cast(Value x, Type element) {
  if (!x || tensorType(x).getElementType() == element)
    return x;
  return op<CastOp>({x}, {n.builder().getNamedAttr("to", TypeAttr::get(element))});
}

Value Formula::reshape(Value x, ArrayRef<int64_t> shape) {
  if (!x)
    return {};
  FailureOr<Value> made = n.reshape(x, shape);
  return succeeded(made) ? *made : Value();
}

Value Formula::number(double value, Value like) {
  if (!like)
    return {};
  Type element = tensorType(like).getElementType();
  auto type = RankedTensorType::get({}, element);
  Attribute number;
  if (isa<FloatType>(element))
    number = n.builder().getFloatAttr(element, value);
  else
    number = IntegerAttr::get(
        element, APInt(element.getIntOrFloatBitWidth(), uint64_t(int64_t(value)), true));
  return n.builder().create<ConstantOp>(n.location(), type, DenseElementsAttr::get(type, number));
}

Value Formula::numbers(float value, int64_t count) {
  auto type = RankedTensorType::get({count}, n.builder().getF32Type());
  return n.builder().create<ConstantOp>(n.location(), type, DenseElementsAttr::get(type, value));
}

Value operandOf(NodeView &n, int k, bool floats) {
  Value v = n.in(k);
  if (!v) {
    n.fail() << "needs operand " << k;
    return {};
  }
  Type element = n.type(k).getElementType();
  if (floats && !element.isF32()) {
    n.fail() << "is supported of float32, not of " << element;
    return {};
  }
  return v;
}

} // namespace snc
