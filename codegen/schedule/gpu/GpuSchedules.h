// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a lowered kernel is computed on a GPU. One file a family; every number comes from
// the kernel's #snc.schedule. No Func is computed outside a launch but the result, so a
// kernel needs no memory of the device beside its arguments.

#ifndef SNC_CODEGEN_SCHEDULE_GPU_GPUSCHEDULES_H
#define SNC_CODEGEN_SCHEDULE_GPU_GPUSCHEDULES_H

#include "codegen/lower/Lowering.h"

namespace snc {

/// Applies the kernel's schedule; a kernel without one, or of a shape that its schedule
/// is not for, gets `gpu_generic`. A diagnostic at `op` and failure for a schedule of a
/// CPU, which lowers to other Funcs.
mlir::LogicalResult scheduleGpuKernel(LoweredKernel &kernel, KernelOp op);

// The families, with the parameters they read:

/// `gpu_generic`, anything: threads (of a block, each one element of the result with all
/// sums it needs). The schedule may be null.
void scheduleGpuGeneric(LoweredKernel &kernel, ScheduleAttr schedule);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_GPU_GPUSCHEDULES_H
