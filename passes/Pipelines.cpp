// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/Pipelines.h"

#include "mlir/Transforms/Passes.h"
#include "passes/KernelPasses.h"
#include "passes/SchedulePasses.h"
#include "passes/TensorPasses.h"

using namespace mlir;

namespace snc {

void buildTensorPipeline(OpPassManager &pm, const PipelineOptions &) {
  // Shapes first: exporters hide constants behind reshapes and casts.
  pm.addPass(createSimplifyShapes());
  pm.addPass(createFoldConstants());
  // Batch normalisation becomes scale and shift, which the next pass moves; pads
  // after it, because a shift may not cross a padded border.
  pm.addPass(createFoldBatchNorm());
  pm.addPass(createFoldScaleShift());
  pm.addPass(createFoldPad());
  // Activations are looked for when no scale stands between their parts any more.
  pm.addPass(createRecognize());
  // What became constant or an identity on the way.
  pm.addPass(createFoldConstants());
  pm.addPass(createSimplifyShapes());
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
}

void buildKernelPipeline(OpPassManager &pm, const PipelineOptions &options) {
  // Layouts before kernels, so that a relayout can join one.
  pm.addPass(createChooseLayouts());
  FormKernelsOptions form;
  form.gatePrologue = options.gatePrologue;
  form.fuseInvertedResidual = options.fuseInvertedResidual;
  pm.addPass(createFormKernels(form));
  // The schedule says how weights lie in memory. Both change the kernel's text,
  // so equal kernels are looked for last.
  pm.addPass(createChooseSchedules());
  pm.addPass(createPackWeights());
  pm.addPass(createDedupKernels());
}

void buildSchedulePipeline(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(createPlanMemory());
}

void registerPasses() {
  registerSncTensorPasses();
  registerSncKernelPasses();
  registerSncSchedulePasses();
  registerCSEPass();
  registerCanonicalizerPass();
}

} // namespace snc
