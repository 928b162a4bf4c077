// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The schedule for everything without a family of its own: reductions first, then
// the result, vectorised over its innermost dimension and cut over its outermost.

#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

namespace {
// Below this a parallel loop costs more than it saves.
constexpr int64_t kParallelElements = 8192;

int lanesFor(hl::Type type, const Target &target) {
  return int(std::max<int64_t>(target.vectorLanes * 4 / std::max(type.bytes(), 1), 2));
}

/// How many neighbours of a row a sum along rows can take at once; 1 where the sum is not
/// along rows, or its length is odd.
int lanesAlongRow(const Stage &stage, int lanes) {
  Operation *op = stage.op;
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  int64_t last = type.getRank() - 1;
  bool along =
      llvm::TypeSwitch<Operation *, bool>(op)
          .Case<SoftmaxOp, LogSoftmaxOp>([&](auto o) { return int64_t(o.getAxis()) == last; })
          .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
              [&](auto o) { return llvm::is_contained(o.getAxes(), last); })
          .Default(false);
  if (!along || blockedLanes(type))
    return 1;
  while (lanes > 1 && type.getDimSize(unsigned(last)) % lanes)
    lanes /= 2;
  return lanes >= 4 ? lanes : 1;
}

/// The accumulators of a reduction, all at once: vectors over the innermost kept
/// dimension, the domain inside; or along the rows that it sums.
void scheduleReduction(Stage &stage, const Target &target) {
  if (stage.pad.defined())
    stage.pad.compute_root();
  hl::Func acc = stage.acc;
  acc.compute_root();
  if (acc.args().empty() || !acc.has_update_definition())
    return;
  hl::Var inner = acc.args()[0];
  int lanes = lanesFor(acc.types()[0], target);
  if (int along = lanesAlongRow(stage, lanes); along > 1)
    acc.update().atomic().vectorize(stage.domain.x, along);
  else
    acc.update().vectorize(inner, lanes, hl::TailStrategy::GuardWithIf);
}

/// A blocked sum over the plane, kept in a register for each block.
bool scheduleBlockSum(LoweredKernel &kernel, Stage &stage, int64_t strips) {
  std::vector<hl::Var> v = stage.acc.args();
  int64_t lanes = kernel.space.coords.lanes;
  if (stage.kind != Stage::Kind::Reduce || !lanes || v.size() != 3 || kernel.space.vars.size() != 5)
    return false;
  const std::vector<hl::Var> &o = kernel.space.vars;
  kernel.output.vectorize(o[0]);
  auto type = resultType(stage.op);
  stage.acc.compute_at(kernel.output, o[3]).bound(v[0], 0, int(lanes)).vectorize(v[0]);
  stage.acc.update().reorder({v[0], stage.domain.x, stage.domain.y, v[1], v[2]}).vectorize(v[0]);
  parallelStrips(kernel.output, o[3], int64_t(llvm::divideCeil(type.getDimSize(1), lanes)), strips);
  return true;
}

/// Copied channels: each run of lanes a vector, rows of the picture cut.
void scheduleRuns(LoweredKernel &kernel, Stage &stage, int64_t strips) {
  hl::Func f = stage.result;
  RankedTensorType type = resultType(stage.op);
  hl::Var x = f.args()[1], y = f.args()[2];
  int64_t height = type.getDimSize(2);
  bool parallel = f.name() == kernel.output.name() && strips > 1 && height > 1 &&
                  type.getNumElements() >= kParallelElements;
  for (int i = 0; i < f.num_update_definitions(); ++i) {
    hl::Stage update = f.update(i);
    std::vector<hl::RVar> r = f.rvars(i);
    update.reorder({r[0], x, y, r[1]}).vectorize(r[0]);
    if (!parallel)
      continue;
    hl::Var strip("y_strip");
    update.split(y, strip, y, int(llvm::divideCeil(height, strips)), hl::TailStrategy::GuardWithIf)
        .reorder({r[0], x, y, r[1], strip})
        .parallel(strip);
  }
}

void scheduleUpdates(LoweredKernel &kernel, Stage &stage, int64_t strips, const Target &target) {
  hl::Func f = stage.result;
  if (f.name() != kernel.output.name())
    f.compute_root();
  if (copiesChannelRuns(stage.op))
    return scheduleRuns(kernel, stage, strips);
  hl::Var inner = f.args()[0];
  auto concat = cast<ConcatOp>(stage.op);
  RankedTensorType type = resultType(concat);
  bool lanesMove =
      blockedLanes(type) ? concat.getAxis() == 1 : int64_t(concat.getAxis()) == type.getRank() - 1;
  for (int i = 0; i < f.num_update_definitions(); ++i) {
    if (!lanesMove || f.update_args(i)[0].as<hl::Internal::Variable>())
      f.update(i).vectorize(inner, lanesFor(f.types()[0], target), hl::TailStrategy::GuardWithIf);
  }
}

