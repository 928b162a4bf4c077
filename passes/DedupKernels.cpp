// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keeps one of equal kernels. Equal means equal text without names and
// locations; weights are arguments, so they do not tell kernels apart.

#include "ir/Target.h"
#include "passes/KernelPasses.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MD5.h"

namespace snc {
#define GEN_PASS_DEF_DEDUPKERNELS
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

/// The kernel's text under a fixed name.
static std::string textOf(KernelOp kernel) {
  StringAttr name = kernel.getSymNameAttr();
  kernel.setSymName("kernel");
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel->print(stream, OpPrintingFlags().useLocalScope().enableDebugInfo(false));
  kernel.setSymNameAttr(name);
  return text;
}

static std::string contentName(StringRef text, KernelOp kernel) {
  llvm::MD5 hash;
  hash.update(text);
  hash.update(targetOf(kernel->getParentOfType<ModuleOp>()).name);
  hash.update("/" + std::to_string(threadsOf(kernel)));
  llvm::MD5::MD5Result result = hash.final();
  return "k_" + llvm::toHex(ArrayRef<uint8_t>(result.data(), 8), /*LowerCase=*/true);
}

namespace {
struct DedupKernels final : snc::impl::DedupKernelsBase<DedupKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::StringMap<std::string> byName; // new name to text
    llvm::DenseMap<StringAttr, StringAttr> renamed;
    SmallVector<KernelOp> kernels(module.getOps<KernelOp>());
    for (KernelOp kernel : kernels) {
      std::string text = textOf(kernel), name = contentName(text, kernel);
      auto [it, isNew] = byName.try_emplace(name, text);
      assert(it->second == text && "two kernels have one hash");
      renamed[kernel.getSymNameAttr()] = StringAttr::get(&getContext(), name);
      if (!isNew)
        kernel.erase();
      else
        kernel.setSymName(name);
    }
    module.walk([&](LaunchOp launch) {
      if (StringAttr name = renamed.lookup(launch.getKernelAttr().getAttr()))
        launch.setKernelAttr(FlatSymbolRefAttr::get(name));
    });
  }
};
} // namespace
