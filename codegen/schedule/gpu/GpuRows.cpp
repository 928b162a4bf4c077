// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Softmax, instance norms and long sums: a block of threads shares the row that it sums.
// Each thread adds up every `parts`-th element, a few join these partial sums in shared
// memory (Halide's rfactor, twice), and all read the sum for their part of the result.

#include "codegen/schedule/gpu/GpuGrid.h"
#include "codegen/schedule/gpu/GpuSchedules.h"

#include "ir/Layout.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

namespace {
// The lanes of a block where rows lie side by side: what a warp reads is one piece.
constexpr int64_t kWarp = 32;
// Partial sums that one thread joins: with all loads under way, about what a barrier takes.
constexpr int64_t kJoined = 16;

/// Where the rows of a kernel lie.
struct Rows {
  SmallVector<size_t> along; ///< the result's variables within a row, innermost first; may be none
  bool sideBySide = false;   ///< its innermost variable, and the sums', counts rows
};

std::optional<Rows> rowsOf(Operation *op, RankedTensorType result) {
  auto input = cast<RankedTensorType>(op->getOperand(0).getType());
  size_t rank = size_t(input.getRank());
  int64_t lanes = blockedLanes(input);
  if (result.getShape() != resultType(op).getShape() || blockedLanes(result) != lanes)
    return std::nullopt;
  if (isa<InstanceNormOp>(op)) {
    if (lanes && rank == 4)
      return Rows{{1, 2}, true};
    Rows rows;
    for (size_t d = 0; d + 2 < rank; ++d)
      rows.along.push_back(d);
    return lanes ? std::nullopt : std::optional(rows);
  }
  if (lanes)
    return std::nullopt;
  auto softmax = [&](int64_t axis) {
    return Rows{{rank - 1 - size_t(axis)}, size_t(axis) + 1 != rank};
  };
  if (auto o = dyn_cast<SoftmaxOp>(op))
    return softmax(o.getAxis());
  if (auto o = dyn_cast<LogSoftmaxOp>(op))
    return softmax(o.getAxis());
  auto reduction = [&](ArrayRef<int64_t> axes) {
    return Rows{{}, !llvm::is_contained(axes, int64_t(rank) - 1)};
  };
  return llvm::TypeSwitch<Operation *, std::optional<Rows>>(op)
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto o) { return reduction(o.getAxes()); })
      .Default([](Operation *) { return std::nullopt; });
}

/// A block of threads: `lanes` rows side by side, `parts` threads each, which share out
/// dimension `dim` of the row's, counted from the innermost. One alone: joined ones would take
/// divisions.
struct BlockShape {
  int lanes, parts, dim;
};

int64_t extentOf(const hl::RDom &r, int d) {
  return *hl::Internal::as_const_int(hl::Internal::simplify(r[d].extent()));
}

/// The innermost dimension, or the longest where that has too few elements.
BlockShape shapeOf(const hl::RDom &r, int64_t lanes, int64_t threads) {
  int64_t parts = std::max<int64_t>(1, threads / lanes);
  int dim = 0;
  if (extentOf(r, 0) < parts)
    for (int d = 1; d < r.dimensions(); ++d)
      if (extentOf(r, d) > extentOf(r, dim))
        dim = d;
  return {int(lanes), int(std::min(parts, extentOf(r, dim))), dim};
}

/// The stage's loops, those over `sums` innermost, with its first variable (where rows lie
/// side by side) and `part` on threads, or just one thread.
void onThreads(hl::Stage stage, const std::vector<hl::Var> &args, bool sideBySide,
               std::optional<hl::Var> part, const std::vector<hl::RVar> &sums) {
  std::vector<hl::VarOrRVar> order(sums.begin(), sums.end()), threads;
  std::vector<hl::Var> outside(args);
  hl::Var one("one");
  if (sideBySide)
    threads.emplace_back(args[0]);
  if (part)
    threads.emplace_back(*part);
  // Halide would put barriers between all steps of a loop that is on no thread.
  if (threads.empty())
    threads.emplace_back(one), stage.split(args[0], outside[0], one, 1);
  order.insert(order.end(), threads.begin(), threads.end());
  for (const hl::Var &v : outside)
    if (llvm::none_of(threads, [&](const hl::VarOrRVar &t) { return t.name() == v.name(); }))
      order.emplace_back(v);
  stage.reorder(order).never_partition_all();
  for (const hl::VarOrRVar &thread : threads)
    stage.gpu_threads(thread);
}

