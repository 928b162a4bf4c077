// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnas-opt: runs single passes on a module in text form.

#include "codegen/emit/LowerToLLVM.h"
#include "ir/SncOps.h"
#include "passes/Pipelines.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  snc::registerPasses();
  snc::registerEmitPasses();
  mlir::DialectRegistry registry;
  registry.insert<snc::SncDialect, mlir::func::FuncDialect, mlir::LLVM::LLVMDialect>();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "syncnasc's pass driver\n", registry));
}
