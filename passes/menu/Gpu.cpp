// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels for a GPU.

#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

Menu gpuMenu(KernelOp, const MenuContext &context) {
  return {context.make("gpu_generic", {{"threads", 128}})};
}

} // namespace snc
