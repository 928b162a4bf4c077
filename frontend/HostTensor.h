// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small tensors that the importer computes with: shapes, axes, scales.

#ifndef SNC_FRONTEND_HOSTTENSOR_H
#define SNC_FRONTEND_HOSTTENSOR_H

#include "frontend/ModelFile.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace snc {

/// Values known at compile time, row-major: integers and bools in `ints`, floats
/// in `floats`, the other list is empty.
struct HostTensor {
  llvm::SmallVector<int64_t> shape;
  mlir::Type element;
  llvm::SmallVector<int64_t> ints;
  llvm::SmallVector<double> floats;

  bool isFloat() const { return mlir::isa<mlir::FloatType>(element); }
  size_t size() const { return isFloat() ? floats.size() : ints.size(); }
  double number(size_t i) const { return isFloat() ? floats[i] : double(ints[i]); }
  /// The same values as an attribute.
  mlir::ElementsAttr attribute(llvm::StringRef name) const;
};

/// Elements up to which constants are kept for computing with.
constexpr int64_t kHostLimit = 4096;

/// The IR type of an ONNX element type; null for those that are not supported.
mlir::Type elementType(mlir::MLIRContext *context, int onnxType);
/// ONNX's name of it, "FLOAT16", for messages.
std::string elementTypeName(int onnxType);

/// A TensorProto's type and bytes (row-major, little endian) as a constant; typed,
/// raw and external data. A located diagnostic and failure where length, type or
/// shape are off.
mlir::FailureOr<mlir::ElementsAttr> readTensor(const onnx::TensorProto &tensor, ModelFile &file,
                                               mlir::Location loc);

/// The constant as numbers; nullopt above kHostLimit elements.
std::optional<HostTensor> toHost(mlir::ElementsAttr value);

} // namespace snc

#endif // SNC_FRONTEND_HOSTTENSOR_H
