// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/FlatPlane.h"

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
ConvOp onlyConv(KernelOp kernel) {
  auto convs = kernel.getBody().front().getOps<ConvOp>();
  return llvm::hasSingleElement(convs) ? *convs.begin() : ConvOp();
}

bool isPointwise(ConvOp conv) {
  auto window = cast<RankedTensorType>(conv.getWeight().getType()).getShape().drop_front(2);
  return llvm::all_of(window, [](int64_t extent) { return extent == 1; }) && conv.getGroup() == 1 &&
         llvm::all_of(conv.getStrides(), [](int64_t s) { return s == 1; }) &&
         llvm::all_of(conv.getPads(), [](int64_t p) { return p == 0; });
}

bool fitsAnyPlane(Operation *op) {
  return isElementwise(op) || isa<RelayoutOp, ConstantOp, YieldOp>(op);
}

/// Whether a tensor has the plane `plane` (h, w), and no rows of others between its own.
bool hasPlane(RankedTensorType type, ArrayRef<int64_t> plane) {
  return type.getRank() == 4 && type.getShape().drop_front(2) == plane &&
         planeRows(type) == plane[0];
}

bool isPixelOrNumber(RankedTensorType type) {
  return type.getNumElements() == 1 ||
         (type.getRank() == 4 && type.getDimSize(2) == 1 && type.getDimSize(3) == 1);
}

ArrayRef<int64_t> planeOf(ConvOp conv) { return conv.getType().getShape().drop_front(2); }
} // namespace

bool hasFlatPlane(KernelOp kernel) {
  ConvOp conv = onlyConv(kernel);
  if (!conv || !isPointwise(conv) || conv.getType().getDimSize(2) == 1)
    return false;
  ArrayRef<int64_t> plane = planeOf(conv);
  auto fits = [&](Value v) {
    auto type = dyn_cast<RankedTensorType>(v.getType());
    return type && (hasPlane(type, plane) || isPixelOrNumber(type));
  };
  for (Operation &op : kernel.getBody().front()) {
    if (&op == conv.getOperation()) {
      if (!hasPlane(cast<RankedTensorType>(conv.getInput().getType()), plane) ||
          !hasPlane(conv.getType(), plane))
        return false;
    } else if (!fitsAnyPlane(&op) || !llvm::all_of(op.getOperands(), fits) ||
               !llvm::all_of(op.getResults(), fits)) {
      return false;
    }
  }
  return true;
}

void flattenPlane(KernelOp kernel) {
  SmallVector<int64_t> plane(planeOf(onlyConv(kernel)));
  auto flatten = [&](Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    if (!hasPlane(type, plane))
      return;
    SmallVector<int64_t> shape(type.getShape());
    shape[2] = 1;
    shape[3] = plane[0] * plane[1];
    int64_t lanes = blockedLanes(type);
    Attribute layout = lanes ? BlockedAttr::get(type.getContext(), lanes) : Attribute();
    v.setType(RankedTensorType::get(shape, type.getElementType(), layout));
  };
  Block &body = kernel.getBody().front();
  llvm::for_each(body.getArguments(), flatten);
  for (Operation &op : body)
    llvm::for_each(op.getResults(), flatten);
  Operation *yield = body.getTerminator();
  kernel.setFunctionType(
      FunctionType::get(kernel.getContext(), body.getArgumentTypes(), yield->getOperandTypes()));
}

} // namespace snc
