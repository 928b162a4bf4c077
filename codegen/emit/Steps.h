// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program as the steps and phases of runtime/snc_model.h.

#ifndef SNC_CODEGEN_EMIT_STEPS_H
#define SNC_CODEGEN_EMIT_STEPS_H

#include "ir/SncOps.h"

namespace snc {

struct EmittedStep {
  int64_t unit; ///< kAllUnits
  int64_t phase, level;
  int64_t firstCall, numCalls;
  llvm::SmallVector<int64_t> waits; ///< positions of steps
};

/// The steps of a verified program, in order. Calls of a step are consecutive,
/// as --snc-plan-memory leaves them; a diagnostic where they are not.
mlir::FailureOr<std::vector<EmittedStep>> stepsOf(ProgramOp program);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_STEPS_H
