// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels without a family of their own: all that can be told is whether threads pay.

#include "passes/menu/Menus.h"

namespace snc {

Menu genericMenu(KernelOp kernel, const MenuContext &context) {
  if (context.threads == 1)
    return {context.make("generic", {{"strips", 1}})};
  mlir::Operation *last = kernel.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
  bool byRows = last && context.byRows(last);
  Menu menu;
  for (bool rows : {byRows, !byRows})
    menu.push_back(context.make("generic", {{"strips", context.threads}, {"by_rows", rows}}));
  menu.push_back(context.make("generic", {{"strips", 1}}));
  return menu;
}

} // namespace snc
