// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/HostTensor.h"

#include "ir/ConstantData.h"
#include "ir/Layout.h"
#include "ir/ShapeInference.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace snc {

Type elementType(MLIRContext *context, int onnxType) {
  Builder b(context);
  switch (onnxType) {
  case onnx::TensorProto::FLOAT:
    return b.getF32Type();
  case onnx::TensorProto::DOUBLE:
    return b.getF64Type();
  case onnx::TensorProto::INT64:
    return b.getI64Type();
  case onnx::TensorProto::INT32:
    return b.getI32Type();
  case onnx::TensorProto::INT8:
    return b.getIntegerType(8);
  case onnx::TensorProto::UINT8:
    return b.getIntegerType(8, /*isSigned=*/false);
  case onnx::TensorProto::INT16:
    return b.getIntegerType(16);
  case onnx::TensorProto::UINT16:
    return b.getIntegerType(16, false);
  case onnx::TensorProto::UINT32:
    return b.getIntegerType(32, false);
  case onnx::TensorProto::UINT64:
    return b.getIntegerType(64, false);
  case onnx::TensorProto::BOOL:
    return b.getI1Type();
  default:
    return {};
  }
}

std::string elementTypeName(int onnxType) {
  if (onnxType == onnx::TensorProto::UNDEFINED)
    return "no element type";
  std::string name = onnx::TensorProto::DataType_IsValid(onnxType)
                         ? onnx::TensorProto::DataType_Name(onnx::TensorProto::DataType(onnxType))
                         : "element type " + std::to_string(onnxType);
  return StringRef(name).lower();
}

template <typename T, typename Source>
static void append(SmallVectorImpl<char> &bytes, const Source &values) {
  for (auto v : values) {
    T narrow = T(v);
    bytes.append(reinterpret_cast<const char *>(&narrow),
                 reinterpret_cast<const char *>(&narrow) + sizeof(T));
  }
}

/// Data in the typed fields of the proto.
static void typedData(const onnx::TensorProto &t, Type element, SmallVectorImpl<char> &bytes) {
  if (element.isF32())
    return append<float>(bytes, t.float_data());
  if (element.isF64())
    return append<double>(bytes, t.double_data());
  unsigned width = element.getIntOrFloatBitWidth();
  if (width == 64)
    return element.isUnsignedInteger() ? append<uint64_t>(bytes, t.uint64_data())
                                       : append<int64_t>(bytes, t.int64_data());
  if (width == 32)
    return element.isUnsignedInteger() ? append<uint32_t>(bytes, t.uint64_data())
                                       : append<int32_t>(bytes, t.int32_data());
  if (width == 16)
    return append<int16_t>(bytes, t.int32_data());
  append<int8_t>(bytes, t.int32_data());
}

FailureOr<ElementsAttr> readTensor(const onnx::TensorProto &tensor, ModelFile &file, Location loc) {
  auto fail = [&] { return emitError(loc, "tensor '") << tensor.name() << "': "; };
  Type element = elementType(loc.getContext(), tensor.data_type());
  if (!element)
    return fail() << "has " << elementTypeName(tensor.data_type())
                  << ", which is not supported: export in float32";
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count) || count > (int64_t(1) << 33))
      return fail() << "has the impossible shape " << shapeText(shape);
  SmallVector<char> typed;
  StringRef bytes;
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    auto data = file.externalData(tensor, loc);
    if (failed(data))
      return failure();
    bytes = *data;
  } else if (tensor.has_raw_data()) {
    bytes = tensor.raw_data();
  } else {
    typedData(tensor, element, typed);
    bytes = StringRef(typed.data(), typed.size());
  }
  if (int64_t(bytes.size()) != count * elementBytes(element))
    return fail() << "of shape " << shapeText(shape) << " needs " << count * elementBytes(element)
                  << " bytes of data, the file holds " << bytes.size();
  auto type = RankedTensorType::get(shape, element);
  if (count == 0)
    return ElementsAttr(DenseElementsAttr::get(type, ArrayRef<Attribute>()));
  return makeElements(type, ArrayRef<char>(bytes.data(), bytes.size()), tensor.name());
}

std::optional<HostTensor> toHost(ElementsAttr value) {
  if (value.getNumElements() > kHostLimit)
    return std::nullopt;
  HostTensor host;
  llvm::append_range(host.shape, cast<ShapedType>(value.getType()).getShape());
  host.element = value.getElementType();
  if (value.getNumElements() == 0)
    return host;
  if (auto ints = integerValues(value))
    host.ints = std::move(*ints);
  else if (auto floats = floatValues(value))
    host.floats.assign(floats->begin(), floats->end());
  else
    return std::nullopt;
  return host;
}

ElementsAttr HostTensor::attribute(StringRef name) const {
  auto type = RankedTensorType::get(shape, element);
  if (size() == 0)
    return DenseElementsAttr::get(type, ArrayRef<Attribute>());
  SmallVector<char> bytes;
  unsigned width = element.getIntOrFloatBitWidth();
  if (element.isF32())
    append<float>(bytes, floats);
  else if (element.isF64())
    append<double>(bytes, floats);
  else if (width == 64)
    append<int64_t>(bytes, ints);
  else if (width == 32)
    append<int32_t>(bytes, ints);
  else if (width == 16)
    append<int16_t>(bytes, ints);
  else
    append<int8_t>(bytes, ints);
  return makeElements(type, bytes, name);
}

} // namespace snc
