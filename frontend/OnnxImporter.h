// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX files to the tensor level.

#ifndef SNC_FRONTEND_ONNXIMPORTER_H
#define SNC_FRONTEND_ONNXIMPORTER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

namespace snc {

struct ImportOptions {
  /// Shapes of model inputs by name, for symbolic dimensions. A fixed dimension of
  /// the model must agree.
  llvm::StringMap<llvm::SmallVector<int64_t>> shapes;
  /// The module's `snc.model`; empty: the file's name without its ending.
  std::string name;
};

/// Adds "name=1x3x224x224" to `options`; false when the text has another form.
bool parseShapeOption(llvm::StringRef text, ImportOptions &options);

/// Reads the model at `path` (ONNX, opset 7 to 24, float32) into a module with one
/// function @main. External data is looked for beside the file and nowhere else.
/// On any fault of the file: one located diagnostic (one for all unsupported
/// operators together) and null. Never asserts on input.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(mlir::MLIRContext &context, llvm::StringRef path,
                                             const ImportOptions &options);

} // namespace snc

#endif // SNC_FRONTEND_ONNXIMPORTER_H
