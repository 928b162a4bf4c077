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

/// `conv`: pixels, rows (register tile), strips, channels_outer (0/1), prefetch (0/1, of
/// effect with channels_outer), by_rows (0/1: what strips cut; without channels_outer rows),
/// depth (input channels of a partial sum, 0: all; with channels_outer).
void scheduleConv(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `winograd`: pixels (tiles of the register tile), rows, lines (tile rows a strip),
/// strips, channels_outer (0/1).
void scheduleWinograd(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule);
/// `depthwise`: pixels, strips, by_rows (0/1), pad_block (0/1).
void scheduleDepthwise(LoweredKernel &kernel, Stage &taps, ScheduleAttr schedule);
/// `fused`, a depthwise convolution with a pointwise one before it, behind it, or both:
/// pixels, rows (register tile of the last), expand_pixels, expand_rows, dw_pixels, strips,
/// channels_outer (0/1: strips over chunks of channels, without a last convolution).
void scheduleFused(LoweredKernel &kernel, ScheduleAttr schedule);
/// `gemm`: rows, strips.
void scheduleGemm(LoweredKernel &kernel, Stage &gemm, ScheduleAttr schedule, const Target &target);
/// Products of two computed matrices, which are `generic`; false for those in layouts or shapes
/// that tiles do not suit.
bool scheduleMatmul(LoweredKernel &kernel, Stage &product, int64_t strips, const Target &target);
/// Anything: strips, by_rows (0/1). The schedule may be null.
void scheduleGeneric(LoweredKernel &kernel, ScheduleAttr schedule, const Target &target);

/// Keeps the accumulators of a convolution's tile in registers, at `level`.
void registerTile(hl::Func acc, const hl::RDom &domain, const hl::LoopLevel &level);
/// Computes the padded copy of a convolution's operand, or the operand where the kernel
/// computes it, at `level`.
void placeInput(Stage &conv, const hl::LoopLevel &level);
/// registerTile() for a depthwise convolution.
void tapTile(Stage &taps, const hl::LoopLevel &level);
/// Keeps the rows that a depthwise window needs in a ring at `kept`, each computed once,
/// at `each`: from the tiles of `expand`, `chunk` blocks at a time, or from the operand.
void keepRows(Stage &taps, const hl::LoopLevel &kept, const hl::LoopLevel &each,
              Stage *expand = nullptr, int chunk = 1);

/// Cuts `var` into `strips` parallel pieces (none for 1); returns the loop over
/// pieces, or `var` itself.
hl::Var parallelStrips(hl::Func f, hl::Var var, int64_t extent, int64_t strips);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_SCHEDULES_H
