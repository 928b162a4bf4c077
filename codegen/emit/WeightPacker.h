// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the memory order of their layouts, as one blob.

#ifndef SNC_CODEGEN_EMIT_WEIGHTPACKER_H
#define SNC_CODEGEN_EMIT_WEIGHTPACKER_H

#include "ir/SncOps.h"

namespace snc {

/// The bytes of `value` (row-major) in the layout of `type`; padding is zero.
/// f32 only where `type` has a layout.
std::vector<char> packTensor(mlir::ElementsAttr value, mlir::RankedTensorType type);

/// The weights of `program`, each buffer at its offset; program.getWeights() bytes,
/// gaps are zero. A located diagnostic where a value has been elided.
mlir::FailureOr<std::vector<char>> packWeights(ProgramOp program);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_WEIGHTPACKER_H
