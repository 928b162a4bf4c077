// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that carry out a branch plan.

#ifndef SNC_PASSES_BRANCHPASSES_H
#define SNC_PASSES_BRANCHPASSES_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "search/BranchPlan.h"

namespace snc {

#define GEN_PASS_DECL
#include "passes/BranchPasses.h.inc"

/// The same with a plan in memory.
std::unique_ptr<mlir::Pass> createInsertBranches(BranchPlan plan);

#define GEN_PASS_REGISTRATION
#include "passes/BranchPasses.h.inc"

} // namespace snc

#endif // SNC_PASSES_BRANCHPASSES_H
