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

/// `gpu_conv`, over channel blocks: pixels, rows (a thread's tile: one lane of `rows`
/// blocks at `pixels` places of a row), threads.
void scheduleGpuConv(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `gpu_conv` with stage 1: operands pass through shared memory. pixels and rows as above,
/// across, down (threads along x and y of a block, for each lane). False, with nothing
/// scheduled, where the shape does not fit: tiles larger than the plane, rows that do not
/// divide the blocks, a plain input.
bool scheduleGpuConvStaged(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `gpu_depthwise`: pixels (of a thread), threads.
void scheduleGpuDepthwise(LoweredKernel &kernel, Stage &taps, ScheduleAttr schedule);
/// `gpu_gemm`: lanes (columns of a panel, a divisor of all), rows (of a thread, which has
/// one column), threads.
void scheduleGpuGemm(LoweredKernel &kernel, Stage &gemm, ScheduleAttr schedule);
/// `gpu_reduce`, a sum over the planes of channel blocks: parts (threads of a channel).
/// False where the kernel is none.
bool scheduleGpuReduce(LoweredKernel &kernel, Stage &sum, ScheduleAttr schedule);
/// `gpu_rows`, softmax, instance norms and plain sums: threads (of a block, which share a row,
/// or as many rows side by side as a warp reads at once). False, with nothing scheduled, where
/// the kernel is none, or its layouts are others.
bool scheduleGpuRows(LoweredKernel &kernel, ScheduleAttr schedule);
/// `gpu_generic`, anything: threads (of a block, each one element of the result with all
/// sums it needs). The schedule may be null.
void scheduleGpuGeneric(LoweredKernel &kernel, ScheduleAttr schedule);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_GPU_GPUSCHEDULES_H
