// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/Target.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace snc {

// Channel blocks of 16 fill one zmm; elsewhere 8 keeps two vectors in flight
// on 4-lane machines and one on AVX2.
static const Target kTargets[] = {
    {"x86-64-avx512", "x86_64-unknown-linux-gnu",
     "+sse4.1,+avx,+avx2,+fma,+f16c,+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx512cd",
     "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake", 16, 32, 16},
    {"x86-64-avx2", "x86_64-unknown-linux-gnu", "+sse4.1,+avx,+avx2,+fma,+f16c",
     "x86-64-linux-sse41-avx-f16c-fma-avx2", 8, 16, 8},
    {"x86-64-sse41", "x86_64-unknown-linux-gnu", "+sse4.1", "x86-64-linux-sse41", 4, 16, 8},
    {"aarch64-linux", "aarch64-unknown-linux-gnu", "+neon", "arm-64-linux", 4, 32, 8},
};

ArrayRef<Target> allTargets() { return kTargets; }

static bool runsHere(const Target &target, const llvm::StringMap<bool> &features) {
  SmallVector<StringRef> needed;
  target.features.split(needed, ',');
  return llvm::all_of(needed, [&](StringRef f) { return features.lookup(f.drop_front()); });
}

static const Target *hostTarget() {
  if (StringRef(llvm::sys::getProcessTriple()).starts_with("aarch64"))
    return &kTargets[3];
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  for (const Target &target : kTargets)
    if (target.triple.starts_with("x86_64") && runsHere(target, features))
      return &target;
  return nullptr;
}

const Target *findTarget(StringRef name) {
  if (name == "host")
    return hostTarget();
  for (const Target &target : kTargets)
    if (target.name == name)
      return &target;
  return nullptr;
}

const Target &targetOf(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>("snc.target");
  const Target *target = name ? findTarget(name.getValue()) : nullptr;
  return target ? *target : kTargets[1];
}

int64_t threadsOf(ModuleOp module) {
  auto threads = module->getAttrOfType<IntegerAttr>("snc.threads");
  return threads ? std::max<int64_t>(1, threads.getInt()) : 1;
}

int64_t threadsOf(KernelOp kernel) {
  if (auto threads = kernel->getAttrOfType<IntegerAttr>("snc.threads"))
    return threads.getInt();
  auto module = kernel->getParentOfType<ModuleOp>();
  return module ? threadsOf(module) : 1;
}

ArrayRef<int64_t> unitsOf(ModuleOp module) {
  auto units = module->getAttrOfType<DenseI64ArrayAttr>("snc.units");
  return units ? units.asArrayRef() : ArrayRef<int64_t>();
}

ArrayRef<int64_t> unitsOf(ProgramOp program) {
  bool fallback = program.getSymName() == kFallbackName;
  return fallback ? ArrayRef<int64_t>() : unitsOf(program->getParentOfType<ModuleOp>());
}

ProgramOp fallbackOf(ModuleOp module) {
  for (ProgramOp program : module.getOps<ProgramOp>())
    if (program.getSymName() == kFallbackName)
      return program;
  return {};
}

void setUnits(ModuleOp module, ArrayRef<int64_t> threads) {
  module->setAttr("snc.units", DenseI64ArrayAttr::get(module.getContext(), threads));
}

static constexpr std::pair<Device, StringLiteral> kDevices[] = {{Device::cpu, "cpu"},
                                                                {Device::opencl, "opencl"},
                                                                {Device::cuda, "cuda"},
                                                                {Device::vulkan, "vulkan"},
                                                                {Device::metal, "metal"}};

StringRef nameOf(Device device) {
  for (const auto &[known, name] : kDevices)
    if (known == device)
      return name;
  llvm_unreachable("a device without a name");
}

std::optional<Device> deviceNamed(StringRef name) {
  for (const auto &[device, known] : kDevices)
    if (known == name)
      return device;
  return std::nullopt;
}

Device deviceOf(ModuleOp module, int64_t unit) {
  auto devices = module->getAttrOfType<ArrayAttr>("snc.devices");
  if (!devices || unit < 0 || unit >= int64_t(devices.size()))
    return Device::cpu;
  auto name = dyn_cast<StringAttr>(devices[size_t(unit)]);
  return name ? deviceNamed(name.getValue()).value_or(Device::cpu) : Device::cpu;
}

std::optional<int64_t> gpuOf(ModuleOp module) {
  for (size_t unit = 0; unit < unitsOf(module).size(); ++unit)
    if (deviceOf(module, int64_t(unit)) != Device::cpu)
      return int64_t(unit);
  return std::nullopt;
}

std::optional<int64_t> gpuOf(ProgramOp program) {
  return unitsOf(program).empty() ? std::nullopt : gpuOf(program->getParentOfType<ModuleOp>());
}

void setDevices(ModuleOp module, ArrayRef<Device> devices) {
  SmallVector<StringRef> names;
  for (Device device : devices)
    names.push_back(nameOf(device));
  module->setAttr("snc.devices", Builder(module.getContext()).getStrArrayAttr(names));
}

Device deviceOf(KernelOp kernel) {
  auto name = kernel->getAttrOfType<StringAttr>("snc.device");
  return name ? deviceNamed(name.getValue()).value_or(Device::cpu) : Device::cpu;
}

void setTarget(ModuleOp module, const Target &target, int64_t threads) {
  Builder builder(module.getContext());
  module->setAttr("snc.target", builder.getStringAttr(target.name));
  module->setAttr("snc.threads", builder.getI64IntegerAttr(threads));
}

} // namespace snc
