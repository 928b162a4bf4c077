// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The executor: a program in memory as LLVM dialect.

#ifndef SNC_CODEGEN_EMIT_LOWERTOLLVM_H
#define SNC_CODEGEN_EMIT_LOWERTOLLVM_H

#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace snc {

/// What the tables of runtime/snc_model.h hold besides the program itself.
struct ExecutorOptions {
  std::string name = "model"; ///< prefix of every public symbol
  int64_t threads = 1;        ///< default of the emitted library
  uint64_t weightsHash = 0;   ///< snc_hash64 of the packed weights
  std::string weightsFile;    ///< empty: weights are embedded
};

/// Replaces the module's `snc.program` and kernels by the executor: the constant
/// snc_model, its `execute`, and the public functions `<name>_*` of the C header.
/// Kernel sizes are read from the discardable attributes `snc.scratch`,
/// `snc.worker_scratch`, `snc.flops` and `snc.bytes` of each kernel, 0 without.
mlir::LogicalResult lowerToLLVM(mlir::ModuleOp module, const ExecutorOptions &options);

/// Registers --snc-lower-to-llvm, the same as a pass with default options.
void registerEmitPasses();

/// The name of the symbol that holds embedded weights.
inline constexpr llvm::StringLiteral kWeightsSymbol = "snc_embedded_weights";

} // namespace snc

#endif // SNC_CODEGEN_EMIT_LOWERTOLLVM_H
