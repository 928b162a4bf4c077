// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/ChannelConstants.h"

using namespace mlir;

namespace snc {

std::optional<SmallVector<float>> valuesAlong(Value v, ArrayRef<int64_t> shape, int64_t axis) {
  ElementsAttr elements = constantValue(v);
  auto values = elements ? floatValues(elements) : std::nullopt;
  auto type = dyn_cast<RankedTensorType>(v.getType());
  if (!values || !type || type.getRank() > int64_t(shape.size()))
    return std::nullopt;
  int64_t skip = int64_t(shape.size()) - type.getRank();
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.getDimSize(d) != 1 && (d + skip != axis || type.getDimSize(d) != shape[size_t(axis)]))
      return std::nullopt;
  if (values->size() == 1)
    return SmallVector<float>(size_t(shape[size_t(axis)]), values->front());
  return values;
}

std::optional<float> scalarOf(Value v) {
  ElementsAttr elements = constantValue(v);
  if (!elements || !elements.getElementType().isF32())
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements); dense && dense.isSplat())
    return dense.getSplatValue<float>();
  if (elements.getNumElements() != 1)
    return std::nullopt;
  return floatValues(elements)->front();
}

Value makeConstant(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                   ArrayRef<float> values, StringRef name) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return builder.create<ConstantOp>(loc, type, makeElements(type, values, name));
}

Location fusedLoc(Operation *a, Operation *b) {
  return FusedLoc::get(a->getContext(), {a->getLoc(), b->getLoc()});
}

} // namespace snc
