// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that decide how kernels are computed. What
// each requires and ensures stands in SchedulePasses.td.

#ifndef SNC_PASSES_SCHEDULEPASSES_H
#define SNC_PASSES_SCHEDULEPASSES_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace snc {

#define GEN_PASS_DECL
#include "passes/SchedulePasses.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/SchedulePasses.h.inc"

} // namespace snc

#endif // SNC_PASSES_SCHEDULEPASSES_H
