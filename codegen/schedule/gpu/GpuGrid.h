// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops to blocks and threads.

#ifndef SNC_CODEGEN_SCHEDULE_GPU_GPUGRID_H
#define SNC_CODEGEN_SCHEDULE_GPU_GPUGRID_H

#include "codegen/lower/Lowering.h"

namespace snc {

/// A loop of a stage and how often it runs.
struct GridLoop {
  hl::VarOrRVar loop;
  int64_t extent;
};

/// Gives all of a stage's `loops`, innermost in memory first, to blocks of at most
/// `threads` threads: neighbours in memory are neighbouring threads, which then share
/// accesses. Returns the innermost loop, over threads. Loops that do not divide are
/// finished as `tail` says.
hl::VarOrRVar spreadOverGrid(hl::Stage stage, std::vector<GridLoop> loops, int64_t threads,
                             hl::TailStrategy tail);

/// Names the three dimensions of a grid; of more than three `blocks`, innermost first, the
/// outermost ones are joined.
void overBlocks(hl::Stage &stage, std::vector<hl::VarOrRVar> blocks);

/// The loops of a Func that holds `type`.
std::vector<GridLoop> loopsOf(const std::vector<hl::Var> &vars, mlir::RankedTensorType type);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_GPU_GPUGRID_H
