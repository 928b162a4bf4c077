// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/DeviceCode.h"

namespace hl = Halide;
using namespace mlir;

namespace snc {

/// True where some value in the kernel has elements of type `Element` and `bits` bits.
template <typename Element> static bool computesWith(KernelOp kernel, unsigned bits) {
  auto has = [&](Value v) {
    auto type = dyn_cast<RankedTensorType>(v.getType());
    auto element = type ? dyn_cast<Element>(type.getElementType()) : Element();
    return element && element.getIntOrFloatBitWidth() == bits;
  };
  Block &body = kernel.getBody().front();
  return llvm::any_of(body.getArguments(), has) ||
         llvm::any_of(body, [&](Operation &op) { return llvm::any_of(op.getResults(), has); });
}

/// True where an operand or the result lies in memory as half.
static bool storesHalf(KernelOp kernel) {
  auto half = [](Type type) { return cast<RankedTensorType>(type).getElementType().isF16(); };
  return llvm::any_of(kernel.getArgumentTypes(), half) ||
         llvm::any_of(kernel.getResultTypes(), half);
}

std::string deviceFeatures(KernelOp kernel) {
  switch (deviceOf(kernel)) {
  case Device::cpu:
    return "";
  case Device::opencl:
    return computesWith<FloatType>(kernel, 64) ? "-opencl-cl_doubles" : "-opencl";
  case Device::cuda:
    return "-cuda-cuda_capability_86";
  case Device::vulkan: {
    // Each is an extension that a device may lack.
    std::string features = "-vulkan-vk_v13";
    if (computesWith<IntegerType>(kernel, 1) || computesWith<IntegerType>(kernel, 8))
      features += "-vk_int8";
    if (computesWith<IntegerType>(kernel, 64))
      features += "-vk_int64";
    if (computesWith<FloatType>(kernel, 64))
      features += "-vk_float64";
    if (storesHalf(kernel))
      features += "-vk_float16";
    return features;
  }
  case Device::metal:
    return "-metal";
  }
  llvm_unreachable("a device without features");
}

namespace {
class FirstAllocation final : public hl::Internal::IRVisitor {
public:
  std::string name;

protected:
  using IRVisitor::visit;
  void visit(const hl::Internal::Allocate *op) override {
    if (name.empty())
      name = op->name;
    IRVisitor::visit(op);
  }
};
} // namespace

bool allocatesNothing(const hl::Module &module, KernelOp kernel) {
  for (const hl::Internal::LoweredFunc &function : module.functions()) {
    FirstAllocation first;
    function.body.accept(&first);
    if (first.name.empty())
      continue;
    kernel.emitOpError("needs memory between launches on a GPU, for '") << first.name << "'";
    return false;
  }
  return true;
}

StringRef deviceCode(const hl::Module &module) {
  for (const hl::Buffer<> &buffer : module.buffers())
    if (StringRef(buffer.name()).contains("_gpu_source_kernels"))
      return {static_cast<const char *>(buffer.data()), buffer.size_in_bytes()};
  return {};
}

} // namespace snc
