// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the layouts mean in numbers: physical extents and sizes in bytes.

#ifndef SNC_IR_LAYOUT_H
#define SNC_IR_LAYOUT_H

#include "ir/SncOps.h"
#include "llvm/ADT/SmallVector.h"

namespace snc {

/// The lanes of a blocked tensor type; 0 for a plain one.
int64_t blockedLanes(mlir::Type type);

/// `type` with the layout `encoding` (null for plain).
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, mlir::Attribute encoding);

/// Extents in memory order, innermost first, as the attribute's description
/// gives them. Plain tensors give their shape reversed. A dense buffer of
/// these extents is what a kernel reads and writes.
llvm::SmallVector<int64_t> physicalExtents(mlir::RankedTensorType type);

/// Bytes of one element as stored: bool and i8 take 1, f32 and i32 take 4.
int64_t elementBytes(mlir::Type element);

/// Bytes of the tensor in its layout, padding included.
int64_t byteSize(mlir::RankedTensorType type);

/// True when both layouts of one shape hold the same bytes in the same order,
/// e.g. 1 x 1280 x 1 x 1 blocked by 16 and plain.
bool sameBytes(mlir::RankedTensorType a, mlir::RankedTensorType b);

} // namespace snc

#endif // SNC_IR_LAYOUT_H
