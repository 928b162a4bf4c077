// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels that are a copy between the memories of host and GPU.

#ifndef SNC_IR_TRANSFER_H
#define SNC_IR_TRANSFER_H

#include "ir/SncOps.h"

namespace snc {

/// The transfer that `kernel` is; null for a kernel that computes.
TransferOp transferOf(KernelOp kernel);

/// `runs` runs of `runBytes` bytes, the first byte of each so many bytes behind the
/// one before.
struct CopyRuns {
  int64_t runBytes, runs, fromPitch, toPitch;
};

/// The bytes that a transfer moves; several runs where a side is a window of rows.
CopyRuns copyRunsOf(TransferOp transfer);

/// Where a kernel has its operands and its result.
struct KernelPlaces {
  bool readsDevice, writesDevice;
};
KernelPlaces placesOf(KernelOp kernel);

} // namespace snc

#endif // SNC_IR_TRANSFER_H
