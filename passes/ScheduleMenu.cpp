// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/ScheduleMenu.h"

#include "ir/HalfStorage.h"
#include "ir/KernelShape.h"
#include "ir/Layout.h"
#include "passes/menu/Menus.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MD5.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>

using namespace mlir;

namespace snc {

ScheduleAttr MenuContext::make(StringRef kind,
                               ArrayRef<std::pair<StringRef, int64_t>> params) const {
  Builder builder(context);
  SmallVector<NamedAttribute> list;
  for (auto [name, value] : params)
    list.push_back(builder.getNamedAttr(name, builder.getI64IntegerAttr(value)));
  return ScheduleAttr::get(context, kind, builder.getDictionaryAttr(list));
}

bool MenuContext::byRows(Operation *op) const {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  return stripAxis(type.getShape(), threads, blockedLanes(type)) == 2;
}

/// True when a kernel's result has the extents and blocks of its only convolution's.
static bool isConvAsWhole(KernelOp kernel, ConvOp conv) {
  auto result = cast<RankedTensorType>(kernel.getResultTypes().front());
  return llvm::hasSingleElement(kernel.getBody().front().getOps<ConvOp>()) &&
         blockedLanes(conv.getType()) == blockedLanes(result) &&
         conv.getType().getShape() == result.getShape();
}

SmallVector<ScheduleAttr> scheduleMenu(KernelOp kernel, const Target &target, int64_t threads,
                                       bool winograd) {
  MenuContext context{kernel.getContext(), target, threads};
  if (deviceOf(kernel) != Device::cpu)
    return gpuMenu(kernel, context);
  if (Menu menu = fusedMenu(kernel, context); !menu.empty())
    return menu;
  for (Operation &op : kernel.getBody().front()) {
    Menu menu;
    if (auto conv = dyn_cast<ConvOp>(op))
      menu = conv.isDepthwise() ? depthwiseMenu(conv, context) : convMenu(conv, context);
    if (auto conv = dyn_cast<ConvOp>(op); conv && winograd && isConvAsWhole(kernel, conv)) {
      Menu first = winogradMenu(conv, context);
      menu.insert(menu.begin(), first.begin(), first.end());
      menu.truncate(std::min(menu.size(), kMenuSize));
    }
    if (auto gemm = dyn_cast<GemmOp>(op))
      menu = gemmMenu(gemm, context);
    if (!menu.empty())
      return menu;
  }
  return genericMenu(kernel, context);
}

/// Weights and biases as they are before a schedule says how they lie in memory; the type is the
/// body's.
static void unpackArguments(KernelOp kernel) {
  for (BlockArgument argument : kernel.getBody().getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (type && (isa_and_present<PackedAttr>(type.getEncoding()) || type.getRank() == 1))
      argument.setType(withLayout(type, {}));
  }
  Block &body = kernel.getBody().front();
  kernel.setFunctionType(FunctionType::get(kernel.getContext(), body.getArgumentTypes(),
                                           body.getTerminator()->getOperandTypes()));
}

std::string scheduleKey(KernelOp kernel) {
  OwningOpRef<KernelOp> plain(kernel.clone());
  plain->setSymName("kernel");
  plain->removeScheduleAttr();
  // What the kernel compiler found out.
  for (StringRef name : {"scratch", "worker_scratch", "flops", "bytes"})
    (*plain)->removeAttr(("snc." + name).str());
  computeInFloat(*plain);
  unpackArguments(*plain);
  std::string text;
  llvm::raw_string_ostream os(text);
  (*plain)->print(os, OpPrintingFlags().useLocalScope().enableDebugInfo(false));
  os << targetOf(kernel->getParentOfType<ModuleOp>()).name << "/" << threadsOf(kernel);
  llvm::MD5 hash;
  hash.update(os.str());
  llvm::MD5::MD5Result result = hash.final();
  return llvm::toHex(ArrayRef<uint8_t>(result.data(), result.size()), /*LowerCase=*/true);
}

std::string scheduleText(ScheduleAttr schedule) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Attribute(schedule).print(os);
  return text;
}

llvm::Expected<ScheduleChoices> readChoices(StringRef path) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "choices '" + path + "': " + message);
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  auto json = nlohmann::json::parse((*buffer)->getBuffer(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return fail("expected a JSON object of schedules by key");
  ScheduleChoices choices;
  for (const auto &[key, value] : json.items()) {
    if (!value.is_string())
      return fail("'" + key + "': expected a schedule as text");
    choices[key] = value.get<std::string>();
  }
  return choices;
}

} // namespace snc
