// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/ConstantData.h"

#include "ir/Layout.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace snc {

ElementsAttr constantValue(Value value) {
  auto op = value.getDefiningOp<ConstantOp>();
  return op ? op.getValue() : ElementsAttr();
}

ArrayRef<char> rawData(ElementsAttr elements, SmallVectorImpl<char> &storage) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (!dense)
    return {};
  bool bits = dense.getElementType().isInteger(1);
  if (!dense.isSplat() && !bits)
    return dense.getRawData();
  if (bits) {
    for (bool b : dense.getValues<bool>())
      storage.push_back(b);
    return storage;
  }
  ArrayRef<char> one = dense.getRawData();
  storage.reserve(one.size() * dense.getNumElements());
  for (int64_t i = 0, e = dense.getNumElements(); i < e; ++i)
    storage.append(one.begin(), one.end());
  return storage;
}

std::optional<SmallVector<float>> floatValues(ElementsAttr elements) {
  if (!elements.getElementType().isF32())
    return std::nullopt;
  SmallVector<char> storage;
  ArrayRef<char> raw = rawData(elements, storage);
  SmallVector<float> values(raw.size() / sizeof(float));
  std::memcpy(values.data(), raw.data(), values.size() * sizeof(float));
  if (int64_t(values.size()) != elements.getNumElements())
    return std::nullopt;
  return values;
}

std::optional<SmallVector<int64_t>> integerValues(ElementsAttr elements) {
  auto type = dyn_cast<IntegerType>(elements.getElementType());
  if (!type)
    return std::nullopt;
  SmallVector<char> storage;
  ArrayRef<char> raw = rawData(elements, storage);
  int64_t size = elementBytes(type);
  if (int64_t(raw.size()) != elements.getNumElements() * size)
    return std::nullopt;
  SmallVector<int64_t> values;
  for (size_t i = 0; i < raw.size(); i += size) {
    int64_t v = 0;
    std::memcpy(&v, raw.data() + i, size);
    int64_t shift = 64 - 8 * size;
    bool isUnsigned = type.isUnsigned() || type.getWidth() == 1;
    values.push_back(isUnsigned ? v : int64_t(uint64_t(v) << shift) >> shift);
  }
  return values;
}

ElementsAttr makeElements(RankedTensorType type, ArrayRef<char> bytes, StringRef name) {
  type = withLayout(type, {});
  bool small = type.getNumElements() <= 16;
  if (small && type.getElementType().isInteger(1)) {
    SmallVector<bool> bits(bytes.begin(), bytes.end());
    return DenseElementsAttr::get(type, ArrayRef<bool>(bits));
  }
  if (small)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  return DenseResourceElementsAttr::get(type, name,
                                        HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
}

ElementsAttr makeElements(RankedTensorType type, ArrayRef<float> values, StringRef name) {
  return makeElements(
      type,
      ArrayRef<char>(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)),
      name);
}

} // namespace snc
