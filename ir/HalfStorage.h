// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels whose operands lie in memory as IEEE half: they compute in f32, between a
// `snc.cast` of each such argument and one of such a result. Nothing else is f16.

#ifndef SNC_IR_HALFSTORAGE_H
#define SNC_IR_HALFSTORAGE_H

#include "ir/SncOps.h"

namespace snc {

/// True for the cast of a stored half to f32, or back.
bool isStorageCast(mlir::Operation *op);

/// Removes the storage casts from the body of `kernel`, whose arguments and result are f32
/// then. The function's type stays: it tells what is stored. Such a kernel does not verify; it
/// is a copy for who computes, or asks how.
void computeInFloat(KernelOp kernel);

} // namespace snc

#endif // SNC_IR_HALFSTORAGE_H
