// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the layouts mean in numbers: physical extents and sizes in bytes.

#ifndef SNC_IR_LAYOUT_H
#define SNC_IR_LAYOUT_H

#include "ir/SncOps.h"
#include "llvm/ADT/SmallVector.h"

namespace snc {

/// The lanes to block `channels` by on a machine that prefers blocks of `wide`;
/// 0 for plain. A vector of half the width takes as long as a whole one, so blocks
/// are wide but for channels that fit into half of one.
int64_t preferredLanes(int64_t channels, int64_t wide);

/// The lanes of a blocked tensor type; 0 for a plain one.
int64_t blockedLanes(mlir::Type type);

/// Rows from one plane of channels to the next where the type is a window of a
/// higher tensor, its own height otherwise. Of rank 4.
int64_t planeRows(mlir::RankedTensorType type);

/// True for a window of rows of a higher tensor.
bool isWindow(mlir::RankedTensorType type);

/// `type` as a window of rows of a tensor that is `rows` high.
mlir::RankedTensorType asWindow(mlir::RankedTensorType type, int64_t rows);

/// `type` with the layout `encoding` (null for plain).
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, mlir::Attribute encoding);

/// Extents in memory order, innermost first, as the attribute's description
/// gives them. Plain tensors give their shape reversed. A buffer of these
/// extents and strides (in elements) is what a kernel reads and writes; it is
/// dense unless the type is a window.
llvm::SmallVector<int64_t> physicalExtents(mlir::RankedTensorType type);
llvm::SmallVector<int64_t> physicalStrides(mlir::RankedTensorType type);

/// Bytes of one element as stored: bool and i8 take 1, f32 and i32 take 4.
int64_t elementBytes(mlir::Type element);

/// Bytes from the first to behind the last element in the layout, padding
/// included; for a window also what lies between.
int64_t byteSize(mlir::RankedTensorType type);

/// True when both layouts of one shape hold the same bytes in the same order,
/// e.g. 1 x 1280 x 1 x 1 blocked by 16 and plain.
bool sameBytes(mlir::RankedTensorType a, mlir::RankedTensorType b);

} // namespace snc

#endif // SNC_IR_LAYOUT_H
