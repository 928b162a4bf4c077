// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables of what runs when and where: phases, steps, units, the GPU.

#include "codegen/emit/ModelTables.h"

#include "codegen/emit/WeightPacker.h"
#include "ir/CallOrder.h"
#include "ir/Target.h"
#include "runtime/snc_model.h"

using namespace mlir;

namespace snc {

/// Phases, steps and waits.
void ModelTables::addSteps(ArrayRef<EmittedStep> steps) {
  SmallVector<int32_t> phaseWords, waitWords;
  SmallVector<std::pair<int64_t, int64_t>> waitsOf; // first, count
  for (auto [i, step] : llvm::enumerate(steps)) {
    if (i == 0 || steps[i - 1].phase != step.phase) {
      phaseWords.append({int32_t(i), 0});
      ++phases;
    }
    ++phaseWords.back();
    waitsOf.push_back({waits, int64_t(step.waits.size())});
    waits += int64_t(step.waits.size());
    waitWords.append(step.waits.begin(), step.waits.end());
  }
  addWords(named("phases"), phaseWords);
  if (waits)
    addWords(named("waits"), waitWords);
  Type w = builder.getI32Type();
  auto type = LLVM::LLVMStructType::getLiteral(module.getContext(), {ptr, w, w, w, w, w, w});
  addGlobal(named("steps"), LLVM::LLVMArrayType::get(type, steps.size()), [&](OpBuilder &b) {
    SmallVector<Value> items;
    for (auto [i, step] : llvm::enumerate(steps)) {
      int64_t unit = step.unit == kAllUnits ? int64_t(SNC_ALL_UNITS) : step.unit;
      items.push_back(structOf(b, type,
                               {address(b, stepName(i)), i32(b, unit), i32(b, step.level),
                                i32(b, waitsOf[i].first), i32(b, waitsOf[i].second),
                                i32(b, step.firstCall), i32(b, step.numCalls)}));
    }
    return arrayOf(b, type, items);
  });
}

void ModelTables::addUnits() {
  ArrayRef<int64_t> threads = unitsOf(program);
  units = int64_t(threads.size());
  if (!units)
    return;
  std::vector<std::string> names;
  int cpus = 0;
  for (int64_t i = 0; i < units; ++i)
    names.push_back(addString(gpu == i ? "gpu0" : "cpu" + std::to_string(cpus++)));
  Type w = builder.getI32Type();
  auto type = LLVM::LLVMStructType::getLiteral(module.getContext(), {ptr, w, w});
  addGlobal(named("units"), LLVM::LLVMArrayType::get(type, names.size()), [&](OpBuilder &b) {
    SmallVector<Value> items;
    for (auto [i, name] : llvm::enumerate(names)) {
      uint32_t kind = gpu == int64_t(i) ? SNC_UNIT_GPU : SNC_UNIT_CPU;
      items.push_back(structOf(b, type, {address(b, name), i32(b, threads[i]), i32(b, kind)}));
    }
    return arrayOf(b, type, items);
  });
}

/// The snc_gpu_model. The GPU's weights are in the blob behind the host's.
void ModelTables::addGpu(StringRef fallback) {
  std::string driver = ("snc_gpu_" + nameOf(deviceOf(module, *gpu))).str();
  Type w = builder.getI64Type();
  if (!module.lookupSymbol(driver)) {
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    b.create<LLVM::GlobalOp>(loc, builder.getI8Type(), true, LLVM::Linkage::External, driver,
                             Attribute());
  }
  auto type = LLVM::LLVMStructType::getLiteral(module.getContext(), {ptr, w, w, w, ptr});
  addGlobal(named("gpu"), type, [&](OpBuilder &b) {
    return structOf(b, type,
                    {address(b, driver), i64(b, int64_t(program.getDeviceArena())),
                     i64(b, deviceWeightsBegin(program)),
                     i64(b, int64_t(program.getDeviceWeights())),
                     fallback.empty() ? null(b) : address(b, fallback)});
  });
}

} // namespace snc
