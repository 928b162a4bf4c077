// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/HalfStorage.h"

using namespace mlir;

namespace snc {

static bool isHalf(Value v) { return cast<RankedTensorType>(v.getType()).getElementType().isF16(); }

bool isStorageCast(Operation *op) {
  auto cast = dyn_cast<CastOp>(op);
  return cast && (isHalf(cast.getInput()) || isHalf(cast.getResult()));
}

void computeInFloat(KernelOp kernel) {
  for (Operation &op : llvm::make_early_inc_range(kernel.getBody().front())) {
    if (!isStorageCast(&op))
      continue;
    Value stored = op.getOperand(0), value = op.getResult(0);
    if (isHalf(stored))
      stored.setType(value.getType());
    value.replaceAllUsesWith(stored);
    op.erase();
  }
}

} // namespace snc
