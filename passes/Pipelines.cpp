// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/Pipelines.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/BranchPasses.h"
#include "passes/KernelPasses.h"
#include "passes/SchedulePasses.h"
#include "passes/TensorPasses.h"

using namespace mlir;

namespace snc {

void buildTensorPipeline(OpPassManager &pm, const PipelineOptions &) {
  // Exporters hide constants behind reshapes and casts; the passes below look for
  // constants.
  pm.addPass(createFoldConstants());
  pm.addPass(createSimplifyShapes());
  pm.addPass(createSimplifySlices());
  // Activations while their parts still stand: a convolution before them would take
  // the 3 of x + 3 as its bias.
  pm.addPass(createRecognize());
  // Batch normalisation becomes scale and shift, which the next passes move: to the
  // weights before it, and where there are none, to those behind it. Matrix products
  // have their one form by then.
  pm.addPass(createNormalizeGemm());
  pm.addPass(createFoldBatchNorm());
  pm.addPass(createFoldScaleShift());
  pm.addPass(createFoldInputScale());
  // Pads after it, because a shift may not cross a padded border.
  pm.addPass(createFoldPad());
  // Scales and shifts are in its weights by now.
  pm.addPass(createLowerTransposedConvs());
  // Not seen by the slices behind a concat, which may all lie in one piece of memory.
  pm.addPass(createMoveBeforeConcat());
  // What became constant or an identity on the way.
  pm.addPass(createFoldConstants());
  pm.addPass(createSimplifyShapes());
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
}

void buildRecognitionPipeline(OpPassManager &pm) {
  pm.addPass(createFoldConstants());
  pm.addPass(createSimplifyShapes());
  pm.addPass(createRecognize());
  pm.addPass(createNormalizeGemm());
  pm.addPass(createFoldScaleShift());
  pm.addPass(createFoldInputScale());
  pm.addPass(createFoldPad());
  pm.addPass(createFoldConstants());
  pm.addPass(createSimplifyShapes());
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
}

void buildBranchPipeline(OpPassManager &pm, const BranchPlan &plan) {
  pm.addPass(createInsertBranches(plan));
}

void buildKernelPipeline(OpPassManager &pm, const PipelineOptions &options) {
  // Parts of weights become weights.
  pm.addPass(createLowerBranches());
  pm.addPass(createFoldConstants());
  // Before layouts: what was transferred is relaid, if at all, where it is read.
  pm.addPass(createInsertTransfers());
  // Behind the branches: to the search a grouped convolution is one node, which any
  // split of groups or rows can cut, and no branches of the model's own.
  pm.addPass(createSplitGroups());
  // Layouts before kernels, so that a relayout can join one.
  pm.addPass(createChooseLayouts());
  // Layouts say what lies in one piece.
  pm.addPass(createElideCopies());
  FormKernelsOptions form;
  form.gatePrologue = options.gatePrologue;
  form.fuseInvertedResidual = options.fuseInvertedResidual;
  form.fuseExpandBytes = options.fuseExpandBytes;
  pm.addPass(createFormKernels(form));
  // The schedule says how weights lie in memory. Both change the kernel's text,
  // so equal kernels are looked for last.
  ChooseSchedulesOptions schedules;
  schedules.choices = options.scheduleChoices;
  schedules.winograd = options.winograd;
  pm.addPass(createChooseSchedules(schedules));
  pm.addPass(createPackWeights());
  if (options.gpuHalf) // schedules are those of f32: so is the arithmetic
    pm.addPass(createStoreHalf());
  pm.addPass(createDedupKernels());
}

void buildSchedulePipeline(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(createPlanMemory());
}

template <void (*build)(OpPassManager &, const PipelineOptions &)>
static void registerPipeline(StringRef flag, StringRef text) {
  PassPipelineRegistration<>(flag, text, [](OpPassManager &pm) { build(pm, PipelineOptions()); });
}

void registerPasses() {
  registerSncTensorPasses();
  registerSncBranchPasses();
  registerSncKernelPasses();
  registerSncSchedulePasses();
  registerCSEPass();
  registerCanonicalizerPass();
  registerPipeline<buildTensorPipeline>("snc-tensor-pipeline", "everything at the tensor level");
  registerPipeline<buildKernelPipeline>("snc-kernel-pipeline", "from tensors to kernels");
  registerPipeline<buildSchedulePipeline>("snc-schedule-pipeline", "from kernels to a program");
}

} // namespace snc
