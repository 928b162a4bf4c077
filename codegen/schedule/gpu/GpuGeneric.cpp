// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schedule for everything on a GPU: a thread an element, neighbours in memory on
// neighbouring threads, and each sum in the thread that needs it.

#include "codegen/schedule/gpu/GpuGrid.h"
#include "codegen/schedule/gpu/GpuSchedules.h"

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// The loops of update `i`, in the order of the dimensions that they walk.
std::vector<GridLoop> updateLoops(hl::Func f, int i, RankedTensorType type) {
  std::vector<GridLoop> loops;
  std::vector<GridLoop> whole = loopsOf(f.args(), type);
  std::vector<hl::Expr> places = f.update_args(i);
  auto domain = f.function().update(i).schedule().rvars();
  for (size_t d = 0; d < places.size(); ++d) {
    auto *variable = places[d].as<hl::Internal::Variable>();
    if (variable && variable->name == whole[d].loop.name())
      loops.push_back(whole[d]);
    for (auto r = domain.begin(); r != domain.end();) {
      if (!hl::Internal::expr_uses_var(places[d], r->var)) {
        ++r;
        continue;
      }
      loops.push_back(
          {hl::RVar(r->var), *hl::Internal::as_const_int(hl::Internal::simplify(r->extent))});
      r = domain.erase(r);
    }
  }
  for (const auto &r : domain) // the place does not depend on it
    loops.push_back(
        {hl::RVar(r.var), *hl::Internal::as_const_int(hl::Internal::simplify(r.extent))});
  return loops;
}

/// Each update writes elements of its own, in a launch of its own.
void scheduleUpdates(hl::Func f, RankedTensorType type, int threads) {
  for (int i = 0; i < f.num_update_definitions(); ++i)
    spreadOverGrid(f.update(i).allow_race_conditions(), updateLoops(f, i, type), threads,
                   hl::TailStrategy::GuardWithIf);
}

/// The convolution that reads the result of `op`, perhaps through elementwise operators.
Operation *nextConvolution(Operation *op) {
  for (Operation *user : op->getUsers()) {
    if (isa<ConvOp>(user))
      return user;
    if (isElementwise(user))
      if (Operation *conv = nextConvolution(user))
        return conv;
  }
  return nullptr;
}

/// Computes a sum where it is read.
void placeSum(LoweredKernel &kernel, Stage &stage, const hl::LoopLevel &thread) {
  hl::Func acc = stage.acc;
  Operation *conv = nextConvolution(stage.op);
  auto reader = llvm::find_if(kernel.stages, [&](Stage &s) { return conv && s.op == conv; });
  if (reader != kernel.stages.end())
    acc.compute_at(reader->acc, reader->domain.x); // again for each product
  else
    acc.compute_at(thread);
}
} // namespace

void scheduleGpuGeneric(LoweredKernel &kernel, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  int threads = int(schedule ? schedule.get("threads", 128) : 128);
  if (out.has_update_definition())
    return scheduleUpdates(out, kernel.resultTensor, threads);
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::LoopLevel thread(out, hl::Var::outermost());
  if (v.empty()) {
    out.gpu_single_thread();
  } else {
    // Blocks at the end move inwards: a condition would hide from Halide that a thread
    // needs but one sum.
    thread = hl::LoopLevel(out, spreadOverGrid(out, loopsOf(v, kernel.resultTensor), threads,
                                               hl::TailStrategy::ShiftInwards)
                                    .var);
  }
  for (Stage &stage : kernel.stages)
    if (stage.acc.defined() && stage.acc.name() != out.name())
      placeSum(kernel, stage, thread);
}

LogicalResult scheduleGpuKernel(LoweredKernel &kernel, KernelOp op) {
  ScheduleAttr schedule = op.getScheduleAttr();
  StringRef kind = schedule ? schedule.getKind() : "gpu_generic";
  if (!kind.starts_with("gpu_"))
    return op.emitOpError("has the schedule '") << kind << "', which is none of a GPU";
  for (Stage &stage : kernel.stages)
    if (stage.kind == Stage::Kind::Winograd)
      return op.emitOpError("has weights for Winograd's algorithm, which no GPU schedule takes");
  Stage *only = kernel.stages.size() == 1 ? &kernel.stages.front() : nullptr;
  bool blocked = kernel.space.coords.lanes != 0 && kernel.space.vars.size() == 5;
  if (kind == "gpu_conv" && only && only->kind == Stage::Kind::Conv && blocked)
    scheduleGpuConv(kernel, *only, schedule);
  else if (kind == "gpu_depthwise" && only && only->kind == Stage::Kind::Depthwise && blocked)
    scheduleGpuDepthwise(kernel, *only, schedule);
  else if (kind == "gpu_gemm" && only && only->kind == Stage::Kind::Gemm &&
           kernel.space.vars.size() == 2)
    scheduleGpuGemm(kernel, *only, schedule);
  else if (!(kind == "gpu_reduce" && only && scheduleGpuReduce(kernel, *only, schedule)) &&
           !(kind == "gpu_rows" && scheduleGpuRows(kernel, schedule)))
    scheduleGpuGeneric(kernel, schedule);
  return success();
}

} // namespace snc
