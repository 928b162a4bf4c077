// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the memory order of their layouts, as one blob.

#ifndef SNC_CODEGEN_EMIT_WEIGHTPACKER_H
#define SNC_CODEGEN_EMIT_WEIGHTPACKER_H

#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc {

/// The bytes of `value` (row-major) in the layout of `type`; padding is zero.
/// f32 only where `type` has a layout.
std::vector<char> packTensor(mlir::ElementsAttr value, mlir::RankedTensorType type);

/// The weights of all programs, each buffer at its offset, those of the GPU behind the
/// others; blobBytes(), gaps are zero. A located diagnostic where a value has been elided.
mlir::FailureOr<std::vector<char>> packWeights(mlir::ModuleOp module);

/// Where the GPU's weights begin in the blob.
int64_t deviceWeightsBegin(ProgramOp program);

/// Bytes of the blob that the module's programs share.
int64_t blobBytes(mlir::ModuleOp module);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_WEIGHTPACKER_H
