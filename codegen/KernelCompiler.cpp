// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/KernelCompiler.h"

#include "codegen/DeviceCode.h"
#include "codegen/lower/Lowering.h"
#include "codegen/schedule/Schedules.h"
#include "codegen/schedule/gpu/GpuSchedules.h"
#include "ir/FlatPlane.h"
#include "ir/HalfStorage.h"

using namespace mlir;

namespace snc {

namespace {
// What the runtime's allocator adds to a block: a header and rounding to 128.
constexpr int64_t kBlockOverhead = 256;

// Halide puts allocations of constant size up to this on the stack.
constexpr int64_t kLargestOnStack = 16 * 1024;

/// Sums heap allocations of a function; those on the stack cost no scratch.
class ScratchCounter final : public hl::Internal::IRVisitor {
public:
  int64_t bytes = 0;
  bool unknown = false;

protected:
  using IRVisitor::visit;
  void visit(const hl::Internal::Allocate *op) override {
    int64_t count = op->constant_allocation_size();
    bool onStack = op->memory_type == hl::MemoryType::Stack ||
                   op->memory_type == hl::MemoryType::Register ||
                   (count > 0 && count * op->type.bytes() <= kLargestOnStack);
    if (count <= 0 && !hl::Internal::is_const_zero(op->condition))
      unknown |= !onStack;
    else if (!onStack)
      bytes += (count + op->padding) * op->type.bytes() + kBlockOverhead;
    IRVisitor::visit(op);
  }
};

hl::Target halideTarget(const Target &target, KernelOp kernel) {
  return hl::Target(target.halide.str() + deviceFeatures(kernel) +
                    "-no_asserts-no_bounds_query-no_runtime-user_context");
}

/// Bodies of parallel loops are functions of their own by now.
bool countScratch(const hl::Module &module, StringRef name, KernelInfo &info) {
  bool unknown = false;
  for (const hl::Internal::LoweredFunc &function : module.functions()) {
    ScratchCounter counter;
    function.body.accept(&counter);
    unknown |= counter.unknown;
    (function.name == name.str() ? info.scratch : info.workerScratch) += counter.bytes;
  }
  return !unknown;
}

/// A copy of `kernel` that computes in f32 whatever it stores; each plane is a row in it where
/// the schedule asks for it.
OwningOpRef<KernelOp> shaped(KernelOp kernel) {
  OwningOpRef<KernelOp> copy(kernel.clone());
  ScheduleAttr schedule = kernel.getScheduleAttr();
  bool conv = schedule && llvm::is_contained({"conv", "gpu_conv"}, schedule.getKind());
  if (conv && schedule.get("flat", 0) && hasFlatPlane(*copy))
    flattenPlane(*copy);
  computeInFloat(*copy);
  return copy;
}

LogicalResult schedule(LoweredKernel &lowered, KernelOp kernel, const Target &target) {
  if (deviceOf(kernel) != Device::cpu)
    return scheduleGpuKernel(lowered, kernel);
  scheduleKernel(lowered, kernel, target);
  return success();
}

FailureOr<KernelInfo> build(KernelOp original, const Target &target, StringRef path) {
  OwningOpRef<KernelOp> copy = shaped(original);
  KernelOp kernel = *copy;
  FailureOr<LoweredKernel> lowered = lowerKernel(kernel);
  if (failed(lowered) || failed(schedule(*lowered, kernel, target)))
    return failure();
  std::vector<hl::Argument> arguments(lowered->arguments.begin(), lowered->arguments.end());
  std::string name = kernel.getSymName().str();
  hl::Pipeline pipeline(lowered->output);
  for (auto &pass : lowered->passes)
    pipeline.add_custom_lowering_pass(pass.get(), nullptr);
  hl::Module module = pipeline.compile_to_module(arguments, name, halideTarget(target, kernel),
                                                 hl::LinkageType::External);
  KernelInfo info;
  if (deviceOf(kernel) != Device::cpu && !allocatesNothing(module, kernel))
    return failure();
  info.deviceCode = deviceCode(module).str();
  if (!countScratch(module, name, info))
    return kernel.emitOpError("allocates memory of a size unknown at compile time");
  info.flops = countFlops(original);
  info.bytes = countBytes(original);
  module.compile({{hl::OutputFileType::object, path.str()}});
  return info;
}
} // namespace

FailureOr<KernelInfo> compileKernel(ModuleOp module, StringRef path) {
  auto kernels = module.getOps<KernelOp>();
  if (std::distance(kernels.begin(), kernels.end()) != 1)
    return module.emitError("expected exactly one kernel");
  KernelOp kernel = *kernels.begin();
  try {
    return build(kernel, targetOf(module), path);
  } catch (const hl::Error &error) { // not a std::exception
    return kernel.emitOpError("cannot be compiled: ") << StringRef(error.what()).trim();
  }
}

} // namespace snc
