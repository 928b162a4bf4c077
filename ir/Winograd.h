// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The numbers of Winograd's F(4x4, 3x3) that the schedule, the packing and the lowering
// share.

#ifndef SNC_IR_WINOGRAD_H
#define SNC_IR_WINOGRAD_H

#include "llvm/Support/MathExtras.h"

namespace snc::winograd {

constexpr int kTile = 4;   ///< outputs of a tile, each way
constexpr int kPoints = 6; ///< inputs of a tile and products, each way

/// Tiles that cover `extent` outputs.
inline int64_t tiles(int64_t extent) { return int64_t(llvm::divideCeil(extent, kTile)); }

} // namespace snc::winograd

#endif // SNC_IR_WINOGRAD_H
