// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Object files made in process: the executor, and the embedded weights.

#ifndef SNC_CODEGEN_EMIT_OBJECTS_H
#define SNC_CODEGEN_EMIT_OBJECTS_H

#include "ir/Target.h"

#include "llvm/Support/Error.h"

namespace snc {

/// Translates `module` (LLVM dialect, from lowerToLLVM), joins it with the
/// runtime's bitcode files, optimises, and writes a position independent
/// object to `path`. Global are symbols that begin with `prefix`, and what kernels call.
llvm::Error writeExecutorObject(mlir::ModuleOp module, llvm::ArrayRef<std::string> runtimes,
                                llvm::StringRef prefix, const Target &target, llvm::StringRef path);

/// An object with `bytes` as the read-only symbol `name`, page-aligned.
llvm::Error writeDataObject(llvm::ArrayRef<char> bytes, llvm::StringRef name, const Target &target,
                            llvm::StringRef path);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_OBJECTS_H
