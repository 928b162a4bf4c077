// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels without a family of their own: all that can be told is whether threads pay.

#include "passes/menu/Menus.h"

namespace snc {

Menu genericMenu(const MenuContext &context) {
  Menu menu{context.make("generic", {{"strips", context.threads}})};
  if (context.threads > 1)
    menu.push_back(context.make("generic", {{"strips", 1}}));
  return menu;
}

} // namespace snc
