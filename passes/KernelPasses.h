// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the tensor level to kernels and on to a program in memory. What
// each requires and ensures stands in KernelPasses.td.

#ifndef SNC_PASSES_KERNELPASSES_H
#define SNC_PASSES_KERNELPASSES_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace snc {

#define GEN_PASS_DECL
#include "passes/KernelPasses.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/KernelPasses.h.inc"

} // namespace snc

#endif // SNC_PASSES_KERNELPASSES_H
