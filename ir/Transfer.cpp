// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/Transfer.h"

#include "ir/ProgramAccess.h"
#include "ir/Target.h"

using namespace mlir;

namespace snc {

TransferOp transferOf(KernelOp kernel) {
  return dyn_cast<TransferOp>(kernel.getBody().front().front());
}

CopyRuns copyRunsOf(TransferOp transfer) {
  Footprint from = footprintOf(cast<RankedTensorType>(transfer.getInput().getType()), 0);
  Footprint to = footprintOf(cast<RankedTensorType>(transfer.getType()), 0);
  const Footprint &cut = from.count > 1 ? from : to;
  auto pitch = [&](const Footprint &side) { return side.count > 1 ? side.stride : cut.length; };
  return {cut.length, cut.count, pitch(from), pitch(to)};
}

KernelPlaces placesOf(KernelOp kernel) {
  if (TransferOp transfer = transferOf(kernel))
    return {transfer.getToHost(), !transfer.getToHost()};
  bool device = deviceOf(kernel) != Device::cpu;
  return {device, device};
}

} // namespace snc
