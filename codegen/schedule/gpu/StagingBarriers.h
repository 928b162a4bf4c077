// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Barriers between copies to shared memory and what reads them.

#ifndef SNC_CODEGEN_SCHEDULE_GPU_STAGINGBARRIERS_H
#define SNC_CODEGEN_SCHEDULE_GPU_STAGINGBARRIERS_H

#include "Halide.h"

#include <memory>

namespace snc {

/// A pass for one kernel whose stages in shared memory do not share their room. Of two copies
/// that follow each other only the second needs a barrier behind it, where Halide has two.
/// Every barrier left gets a fence of shared memory: Halide's at the end of a loop has none,
/// and OpenCL might then move the next iteration's stores in front of this one's loads.
std::unique_ptr<Halide::Internal::IRMutator> stagingBarriers();

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_GPU_STAGINGBARRIERS_H
