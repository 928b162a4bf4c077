// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network given as the body of @main.

#ifndef SNC_TEST_UNIT_SEARCH_PARSEDNETWORK_H
#define SNC_TEST_UNIT_SEARCH_PARSEDNETWORK_H

#include "search/NetworkGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace snc::test {

struct ParsedNetwork {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp main;

  /// `text` defines @main; a fault in it is printed and `main` is null.
  explicit ParsedNetwork(const std::string &text) {
    context.loadDialect<SncDialect, mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (module)
      main = module->lookupSymbol<mlir::func::FuncOp>("main");
  }
};

} // namespace snc::test

#endif // SNC_TEST_UNIT_SEARCH_PARSEDNETWORK_H
