// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One kernel function to one object file.

#ifndef SNC_CODEGEN_KERNELCOMPILER_H
#define SNC_CODEGEN_KERNELCOMPILER_H

#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc {

/// What the rest of the compiler must know of a compiled kernel.
struct KernelInfo {
  int64_t scratch = 0;       ///< bytes taken from the run's scratch memory
  int64_t workerScratch = 0; ///< bytes taken by each thread of a parallel loop
  int64_t flops = 0;         ///< one multiply-add counts as two
  int64_t bytes = 0;         ///< read and written, weights included
  std::string deviceCode;    ///< what a GPU's driver gets; empty for the CPU
};

/// Compiles the only `snc.kernel` of `module` for the module's target, or for its
/// `snc.device` with the target as host, into the object `path`. The same text gives the same
/// bytes, as long as each kernel is compiled in a process of its own. A located diagnostic and
/// failure otherwise.
mlir::FailureOr<KernelInfo> compileKernel(mlir::ModuleOp module, llvm::StringRef path);

/// Multiplies, adds and other arithmetic of the kernel's ops.
int64_t countFlops(KernelOp kernel);
/// Bytes of its arguments and results in their layouts.
int64_t countBytes(KernelOp kernel);

} // namespace snc

#endif // SNC_CODEGEN_KERNELCOMPILER_H
