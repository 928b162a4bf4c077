// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/Transfer.h"

#include "ir/Layout.h"
#include "ir/Target.h"

using namespace mlir;

namespace snc {

TransferOp transferOf(KernelOp kernel) {
  return dyn_cast<TransferOp>(kernel.getBody().front().front());
}

CopyRuns copyRunsOf(TransferOp transfer) {
  auto from = cast<RankedTensorType>(transfer.getInput().getType());
  auto to = cast<RankedTensorType>(transfer.getType());
  auto isWindow = [](RankedTensorType type) {
    return type.getRank() == 4 && planeRows(type) != type.getDimSize(2);
  };
  if (!isWindow(from) && !isWindow(to))
    return {byteSize(from), 1, byteSize(from), byteSize(from)};
  int64_t element = elementBytes(from.getElementType());
  SmallVector<int64_t> extents = physicalExtents(from);
  size_t rows = blockedLanes(from) ? 2 : 1;
  CopyRuns copy{extents[rows] * physicalStrides(from)[rows] * element, 1,
                physicalStrides(from)[rows + 1] * element, physicalStrides(to)[rows + 1] * element};
  for (size_t d = rows + 1; d < extents.size(); ++d)
    copy.runs *= extents[d];
  return copy;
}

KernelPlaces placesOf(KernelOp kernel) {
  if (TransferOp transfer = transferOf(kernel))
    return {transfer.getToHost(), !transfer.getToHost()};
  bool device = deviceOf(kernel) != Device::cpu;
  return {device, device};
}

} // namespace snc
