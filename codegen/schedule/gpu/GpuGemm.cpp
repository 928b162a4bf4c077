// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products: a thread has one column of `rows` rows, so that neighbours read a row
// of the panel together; and sums over planes, shared out over the threads of a block.

#include "codegen/schedule/gpu/GpuGrid.h"
#include "codegen/schedule/gpu/GpuSchedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

void scheduleGpuGemm(LoweredKernel &kernel, Stage &gemm, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  auto op = cast<GemmOp>(gemm.op);
  auto shape = op.getType().getShape();
  auto packed = cast<PackedAttr>(cast<RankedTensorType>(op.getB().getType()).getEncoding());
  int64_t lanes = packed.getLanes();
  if (shape[1] % lanes)
    return scheduleGpuGeneric(kernel, schedule);
  hl::Var n = kernel.space.vars[0], m = kernel.space.vars[1], q("q"), p("p"), mo("mo");
  int rows = int(std::min(schedule.get("rows", 1), shape[0]));
  out.split(n, p, q, int(lanes))
      .split(m, mo, m, rows, hl::TailStrategy::ShiftInwards)
      .reorder({m, q, p, mo})
      .unroll(m);
  std::vector<GridLoop> loops{
      {q, lanes}, {p, shape[1] / lanes}, {mo, int64_t(llvm::divideCeil(shape[0], rows))}};
  hl::LoopLevel thread(
      out,
      spreadOverGrid(out, loops, schedule.get("threads", 128), hl::TailStrategy::ShiftInwards).var);
  std::vector<hl::Var> v = gemm.acc.args(); // q, p, m
  gemm.acc.compute_at(thread).unroll(v[2]);
  gemm.acc.update().reorder({v[2], gemm.domain.x, v[0], v[1]}).unroll(v[2]).never_partition_all();
}

bool scheduleGpuReduce(LoweredKernel &kernel, Stage &sum, ScheduleAttr schedule) {
  std::vector<hl::Var> v = sum.acc.args(); // c, cb, n
  int64_t lanes = kernel.space.coords.lanes;
  auto source = dyn_cast<RankedTensorType>(sum.op->getOperand(0).getType());
  if (sum.kind != Stage::Kind::Reduce || !lanes || v.size() != 3 || kernel.space.vars.size() != 5 ||
      source.getRank() != 4 || blockedLanes(source) != lanes ||
      physicalExtents(kernel.resultTensor)[1] * physicalExtents(kernel.resultTensor)[2] != 1)
    return false;
  int64_t rows = source.getDimSize(2), columns = source.getDimSize(3);
  int64_t parts = std::clamp<int64_t>(schedule.get("parts", 8), 1, std::max(rows, columns));
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &o = kernel.space.vars;
  out.reorder({o[0], o[3], o[1], o[2], o[4]}).gpu_threads(o[0]).gpu_blocks(o[3]);
  hl::Var part("part");
  hl::RVar longer = rows >= columns ? sum.domain.y : sum.domain.x, rest("rest"), own("own");
  hl::Stage update = sum.acc.update();
  update.split(longer, rest, own, int(parts), hl::TailStrategy::GuardWithIf);
  hl::Func partial = update.rfactor(own, part);
  std::vector<hl::Var> p = partial.args(); // c, cb, n, part
  partial.compute_at(out, o[3]).reorder({p[0], p[3], p[1], p[2]}).gpu_threads(p[0], p[3]);
  hl::Stage sums = partial.update();
  sums.never_partition_all();
  std::vector<hl::VarOrRVar> order;
  for (const hl::RVar &r : partial.rvars())
    order.emplace_back(r);
  for (size_t d : {0, 3, 1, 2})
    order.emplace_back(p[d]);
  sums.reorder(order).gpu_threads(p[0], p[3]);
  sum.acc.compute_at(out, o[0]);
  return true;
}

} // namespace snc