/// The sum over `own` of a Func's update, of which each thread of `part` takes every
/// `parts`-th element, at `block`. Returns what is left of it: the loop over parts.
hl::RVar shareSum(hl::Func acc, const hl::RVar &all, int parts, bool sideBySide,
                  const hl::LoopLevel &block) {
  hl::RVar rest("rest"), own("own");
  hl::Var part("part");
  hl::Stage update = acc.update();
  update.split(all, rest, own, parts, hl::TailStrategy::GuardWithIf);
  hl::Func partial = update.rfactor(own, part);
  partial.compute_at(block);
  onThreads(partial, partial.args(), sideBySide, part, {});
  onThreads(partial.update(), partial.args(), sideBySide, part, partial.rvars());
  return own;
}

void scheduleSum(Stage &stage, const BlockShape &b, bool sideBySide, const hl::LoopLevel &block) {
  hl::Func acc = stage.acc;
  hl::RVar left = shareSum(acc, stage.domain[b.dim], b.parts, sideBySide, block);
  if (b.parts > kJoined)
    left = shareSum(acc, left, int(kJoined), sideBySide, block);
  acc.compute_at(block);
  onThreads(acc, acc.args(), sideBySide, std::nullopt, {});
  onThreads(acc.update(), acc.args(), sideBySide, std::nullopt, {left});
  acc.update().unroll(left);
}

/// Gives the result's loops to threads and blocks; returns the innermost loop over blocks.
hl::LoopLevel scheduleResult(LoweredKernel &kernel, const Rows &rows, const BlockShape &b) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars;
  std::vector<hl::VarOrRVar> order, threads, blocks;
  for (size_t d = 0; d < v.size(); ++d)
    if (!llvm::is_contained(rows.along, d) && (d || !rows.sideBySide))
      blocks.emplace_back(v[d]);
  if (rows.sideBySide) {
    hl::Var lane("lane"), lanes("lanes");
    out.split(v[0], lanes, lane, b.lanes, hl::TailStrategy::ShiftInwards);
    threads.emplace_back(lane);
    blocks.insert(blocks.begin(), lanes);
  }
  hl::Var place("place"), part("part"), block("block");
  if (!rows.along.empty()) {
    hl::Var shared = v[rows.along[size_t(b.dim)]];
    out.split(shared, place, part, b.parts, hl::TailStrategy::ShiftInwards);
    for (size_t d : rows.along)
      order.emplace_back(v[d].name() == shared.name() ? place : v[d]);
    threads.emplace_back(part);
  }
  if (threads.empty()) { // one result of a block
    out.split(v[0], block, part, 1);
    threads.emplace_back(part);
    blocks.front() = block;
  }
  order.insert(order.end(), threads.begin(), threads.end());
  order.insert(order.end(), blocks.begin(), blocks.end());
  out.reorder(order);
  if (blocks.empty()) { // one row
    out.split(part, block, part, b.parts);
    blocks.emplace_back(block);
  }
  hl::Stage whole = out;
  whole.never_partition_all();
  for (const hl::VarOrRVar &thread : threads)
    whole.gpu_threads(thread);
  overBlocks(whole, blocks);
  return {out, blocks.front().var};
}
} // namespace

bool scheduleGpuRows(LoweredKernel &kernel, ScheduleAttr schedule) {
  std::vector<Stage> &stages = kernel.stages;
  if (stages.empty() || llvm::any_of(stages, [&](const Stage &s) {
        return s.kind != Stage::Kind::Reduce || s.op != stages.front().op || s.acc.outputs() != 1 ||
               s.acc.name() == kernel.output.name();
      }))
    return false;
  std::optional<Rows> rows = rowsOf(stages.front().op, kernel.resultTensor);
  if (!rows || kernel.space.vars.empty())
    return false;
  int64_t lanes = rows->sideBySide ? std::min(physicalExtents(kernel.resultTensor)[0], kWarp) : 1;
  BlockShape b = shapeOf(stages.front().domain, lanes, schedule.get("threads", 128));
  if (b.parts < 2)
    return false;
  hl::LoopLevel block = scheduleResult(kernel, *rows, b);
  for (Stage &stage : stages)
    scheduleSum(stage, b, rows->sideBySide, block);
  return true;
}

} // namespace snc
