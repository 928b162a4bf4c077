// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/NodeView.h"

#include "ir/ConstantData.h"

using namespace mlir;
using Proto = onnx::AttributeProto;

namespace snc {

const Proto *NodeView::find(StringRef name) const {
  for (const Proto &a : node.attribute())
    if (a.name() == name)
      return &a;
  return nullptr;
}

const Proto *NodeView::typed(StringRef name, Proto::AttributeType type) {
  const Proto *a = find(name);
  if (!a || a->type() == type)
    return a;
  // Models of IR version 3 and below may leave the type out.
  bool unset = a->type() == Proto::UNDEFINED;
  if (!unset && !badAttribute) {
    fail() << "attribute '" << name << "' is of type " << Proto::AttributeType_Name(a->type())
           << ", expected " << Proto::AttributeType_Name(type);
    badAttribute = true;
  }
  return unset ? a : nullptr;
}

int64_t NodeView::i(StringRef name, int64_t fallback) {
  const Proto *a = typed(name, Proto::INT);
  return a ? a->i() : fallback;
}

float NodeView::f(StringRef name, float fallback) {
  const Proto *a = typed(name, Proto::FLOAT);
  return a ? a->f() : fallback;
}

std::string NodeView::s(StringRef name, StringRef fallback) {
  const Proto *a = typed(name, Proto::STRING);
  return a ? a->s() : fallback.str();
}

SmallVector<int64_t> NodeView::ints(StringRef name, ArrayRef<int64_t> fallback) {
  const Proto *a = typed(name, Proto::INTS);
  return a ? SmallVector<int64_t>(a->ints().begin(), a->ints().end())
           : SmallVector<int64_t>(fallback);
}

SmallVector<float> NodeView::floats(StringRef name) {
  const Proto *a = typed(name, Proto::FLOATS);
  return a ? SmallVector<float>(a->floats().begin(), a->floats().end()) : SmallVector<float>();
}

Value NodeView::in(int k) {
  if (!hasInput(k))
    return {};
  Entry &entry = state.values[node.input(k)];
  if (!entry.value && entry.host && entry.host->size()) {
    ElementsAttr value = entry.host->attribute(node.input(k));
    entry.value = builder().create<ConstantOp>(loc, value.getType(), value);
  }
  return entry.value;
}

RankedTensorType NodeView::type(int k) {
  Value v = in(k);
  return v ? cast<RankedTensorType>(v.getType()) : RankedTensorType();
}

const HostTensor *NodeView::host(int k) {
  if (!hasInput(k))
    return nullptr;
  Entry &entry = state.values[node.input(k)];
  if (!entry.host && entry.value)
    if (ElementsAttr constant = constantValue(entry.value))
      entry.host = toHost(constant);
  return entry.host ? &*entry.host : nullptr;
}

FailureOr<SmallVector<int64_t>> NodeView::constantInts(int k, StringRef what) {
  const HostTensor *values = host(k);
  if (!values)
    return fail() << what << " ('" << node.input(k)
                  << "') is computed at run time, but must be known when the model is compiled";
  if (values->isFloat())
    return fail() << what << " ('" << node.input(k) << "') must hold integers";
  return SmallVector<int64_t>(values->ints);
}

FailureOr<int64_t> NodeView::axis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= std::max<int64_t>(rank, 1))
    return fail() << "axis " << axis << " is outside a tensor of rank " << rank;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>> NodeView::intsOrOperand(StringRef name, int k) {
  return hasInput(k) ? constantInts(k, name) : FailureOr<SmallVector<int64_t>>(ints(name));
}

FailureOr<SmallVector<int64_t>> NodeView::axes(int k, int64_t rank) {
  auto list = intsOrOperand("axes", k);
  if (failed(list))
    return failure();
  for (int64_t &entry : *list) {
    auto positive = axis(entry, rank);
    if (failed(positive))
      return failure();
    entry = *positive;
  }
  return list;
}

LogicalResult NodeView::set(int k, FailureOr<Value> value) {
  if (failed(value) || !*value)
    return failure();
  if (hasOutput(k))
    state.values[node.output(k)] = {*value, std::nullopt};
  return success();
}

LogicalResult NodeView::setHost(int k, HostTensor value) {
  if (hasOutput(k))
    state.values[node.output(k)] = {Value(), std::move(value)};
  return success();
}

NamedAttribute NodeView::list(StringRef name, ArrayRef<int64_t> values) {
  return builder().getNamedAttr(name, builder().getDenseI64ArrayAttr(values));
}
NamedAttribute NodeView::number(StringRef name, int64_t value) {
  return builder().getNamedAttr(name, builder().getI64IntegerAttr(value));
}
NamedAttribute NodeView::real(StringRef name, float value) {
  return builder().getNamedAttr(name, builder().getF32FloatAttr(value));
}
NamedAttribute NodeView::flag(StringRef name, bool value) {
  return builder().getNamedAttr(name, builder().getBoolAttr(value));
}
NamedAttribute NodeView::text(StringRef name, StringRef value) {
  return builder().getNamedAttr(name, builder().getStringAttr(value));
}

FailureOr<Value> NodeView::reshape(Value v, ArrayRef<int64_t> shape) {
  if (cast<RankedTensorType>(v.getType()).getShape() == shape)
    return v;
  return make<ReshapeOp>({v}, {list("shape", shape)});
}

Value NodeView::scalar(float value) {
  auto type = RankedTensorType::get({}, builder().getF32Type());
  return builder().create<ConstantOp>(loc, type, DenseElementsAttr::get(type, value));
}

} // namespace snc
