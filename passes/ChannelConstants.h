// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants that act on channels: one number for all, or one for each.

#ifndef SNC_PASSES_CHANNELCONSTANTS_H
#define SNC_PASSES_CHANNELCONSTANTS_H

#include "ir/ConstantData.h"
#include "mlir/IR/PatternMatch.h"

namespace snc {

/// The f32 constant `v` as one number for each index of dimension `axis` of a
/// tensor of shape `shape` that it broadcasts to; nullopt where it is computed,
/// or varies along another dimension, or would widen the result.
std::optional<llvm::SmallVector<float>> valuesAlong(mlir::Value v, llvm::ArrayRef<int64_t> shape,
                                                    int64_t axis);

/// The only number in the f32 constant `v`.
std::optional<float> scalarOf(mlir::Value v);

/// A new f32 `snc.constant`.
mlir::Value makeConstant(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values,
                         llvm::StringRef name);

/// The locations of both, so that messages name every node a new op stands for.
mlir::Location fusedLoc(mlir::Operation *a, mlir::Operation *b);

} // namespace snc

#endif // SNC_PASSES_CHANNELCONSTANTS_H
