// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Description.h"

#include "codegen/emit/ModelTables.h"
#include "codegen/emit/Names.h"
#include "codegen/emit/Steps.h"
#include "codegen/emit/WeightPacker.h"
#include "ir/HalfStorage.h"
#include "ir/KernelShape.h"
#include "ir/Target.h"
#include "runtime/snc_model.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <map>

using namespace mlir;

namespace snc {

std::string cType(Type element) {
  if (element.isF32())
    return "float";
  if (element.isF64())
    return "double";
  if (element.isF16())
    return "half";
  if (element.isInteger(1))
    return "uint8_t";
  unsigned width = element.getIntOrFloatBitWidth();
  return (element.isUnsignedInteger() ? "uint" : "int") + std::to_string(width) + "_t";
}

static std::vector<TensorDescription> tensorsOf(ProgramOp program, Space space) {
  std::map<int64_t, TensorDescription> byIndex;
  for (BufferOp buffer : program.getBody().getOps<BufferOp>())
    if (buffer.getSpace() == space)
      byIndex[int64_t(*buffer.getIndex())] = {buffer.getName().value_or("").str(), "",
                                              buffer.getType().getTensor()};
  std::vector<TensorDescription> tensors;
  llvm::StringSet<> used;
  for (auto &[index, tensor] : byIndex) {
    tensor.identifier = identifierOf(tensor.name);
    while (!used.insert(tensor.identifier).second)
      tensor.identifier += "_";
    tensors.push_back(tensor);
  }
  return tensors;
}

static int64_t numberOf(KernelOp kernel, StringRef attribute) {
  auto value = kernel->getAttrOfType<IntegerAttr>(attribute);
  return value ? value.getInt() : 0;
}

static snc_model sizesOf(ProgramOp program) {
  SymbolTable symbols(program->getParentOp());
  snc_model model = {};
  model.arena_bytes = program.getArena();
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    auto kernel = symbols.lookup<KernelOp>(call.getKernel());
    model.num_buffers += call.getNumOperands();
    model.scratch_bytes = std::max<uint64_t>(model.scratch_bytes, numberOf(kernel, "snc.scratch"));
    model.worker_scratch_bytes =
        std::max<uint64_t>(model.worker_scratch_bytes, numberOf(kernel, "snc.worker_scratch"));
  }
  if (auto steps = stepsOf(program); succeeded(steps)) {
    model.num_steps = uint32_t(steps->size());
    model.num_phases = uint32_t(steps->empty() ? 0 : steps->back().phase + 1);
  }
  model.num_units = uint32_t(unitsOf(program).size());
  return model;
}

/// The runtime's own arithmetic: the same on every 64-bit target.
static void addWorkspace(LibraryDescription &library, ProgramOp program) {
  snc_model model = sizesOf(program), fallback = {};
  snc_gpu_model gpu = {};
  if (gpuOf(program))
    model.gpu = &gpu;
  if (ProgramOp other = fallbackOf(program->getParentOfType<ModuleOp>())) {
    fallback = sizesOf(other);
    gpu.fallback = &fallback;
  }
  library.workspaceBytes = snc_model_workspace_bytes(&model, int32_t(library.threads));
  library.workspaceAlignment = snc_model_workspace_alignment(&model);
}

static std::string scheduleOf(KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (Attribute schedule = kernel.getScheduleAttr())
    schedule.print(os);
  return text;
}

static KernelDescription describeCall(CallOp call, KernelOp kernel, int64_t firstBuffer) {
  KernelDescription d{kernel.getSymName().str(),
                      nodesOf(call),
                      operatorsOf(kernel),
                      numberOf(kernel, "snc.flops"),
                      numberOf(kernel, "snc.bytes"),
                      shapeOf(kernel).signature(),
                      scheduleOf(kernel),
                      call.getUnit() ? int64_t(*call.getUnit()) : -1,
                      threadsOf(kernel),
                      nameOf(deviceOf(kernel)).str(),
                      {},
                      {}};
  auto add = [&](std::vector<ValueDescription> &into, OperandRange values) {
    for (Value v : values)
      into.push_back({firstBuffer++, cast<BufferType>(v.getType()).getTensor()});
  };
  add(d.reads, call.getReads());
  add(d.writes, call.getWrites());
  return d;
}

/// In order of execution; buffers are numbered as the executor does.
static std::vector<KernelDescription> kernelsOf(ProgramOp program) {
  SymbolTable symbols(program->getParentOp());
  std::vector<KernelDescription> kernels;
  int64_t buffers = 0;
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    kernels.push_back(describeCall(call, symbols.lookup<KernelOp>(call.getKernel()), buffers));
    buffers += call->getNumOperands();
  }
  return kernels;
}

LibraryDescription describe(ModuleOp module, StringRef name) {
  LibraryDescription d;
  d.name = name.str();
  if (auto model = module->getAttrOfType<StringAttr>("snc.model"))
    d.model = model.str();
  d.target = targetOf(module).name.str();
  d.threads = threadsOf(module);
  ProgramOp program = *module.getOps<ProgramOp>().begin();
  d.inputs = tensorsOf(program, Space::input);
  d.outputs = tensorsOf(program, Space::output);
  d.arena = program.getArena();
  d.arenaLowerBound = program.getLowerBound();
  d.weights = blobBytes(module);
  SymbolTable symbols(module);
  std::map<std::string, int64_t> operators;
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    auto kernel = symbols.lookup<KernelOp>(call.getKernel());
    for (Operation &op : kernel.getBody().front().without_terminator())
      if (!isa<ConstantOp>(op) && !isStorageCast(&op))
        ++operators[op.getName().stripDialect().str()];
  }
  d.kernels = kernelsOf(program);
  d.hasGpu = gpuOf(program).has_value();
  d.deviceArena = int64_t(program.getDeviceArena());
  d.deviceWeights = int64_t(program.getDeviceWeights());
  d.gpuHalf = llvm::any_of(module.getOps<KernelOp>(), [](KernelOp k) { return shapeOf(k).half; });
  if (ProgramOp other = fallbackOf(module); other && other != program)
    d.fallback = kernelsOf(other);
  addWorkspace(d, program);
  d.operators.assign(operators.begin(), operators.end());
  return d;
}

} // namespace snc
