// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnas-kernelc: compiles one kernel. Run by syncnasc, one process a kernel.

#include "codegen/KernelCompiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

namespace cl = llvm::cl;

/// Made in main, after LLVM's own options are gone: names like `threads` are theirs too.
struct Flags {
  cl::OptionCategory category{"syncnas-kernelc options"};
  cl::opt<std::string> input{cl::Positional, cl::desc("<kernel.mlir>"), cl::Required,
                             cl::cat(category)};
  cl::opt<std::string> output{cl::Positional, cl::desc("<kernel.o>"), cl::Required,
                              cl::cat(category)};
  cl::opt<std::string> infoPath{"info", cl::desc("Write scratch sizes and costs there as JSON"),
                                cl::cat(category)};
};
static Flags *flags;

static bool writeInfo(const snc::KernelInfo &info) {
  std::error_code error;
  llvm::ToolOutputFile file(flags->infoPath, error, llvm::sys::fs::OF_None);
  if (error) {
    llvm::errs() << flags->infoPath << ": " << error.message() << "\n";
    return false;
  }
  llvm::json::OStream json(file.os());
  json.object([&] {
    json.attribute("scratch", info.scratch);
    json.attribute("worker_scratch", info.workerScratch);
    json.attribute("flops", info.flops);
    json.attribute("bytes", info.bytes);
  });
  file.keep();
  return true;
}

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  static Flags made;
  flags = &made;
  cl::HideUnrelatedOptions(made.category);
  cl::ParseCommandLineOptions(argc, argv, "compiles one snc.kernel to an object\n");
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<snc::SncDialect, mlir::func::FuncDialect>();
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(flags->input, sources, &context);
  if (!module)
    return 1;
  auto info = snc::compileKernel(*module, flags->output);
  if (failed(info) || (!flags->infoPath.empty() && !writeInfo(*info))) {
    llvm::sys::fs::remove(flags->output);
    return 1;
  }
  return 0;
}
