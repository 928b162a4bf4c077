// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape arithmetic shared by the op families.

#ifndef SNC_IR_SHAPEINFERENCE_H
#define SNC_IR_SHAPEINFERENCE_H

#include "ir/SncOps.h"

namespace snc {

/// A shape as text, "1x3x224x224", for messages.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// numpy broadcast of two shapes; nullopt when they do not fit.
std::optional<llvm::SmallVector<int64_t>> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                                          llvm::ArrayRef<int64_t> b);

/// Output extent of a sliding window: (in + before + after - ((kernel-1)*dilation+1)) / stride + 1.
/// With `ceil` the last, partial window counts if it starts inside the input or
/// the padding before it. Not positive when the window does not fit.
int64_t windowExtent(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                     int64_t after, bool ceil = false);

/// Shared body of the families' inferReturnTypes: a result of `shape`, or a
/// diagnostic at `loc` when an extent is not positive or the size overflows.
mlir::LogicalResult inferShape(std::optional<mlir::Location> loc, llvm::ArrayRef<int64_t> shape,
                               mlir::Type element, llvm::SmallVectorImpl<mlir::Type> &types);

inline mlir::RankedTensorType tensorType(mlir::Value v) {
  return llvm::cast<mlir::RankedTensorType>(v.getType());
}

} // namespace snc

#endif // SNC_IR_SHAPEINFERENCE_H
