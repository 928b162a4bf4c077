// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrix products over packed panels: the accumulators of one panel and `rows`
// rows stay in registers, weights are read once and in order.

#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

void scheduleGemm(LoweredKernel &kernel, Stage &gemm, ScheduleAttr schedule, const Target &target) {
  hl::Func out = kernel.output;
  auto op = cast<GemmOp>(gemm.op);
  auto packed = cast<PackedAttr>(cast<RankedTensorType>(op.getB().getType()).getEncoding());
  auto shape = op.getType().getShape();
  int64_t lanes = packed.getLanes(), rows = std::min(schedule.get("rows", 1), shape[0]);
  int vector = int(std::min(target.vectorLanes, lanes));
  hl::Var n = kernel.space.vars[0], m = kernel.space.vars[1], no("no"), ni("ni"), mo("mo"),
          nv("nv");
  out.split(n, no, ni, int(lanes), hl::TailStrategy::GuardWithIf)
      .split(ni, ni, nv, vector, hl::TailStrategy::GuardWithIf)
      .split(m, mo, m, int(rows), hl::TailStrategy::GuardWithIf)
      .reorder({nv, ni, m, mo, no})
      .vectorize(nv);
  parallelStrips(out, no, int64_t(llvm::divideCeil(shape[1], lanes)), schedule.get("strips", 1));
  std::vector<hl::Var> v = gemm.acc.args(); // q, p, m
  hl::Var qv("qv");
  gemm.acc.compute_at(out, mo)
      .bound_extent(v[2], int(rows))
      .split(v[0], v[0], qv, vector)
      .vectorize(qv)
      .unroll(v[0])
      .unroll(v[2]);
  gemm.acc.update()
      .split(v[0], v[0], qv, vector)
      .reorder({qv, v[0], v[2], gemm.domain.x, v[1]})
      .vectorize(qv)
      .unroll(v[0])
      .unroll(v[2]);
  if (op.getA().getDefiningOp())
    kernel.view(op.getA()).func.compute_root();
}

} // namespace snc
