// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes over the tensor level. What each does stands in TensorPasses.td.

#ifndef SNC_PASSES_TENSORPASSES_H
#define SNC_PASSES_TENSORPASSES_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace snc {

#define GEN_PASS_DECL
#include "passes/TensorPasses.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/TensorPasses.h.inc"

} // namespace snc

#endif // SNC_PASSES_TENSORPASSES_H
