// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All kernels of a module to objects, by worker processes and the cache.

#ifndef SNC_CODEGEN_DRIVER_KERNELPOOL_H
#define SNC_CODEGEN_DRIVER_KERNELPOOL_H

#include "codegen/driver/KernelCache.h"
#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc {

struct KernelPoolOptions {
  std::string compiler; ///< path of syncnas-kernelc
  std::string cacheDir; ///< empty: the user's
  unsigned jobs = 1;    ///< processes at once
  bool progress = true; ///< on standard error
};

struct KernelPoolResult {
  std::vector<std::string> objects; ///< paths, in order of the module's kernels
  size_t compiled = 0, cached = 0;
};

/// Compiles every `snc.kernel` of `module` into `folder` and notes sizes and costs
/// as attributes of the kernels (see lowerToLLVM). A located diagnostic and failure
/// for the first kernel that cannot be compiled; failure without one on an
/// interrupt. Leaves no process behind.
mlir::FailureOr<KernelPoolResult> compileKernels(mlir::ModuleOp module, llvm::StringRef folder,
                                                 const KernelPoolOptions &options);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_KERNELPOOL_H
