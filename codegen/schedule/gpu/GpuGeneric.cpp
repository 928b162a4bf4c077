// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schedule for everything on a GPU: a thread an element, neighbours in memory on
// neighbouring threads, and each sum in the thread that needs it.

#include "codegen/schedule/gpu/GpuSchedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// All dimensions of a stage as one, cut into blocks of `threads`. Returns the loop over
/// threads.
template <typename Loops> hl::VarOrRVar flatten(Loops loops, hl::Stage stage, int threads) {
  hl::VarOrRVar all = loops.front();
  for (size_t i = 1; i < loops.size(); ++i) {
    bool isReduction = all.is_rvar || loops[i].is_rvar;
    std::string name = "all" + std::to_string(i);
    hl::VarOrRVar fused =
        isReduction ? hl::VarOrRVar(hl::RVar(name)) : hl::VarOrRVar(hl::Var(name));
    stage.fuse(all, loops[i], fused);
    all = fused;
  }
  auto loop = [&](const char *name) {
    return all.is_rvar ? hl::VarOrRVar(hl::RVar(name)) : hl::VarOrRVar(hl::Var(name));
  };
  hl::VarOrRVar block = loop("block"), thread = loop("thread");
  stage.split(all, block, thread, threads, hl::TailStrategy::GuardWithIf)
      .gpu_blocks(block)
      .gpu_threads(thread);
  return thread;
}

/// Each update writes elements of its own, in a launch of its own.
void scheduleUpdates(hl::Func f, int threads) {
  for (int i = 0; i < f.num_update_definitions(); ++i) {
    std::vector<hl::VarOrRVar> loops;
    for (const hl::RVar &r : f.rvars(i))
      loops.emplace_back(r);
    std::vector<hl::Var> vars = f.args();
    std::vector<hl::Expr> places = f.update_args(i);
    for (size_t d = 0; d < vars.size(); ++d) {
      auto *variable = places[d].as<hl::Internal::Variable>();
      if (variable && variable->name == vars[d].name())
        loops.emplace_back(vars[d]);
    }
    flatten(loops, f.update(i).allow_race_conditions(), threads);
  }
}
} // namespace

void scheduleGpuGeneric(LoweredKernel &kernel, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  int threads = int(schedule ? schedule.get("threads", 128) : 128);
  if (out.has_update_definition())
    return scheduleUpdates(out, threads);
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::LoopLevel thread(out, hl::Var::outermost());
  if (v.empty()) {
    out.gpu_single_thread();
  } else {
    std::vector<hl::VarOrRVar> loops(v.begin(), v.end());
    thread = hl::LoopLevel(out, flatten(loops, out, threads).var);
  }
  for (Stage &stage : kernel.stages)
    if (stage.acc.defined() && stage.acc.name() != out.name())
      stage.acc.compute_at(thread);
}

LogicalResult scheduleGpuKernel(LoweredKernel &kernel, KernelOp op) {
  ScheduleAttr schedule = op.getScheduleAttr();
  if (schedule && !schedule.getKind().starts_with("gpu_"))
    return op.emitOpError("has the schedule '")
           << schedule.getKind() << "', which is none of a GPU";
  scheduleGpuGeneric(kernel, schedule);
  return success();
}

} // namespace snc
