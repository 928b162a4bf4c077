// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a lowered kernel is computed. One file a family; every number comes from the
// kernel's #snc.schedule.

#ifndef SNC_CODEGEN_SCHEDULE_SCHEDULES_H
#define SNC_CODEGEN_SCHEDULE_SCHEDULES_H

#include "codegen/lower/Lowering.h"
#include "ir/Target.h"

namespace snc {

/// Applies the kernel's schedule; a kernel without one, or of a shape that its
/// schedule is not for, gets the generic schedule.
void scheduleKernel(LoweredKernel &kernel, KernelOp op, const Target &target);

// The families, with the parameters they read:

/// `conv`: pixels, rows (register tile), strips, channels_outer (0/1).
void scheduleConv(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `winograd`: pixels (tiles of the register tile), rows, lines (tile rows a strip),
/// strips, channels_outer (0/1).
void scheduleWinograd(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `depthwise`: pixels, strips, by_rows (0/1), pad_block (0/1).
void scheduleDepthwise(LoweredKernel &kernel, Stage &taps, ScheduleAttr schedule);
/// `gemm`: rows, strips.
void scheduleGemm(LoweredKernel &kernel, Stage &gemm, ScheduleAttr schedule, const Target &target);
/// Anything: `strips`.
void scheduleGeneric(LoweredKernel &kernel, int64_t strips, const Target &target);

/// Cuts `var` into `strips` parallel pieces (none for 1); returns the loop over
/// pieces, or `var` itself.
hl::Var parallelStrips(hl::Func f, hl::Var var, int64_t extent, int64_t strips);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_SCHEDULES_H
