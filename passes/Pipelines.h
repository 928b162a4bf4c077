// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes in the order of a compilation.

#ifndef SNC_PASSES_PIPELINES_H
#define SNC_PASSES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "search/BranchPlan.h"

namespace snc {

struct PipelineOptions {
  /// Let a pointwise convolution multiply its input by a squeeze-and-excitation gate.
  bool gatePrologue = false;
  /// Join expand, depthwise and project convolutions into one kernel.
  bool fuseInvertedResidual = false;
  /// Join a convolution and the depthwise one that reads it where a thread's share of the
  /// tensor between them is larger than this; 0: never. About what a core's own cache holds
  /// beside weights and input.
  int64_t fuseExpandBytes = 640 * 1024;
  /// Path of schedules chosen by measurement (ScheduleMenu.h); empty: the model's.
  std::string scheduleChoices;
  /// Let 3x3 convolutions use Winograd's algorithm, which rounds differently.
  bool winograd = true;
  /// Store in half precision what lies in a GPU's memory alone.
  bool gpuHalf = false;
};

/// import -> tensor level, simplified.
void buildTensorPipeline(mlir::OpPassManager &pm, const PipelineOptions &options);
/// import -> tensor level, simplified but for slices, and batch normalisations as they are: what
/// recogniseNetwork (nas/model/BaseModel.h) reads.
void buildRecognitionPipeline(mlir::OpPassManager &pm);
/// tensor level -> branch level: splits what `plan` splits.
void buildBranchPipeline(mlir::OpPassManager &pm, const BranchPlan &plan);
/// tensor or branch level -> kernels with schedules.
void buildKernelPipeline(mlir::OpPassManager &pm, const PipelineOptions &options);
/// kernel level -> a program in memory.
void buildSchedulePipeline(mlir::OpPassManager &pm, const PipelineOptions &options);

/// Makes every pass and pipeline known to the pass option parser.
void registerPasses();

} // namespace snc

#endif // SNC_PASSES_PIPELINES_H
