// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes are either a model or one diagnostic: never a crash, an assertion or a
// silent failure. Run: build-fuzz/bin/import-fuzzer CORPUS -rss_limit_mb=4096

#include "frontend/OnnxImporter.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::string path = "/tmp/import-fuzzer-" + std::to_string(getpid()) + ".onnx";
  {
    std::error_code error;
    llvm::raw_fd_ostream os(path, error);
    os.write(reinterpret_cast<const char *>(data), size);
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  int errors = 0;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &) { ++errors; });
  bool imported = bool(snc::importOnnx(context, path, {}));
  if (imported == (errors > 0))
    std::abort();
  return 0;
}
