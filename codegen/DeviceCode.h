// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What kernels for a GPU add to the compilation of one.

#ifndef SNC_CODEGEN_DEVICECODE_H
#define SNC_CODEGEN_DEVICECODE_H

#include "Halide.h"
#include "ir/Target.h"

#include "llvm/Support/Error.h"

namespace snc {

/// The part of a Halide target's name that `kernel` needs for its device, beginning with
/// '-'; empty for the CPU.
std::string deviceFeatures(KernelOp kernel);

/// False, with a diagnostic at `kernel`, where the host's part of `module` allocates
/// memory: launches may share none but the arguments.
bool allocatesNothing(const Halide::Module &module, KernelOp kernel);

/// The source that the device's driver gets (OpenCL C, PTX, SPIR-V, Metal); empty where
/// `module` has no code for a device.
llvm::StringRef deviceCode(const Halide::Module &module);

} // namespace snc

#endif // SNC_CODEGEN_DEVICECODE_H
