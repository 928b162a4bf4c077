// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Diagnostics for users: file, node, operator, message, on one line each.

#ifndef SNC_FRONTEND_DIAGNOSTICPRINTER_H
#define SNC_FRONTEND_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace snc {

/// The location of a model's node: name, operator, file.
mlir::Location nodeLocation(mlir::MLIRContext *context, llvm::StringRef file, llvm::StringRef node,
                            llvm::StringRef op);

/// "model.onnx: error: node 'conv1' (Conv): message", notes indented below.
void printDiagnostic(const mlir::Diagnostic &diagnostic, llvm::raw_ostream &os);

/// Prints every diagnostic of a context to `os` while it lives. One thread.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::raw_ostream &os)
      : handler(&context, [&os](mlir::Diagnostic &d) { printDiagnostic(d, os); }) {}

private:
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace snc

#endif // SNC_FRONTEND_DIAGNOSTICPRINTER_H
