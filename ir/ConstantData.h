// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and making the values of `snc.constant`.

#ifndef SNC_IR_CONSTANTDATA_H
#define SNC_IR_CONSTANTDATA_H

#include "ir/SncOps.h"
#include "mlir/IR/Builders.h"

namespace snc {

/// The constant behind `value`, or null where it is computed.
mlir::ElementsAttr constantValue(mlir::Value value);

/// The bytes of `elements`, row-major, little endian; splats are expanded
/// into `storage`, other data is returned in place and lives as long as the
/// context. Empty when the attribute holds no data (an elided resource).
llvm::ArrayRef<char> rawData(mlir::ElementsAttr elements, llvm::SmallVectorImpl<char> &storage);

/// The f32 elements, row-major; nullopt for other element types.
std::optional<llvm::SmallVector<float>> floatValues(mlir::ElementsAttr elements);

/// The integer or bool elements, row-major, as i64; nullopt for floats.
std::optional<llvm::SmallVector<int64_t>> integerValues(mlir::ElementsAttr elements);

/// An attribute holding a copy of `bytes` (row-major, `type.getShape()`).
/// Small data (up to 16 elements) becomes a printed dense literal, larger
/// data a resource named after `name`.
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes,
                                llvm::StringRef name);
mlir::ElementsAttr makeElements(mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                                llvm::StringRef name);

} // namespace snc

#endif // SNC_IR_CONSTANTDATA_H
