// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model's file and the files of data beside it, mapped into memory.

#ifndef SNC_FRONTEND_MODELFILE_H
#define SNC_FRONTEND_MODELFILE_H

#include "onnx-ml.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

namespace snc {

/// A parsed model. External data stays mapped as long as this lives.
class ModelFile {
public:
  /// Maps and parses `path`. Emits one diagnostic and fails for what is no model:
  /// names HTML pages and Git LFS pointers for what they are.
  mlir::LogicalResult open(mlir::MLIRContext &context, llvm::StringRef path);

  const onnx::ModelProto &model() const { return proto; }

  /// The bytes of a tensor whose data_location is EXTERNAL. The file must lie in
  /// the model's folder, and offset and length inside the file.
  mlir::FailureOr<llvm::StringRef> externalData(const onnx::TensorProto &tensor,
                                                mlir::Location loc);

private:
  std::string folder;
  onnx::ModelProto proto;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
};

} // namespace snc

#endif // SNC_FRONTEND_MODELFILE_H
