// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A library for a GPU also holds the network for the CPU alone.

#ifndef SNC_CODEGEN_DRIVER_FALLBACK_H
#define SNC_CODEGEN_DRIVER_FALLBACK_H

#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc {

/// Moves the kernels and the program of `fallback`, both at the schedule level and of
/// one context, into `module`, as the program kFallbackName. Equal kernels are there
/// once; weights that both programs read have one place. `fallback` is empty then.
void addFallback(mlir::ModuleOp module, mlir::ModuleOp fallback);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_FALLBACK_H
