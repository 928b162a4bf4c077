// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/ValueRoots.h"

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"

using namespace mlir;

namespace snc {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

int64_t bytesTo(RankedTensorType type, int64_t axis, int64_t begin) {
  llvm::SmallVector<int64_t> strides = physicalStrides(type);
  int64_t element = elementBytes(type.getElementType()), lanes = blockedLanes(type);
  if (!lanes)
    return strides[size_t(type.getRank() - 1 - axis)] * begin * element;
  // (lane, x, y, block, n)
  size_t at = axis == 1 ? 3 : axis == 2 ? 2 : axis == 3 ? 1 : 4;
  return strides[at] * (axis == 1 ? begin / lanes : begin) * element;
}

ValueRoots::ValueRoots(Block &block) {
  for (ConcatOp concat : block.getOps<ConcatOp>()) {
    if (!staysOutside(concat))
      continue;
    int64_t axis = int64_t(concat.getAxis()), begin = 0;
    for (Value part : concat.getInputs()) {
      partOf[part] = {concat.getResult(), bytesTo(typeOf(concat.getResult()), axis, begin)};
      begin += typeOf(part).getDimSize(unsigned(axis));
    }
  }
}

std::pair<Value, int64_t> ValueRoots::of(Value value) const {
  int64_t offset = 0;
  for (;;) {
    if (auto it = partOf.find(value); it != partOf.end()) {
      offset += it->second.second;
      value = it->second.first;
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<ReshapeOp, RelayoutOp, SliceOp>(op) || !staysOutside(op))
      return {value, offset};
    if (auto slice = dyn_cast<SliceOp>(op))
      for (auto [axis, start] : llvm::enumerate(slice.getStarts()))
        if (start != 0)
          offset += bytesTo(typeOf(slice.getInput()), int64_t(axis), start);
    value = op->getOperand(0);
  }
}

bool ValueRoots::isWhole(Value value) const {
  auto [root, offset] = of(value);
  return offset == 0 && byteSize(typeOf(root)) == byteSize(typeOf(value));
}

} // namespace snc
