// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles a kernel to an object, loads that and calls it once.

#ifndef SNC_TEST_LOADEDKERNEL_H
#define SNC_TEST_LOADEDKERNEL_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace snc::test {

/// The result's bytes for arguments in memory order; empty, with a test failure,
/// when the kernel does not compile, fails, writes outside its result or takes
/// more scratch memory than it declares.
std::vector<char> runKernel(mlir::ModuleOp module, KernelOp kernel,
                            const std::vector<std::vector<char>> &arguments);

} // namespace snc::test

#endif // SNC_TEST_LOADEDKERNEL_H
