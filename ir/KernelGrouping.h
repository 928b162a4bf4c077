// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operators of a block become one kernel. Reads the IR, changes nothing.

#ifndef SNC_IR_KERNELGROUPING_H
#define SNC_IR_KERNELGROUPING_H

#include "ir/SncOps.h"

namespace snc {

struct GroupingOptions {
  bool gatePrologue = false;         ///< x * gate may precede a pointwise conv
  bool fuseInvertedResidual = false; ///< expand + depthwise + project
  /// A convolution joins the depthwise one that reads it where a thread's share of the
  /// tensor between them has more bytes than this; 0: never.
  int64_t fuseExpandBytes = 0;
  int64_t threads = 1;                      ///< of operators on all units
  llvm::ArrayRef<int64_t> unitThreads = {}; ///< of operators on each unit
  /// A GPU, whose kernels are one operator and the elementwise ones behind it.
  std::optional<int64_t> gpu = std::nullopt;
};

/// Operators in program order. Only the last one's result is used outside.
using KernelGroup = llvm::SmallVector<mlir::Operation *>;

/// True for operators that compute each element from the elements at the same
/// (or a broadcast) place of their operands.
bool isElementwise(mlir::Operation *op);

/// The unit that `op` runs on (`snc.unit`), or kAllUnits.
int64_t unitOf(mlir::Operation *op);

/// True for operators that stay in @main because they cost nothing there:
/// constants, reshapes, relayouts that keep the bytes, and slices and concats
/// in place.
bool staysOutside(mlir::Operation *op);

/// The groups of `block`, ordered by their last operator. Every operator that
/// does not stay outside is in exactly one, with others of its unit.
std::vector<KernelGroup> groupIntoKernels(mlir::Block &block, const GroupingOptions &options);

} // namespace snc

#endif // SNC_IR_KERNELGROUPING_H
