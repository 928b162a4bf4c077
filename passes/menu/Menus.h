// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Menus by class of kernel; private to scheduleMenu().

#ifndef SNC_PASSES_MENU_MENUS_H
#define SNC_PASSES_MENU_MENUS_H

#include "ir/Target.h"

namespace snc {

using Menu = llvm::SmallVector<ScheduleAttr>;

/// What a schedule is for.
struct MenuContext {
  mlir::MLIRContext *context;
  const Target &target;
  int64_t threads;

  ScheduleAttr make(llvm::StringRef kind,
                    llvm::ArrayRef<std::pair<llvm::StringRef, int64_t>> params) const;
  /// Registers that one channel block of `lanes` takes.
  int64_t vectorsOf(int64_t lanes) const {
    return std::max<int64_t>(1, lanes / target.vectorLanes);
  }
  /// Whether strips of the result of `op` are rows (stripAxis).
  bool byRows(mlir::Operation *op) const;
};

/// A convolution's accumulators: `rows` output blocks x `pixels`; `depth` input channels are
/// summed over all pixels before the next, 0: all at once.
struct RegisterTile {
  int64_t pixels = 1, rows = 1, depth = 0;
  bool operator==(const RegisterTile &) const = default;
};

/// What the tiles of a convolution have to cover: `height` rows of `width` pixels,
/// `blocks` output blocks of `vectors` registers each, sums over `reduction` products.
/// `blockedBytes`: of input and output together, 0 where the input is not blocked.
struct TileProblem {
  int64_t width, height, blocks, vectors, reduction, blockedBytes = 0;
  int64_t panelStrips = 1; ///< pieces that panels are shared out to: the busiest counts
  int64_t taps = 1;        ///< products of an input channel
};

/// Cycles of one row of the picture, all blocks, by the model of docs/schedules.md.
double tileCycles(RegisterTile tile, const TileProblem &problem);

/// Tiles that need no more than `registers`, fewest cycles first; never empty.
llvm::SmallVector<RegisterTile> registerTiles(const TileProblem &problem, int64_t registers);

/// Taps of a depthwise window that are in one expression: all of a small one, else a row's.
int64_t unrolledTaps(int64_t height, int64_t width);

/// Pixels of a row that one step of a depthwise convolution of `taps` computes.
int64_t depthwisePixels(int64_t width, int64_t taps, int64_t vectors, const Target &target);

// Each is empty for a convolution that is not of its class.
Menu convMenu(ConvOp conv, const MenuContext &context);
Menu winogradMenu(ConvOp conv, const MenuContext &context);
Menu depthwiseMenu(ConvOp conv, const MenuContext &context);
/// Of kernels that hold a depthwise convolution and others around it; empty for the rest.
Menu fusedMenu(KernelOp kernel, const MenuContext &context);
Menu gemmMenu(GemmOp gemm, const MenuContext &context);
Menu genericMenu(KernelOp kernel, const MenuContext &context);
/// Of any kernel for a GPU; never empty.
Menu gpuMenu(KernelOp kernel, const MenuContext &context);

} // namespace snc

#endif // SNC_PASSES_MENU_MENUS_H