/// Plain rows out of channel blocks: a row's pixels are in the first cache while its lanes are
/// taken apart, one channel after the other.
bool scheduleUnblocked(LoweredKernel &kernel, int64_t strips, bool byRows, const Target &target) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars; // x, y, c, n
  RankedTensorType type = kernel.resultTensor;
  int64_t lanes = 0;
  for (const auto &[value, view] : kernel.values)
    if (isa<BlockArgument>(value) && view.type.getShape() == type.getShape())
      lanes = std::max(lanes, blockedLanes(view.type));
  int vector = lanesFor(out.types()[0], target);
  if (!lanes || v.size() != 4 || blockedLanes(type) || type.getDimSize(3) < vector)
    return false;
  hl::Var block("block");
  out.vectorize(v[0], vector)
      .split(v[2], block, v[2], int(lanes), hl::TailStrategy::GuardWithIf)
      .reorder({v[0], v[2], v[1], block, v[3]});
  if (strips <= 1 || type.getNumElements() < kParallelElements)
    return true;
  int64_t blocks = llvm::divideCeil(type.getDimSize(1), lanes);
  if ((byRows || blocks < strips) && type.getDimSize(2) > 1) {
    hl::Var strip = parallelStrips(out, v[1], type.getDimSize(2), strips);
    out.reorder({v[1], block, v[3], strip});
  } else {
    parallelStrips(out, block, blocks, strips);
  }
  return true;
}

void scheduleOutput(LoweredKernel &kernel, int64_t strips, bool byRows, const Target &target) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars;
  if (v.empty() || out.has_update_definition() || scheduleUnblocked(kernel, strips, byRows, target))
    return;
  RankedTensorType type = kernel.resultTensor;
  SmallVector<int64_t> extents = physicalExtents(type);
  int lanes = lanesFor(out.types()[0], target);
  if (extents[0] >= lanes)
    out.vectorize(v[0], lanes);
  else if (extents[0] == 8 || extents[0] == 4)
    out.vectorize(v[0]);
  if (strips <= 1 || type.getNumElements() < kParallelElements)
    return;
  size_t rows = v.size() == 5 ? 2 : v.size() == 4 ? 1 : 0;
  if (byRows && rows && extents[rows] > 1) {
    hl::Var strip = parallelStrips(out, v[rows], extents[rows], strips);
    for (size_t d = rows + 1; d < v.size(); ++d)
      out.reorder({v[d], strip});
    return;
  }
  for (size_t d = v.size(); d-- > 1;)
    if (extents[d] > 1) {
      parallelStrips(out, v[d], extents[d], strips);
      return;
    }
}
} // namespace

void scheduleGeneric(LoweredKernel &kernel, ScheduleAttr schedule, const Target &target) {
  int64_t strips = schedule ? schedule.get("strips", 1) : 1;
  bool byRows = schedule && schedule.get("by_rows", 0);
  if (kernel.stages.size() == 1 && scheduleBlockSum(kernel, kernel.stages.front(), strips))
    return;
  if (kernel.stages.size() == 1 && scheduleMatmul(kernel, kernel.stages.front(), strips, target))
    return;
  for (Stage &stage : kernel.stages) {
    if (stage.kind == Stage::Kind::Update)
      scheduleUpdates(kernel, stage, strips, target);
    else if (stage.acc.defined())
      scheduleReduction(stage, target);
  }
  scheduleOutput(kernel, strips, byRows, target);
}

void scheduleKernel(LoweredKernel &kernel, KernelOp op, const Target &target) {
  ScheduleAttr schedule = op.getScheduleAttr();
  bool blocked = kernel.space.coords.lanes != 0;
  if (schedule && schedule.getKind() == "fused")
    return scheduleFused(kernel, schedule);
  Stage *first = kernel.stages.size() == 1 ? &kernel.stages.front() : nullptr;
  StringRef kind = schedule ? schedule.getKind() : "generic";
  if (kind == "conv" && first && first->kind == Stage::Kind::Conv && blocked)
    return scheduleConv(kernel, *first, schedule);
  if (kind == "winograd" && first && first->kind == Stage::Kind::Winograd && blocked)
    return scheduleWinograd(kernel, *first, schedule);
  if (kind == "depthwise" && first && first->kind == Stage::Kind::Depthwise && blocked)
    return scheduleDepthwise(kernel, *first, schedule);
  if (kind == "gemm" && first && first->kind == Stage::Kind::Gemm && kernel.space.vars.size() == 2)
    return scheduleGemm(kernel, *first, schedule, target);
  scheduleGeneric(kernel, schedule, target);
}

} // namespace snc
