// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Objects.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/IPO/Internalize.h"

namespace snc {

namespace {
llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machineFor(const Target &target) {
  static const bool initialized = [] {
    LLVMInitializeX86TargetInfo(), LLVMInitializeX86Target(), LLVMInitializeX86TargetMC(),
        LLVMInitializeX86AsmPrinter(), LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo(), LLVMInitializeAArch64Target(),
        LLVMInitializeAArch64TargetMC(), LLVMInitializeAArch64AsmPrinter(),
        LLVMInitializeAArch64AsmParser();
    return true;
  }();
  (void)initialized;
  std::string message;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(target.triple.str(), message);
  if (!found)
    return failure("no code generator for " + target.triple + ": " + message);
  // The executor only calls: baseline instructions run wherever the kernels do.
  return std::unique_ptr<llvm::TargetMachine>(
      found->createTargetMachine(target.triple, "", "", llvm::TargetOptions(), llvm::Reloc::PIC_,
                                 std::nullopt, llvm::CodeGenOptLevel::Default));
}

llvm::Error writeObject(llvm::Module &module, llvm::TargetMachine &machine, llvm::StringRef path) {
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return failure(path + ": " + error.message());
  llvm::legacy::PassManager pm;
  if (machine.addPassesToEmitFile(pm, os, nullptr, llvm::CodeGenFileType::ObjectFile))
    return failure("the target writes no object files");
  pm.run(module);
  os.flush();
  return os.has_error() ? failure(path + ": " + os.error().message()) : llvm::Error::success();
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

void setTargetOf(llvm::Module &module, llvm::TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple().str());
  module.setDataLayout(machine.createDataLayout());
}
} // namespace

llvm::Error writeExecutorObject(mlir::ModuleOp module, llvm::ArrayRef<std::string> runtimes,
                                llvm::StringRef prefix, const Target &target,
                                llvm::StringRef path) {
  mlir::registerBuiltinDialectTranslation(*module.getContext());
  mlir::registerLLVMDialectTranslation(*module.getContext());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> executor =
      mlir::translateModuleToLLVMIR(module, context, "executor");
  if (!executor)
    return failure("the executor has no LLVM form");
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  setTargetOf(*executor, **machine);
  for (const std::string &runtime : runtimes) {
    llvm::SMDiagnostic diagnostic;
    std::unique_ptr<llvm::Module> support = llvm::parseIRFile(runtime, diagnostic, context);
    if (!support)
      return failure(runtime + ": " + diagnostic.getMessage());
    setTargetOf(*support, **machine);
    if (llvm::Linker::linkModules(*executor, std::move(support)))
      return failure("cannot join the executor with the runtime " + runtime);
  }
  // What kernels call stays global until everything is one object.
  llvm::internalizeModule(*executor, [&](const llvm::GlobalValue &global) {
    return global.getName().starts_with(prefix) || global.getName().starts_with("halide_");
  });
  optimize(*executor, **machine);
  return writeObject(*executor, **machine, path);
}

llvm::Error writeDataObject(llvm::ArrayRef<char> bytes, llvm::StringRef name, const Target &target,
                            llvm::StringRef path) {
  llvm::LLVMContext context;
  llvm::Module module("weights", context);
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  setTargetOf(module, **machine);
  auto *data = llvm::ConstantDataArray::getString(
      context, llvm::StringRef(bytes.data(), bytes.size()), /*AddNull=*/false);
  auto *global = new llvm::GlobalVariable(module, data->getType(), /*isConstant=*/true,
                                          llvm::GlobalValue::ExternalLinkage, data, name);
  global->setAlignment(llvm::Align(4096));
  return writeObject(module, **machine, path);
}

} // namespace snc
