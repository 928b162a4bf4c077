// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic and traffic of a kernel, from its types alone.

#include "codegen/KernelCompiler.h"
#include "ir/HalfStorage.h"
#include "ir/Layout.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

static int64_t elements(Value v) { return cast<RankedTensorType>(v.getType()).getNumElements(); }

static int64_t product(ArrayRef<int64_t> values) {
  int64_t p = 1;
  for (int64_t v : values)
    p *= v;
  return p;
}

static int64_t flopsOf(Operation *op) {
  int64_t out = elements(op->getResult(0));
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case([&](ConvOp o) {
        return 2 * out *
               product(cast<RankedTensorType>(o.getWeight().getType()).getShape().drop_front());
      })
      .Case([&](ConvTransposeOp o) {
        return 2 * elements(o.getInput()) *
               product(cast<RankedTensorType>(o.getWeight().getType()).getShape().drop_front());
      })
      .Case([&](GemmOp o) { return 2 * out * (elements(o.getB()) / o.getType().getDimSize(1)); })
      .Case([&](MatMulOp o) {
        return 2 * out * cast<RankedTensorType>(o.getLhs().getType()).getShape().back();
      })
      .Case([&](MaxPoolOp o) { return out * product(o.getKernel()); })
      .Case([&](AvgPoolOp o) { return out * product(o.getKernel()); })
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto o) { return elements(o.getInput()); })
      .Case<ConstantOp, ConcatOp, SliceOp, ReshapeOp, TransposeOp, RelayoutOp, GatherOp, PadOp,
            ExpandOp, DepthToSpaceOp, SpaceToDepthOp>([](auto) { return int64_t(0); })
      .Default([&](Operation *) { return out; });
}

int64_t countFlops(KernelOp kernel) {
  int64_t flops = 0;
  for (Operation &op : kernel.getBody().front().without_terminator())
    flops += isStorageCast(&op) ? 0 : flopsOf(&op);
  return flops;
}

int64_t countBytes(KernelOp kernel) {
  int64_t bytes = 0;
  for (Type type : kernel.getArgumentTypes())
    bytes += byteSize(cast<RankedTensorType>(type));
  for (Type type : kernel.getResultTypes())
    bytes += byteSize(cast<RankedTensorType>(type));
  return bytes;
}

} // namespace snc
