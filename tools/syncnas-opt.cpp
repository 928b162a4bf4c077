// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syncnas-opt: runs single passes on a module in text form.

#include "ir/SncOps.h"
#include "passes/Pipelines.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  snc::registerPasses();
  mlir::DialectRegistry registry;
  registry.insert<snc::SncDialect, mlir::func::FuncDialect>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "syncnasc's pass driver\n", registry));
}
