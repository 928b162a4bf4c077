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
  cl::opt<std::string> codePath{
      "device-code", cl::desc("Write the source for the kernel's GPU there (snc.device)"),
      cl::cat(category)};
};
static Flags *flags;

/// Lets `write` fill the file `path`; true where none is asked for.
static bool writeFile(const std::string &path,
                      llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (path.empty())
    return true;
  std::error_code error;
  llvm::ToolOutputFile file(path, error, llvm::sys::fs::OF_None);
  if (error) {
    llvm::errs() << path << ": " << error.message() << "\n";
    return false;
  }
  write(file.os());
  file.keep();
  return true;
}

static void writeInfo(const snc::KernelInfo &info, llvm::raw_ostream &os) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("scratch", info.scratch);
    json.attribute("worker_scratch", info.workerScratch);
    json.attribute("flops", info.flops);
    json.attribute("bytes", info.bytes);
  });
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
  if (failed(info) ||
      !writeFile(flags->infoPath, [&](llvm::raw_ostream &os) { writeInfo(*info, os); }) ||
      !writeFile(flags->codePath, [&](llvm::raw_ostream &os) { os << info->deviceCode; })) {
    llvm::sys::fs::remove(flags->output);
    return 1;
  }
  return 0;
}
