// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles a kernel for OpenCL and calls it once, with Halide's own runtime under it.

#ifndef SNC_TEST_DEVICEKERNEL_H
#define SNC_TEST_DEVICEKERNEL_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace snc::test {

/// True where this machine has an OpenCL device; kept for the process.
bool hasOpenCL();

/// runKernel() for a kernel whose `snc.device` is opencl; needs hasOpenCL().
std::vector<char> runOnDevice(mlir::ModuleOp module, KernelOp kernel,
                              const std::vector<std::vector<char>> &arguments);

} // namespace snc::test

#endif // SNC_TEST_DEVICEKERNEL_H
