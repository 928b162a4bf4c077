// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions over channel blocks: a thread keeps the sums of one lane, of `rows` output
// blocks at `pixels` places, in registers. The lanes of a block are neighbouring threads:
// they load weights and store results together, and the pixels that they share are read
// once for all of them. Operands come through the caches; GpuConvStaged.cpp copies them.

#include "codegen/schedule/gpu/GpuGrid.h"
#include "codegen/schedule/gpu/GpuSchedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// Cuts the result into tiles of `pixels` x `rows` blocks, a thread each. Returns the loop
/// over threads.
hl::LoopLevel tile(LoweredKernel &kernel, int pixels, int rows, int64_t threads) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var c = v[0], x = v[1], y = v[2], cb = v[3], xo("xo"), cbo("cbo");
  SmallVector<int64_t> extents = physicalExtents(kernel.resultTensor);
  // Tiles at the rim move inwards: threads may write the same numbers twice.
  out.split(x, xo, x, pixels, hl::TailStrategy::ShiftInwards)
      .split(cb, cbo, cb, rows, hl::TailStrategy::ShiftInwards)
      .reorder({x, cb, c, xo, y, cbo, v[4]})
      .unroll(x)
      .unroll(cb);
  std::vector<GridLoop> loops{{c, extents[0]},
                              {xo, int64_t(llvm::divideCeil(extents[1], pixels))},
                              {y, extents[2]},
                              {cbo, int64_t(llvm::divideCeil(extents[3], rows))},
                              {v[4], extents[4]}};
  return {out, spreadOverGrid(out, loops, threads, hl::TailStrategy::ShiftInwards).var};
}

int pixelsOf(LoweredKernel &kernel, ScheduleAttr schedule) {
  return int(std::min(schedule.get("pixels", 4), kernel.resultTensor.getDimSize(3)));
}
} // namespace

void scheduleGpuConv(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule) {
  if (schedule.get("stage", 0) && scheduleGpuConvStaged(kernel, conv, schedule))
    return;
  int64_t blocks = physicalExtents(kernel.resultTensor)[3];
  int rows = int(std::min(schedule.get("rows", 1), blocks));
  int pixels = pixelsOf(kernel, schedule);
  hl::LoopLevel thread = tile(kernel, pixels, rows, schedule.get("threads", 128));
  hl::Func acc = conv.acc;
  std::vector<hl::Var> v = acc.args(); // c, x, y, cb, n
  hl::RDom r = conv.domain;
  acc.compute_at(thread).unroll(v[1]).unroll(v[3]);
  // Four channels of a pixel lie together: one load.
  acc.update()
      .reorder({v[3], v[1], r.x, r.y, r.z, r.w, v[0], v[2], v[4]})
      .unroll(v[3])
      .unroll(v[1])
      .never_partition_all();
  auto lanes = hl::Internal::as_const_int(hl::Internal::simplify(r.x.extent()));
  if (lanes && *lanes % 4 == 0 && *lanes > 4)
    acc.update().unroll(r.x, 4);
  else
    acc.update().unroll(r.x);
}

void scheduleGpuDepthwise(LoweredKernel &kernel, Stage &taps, ScheduleAttr schedule) {
  hl::LoopLevel thread = tile(kernel, pixelsOf(kernel, schedule), 1, schedule.get("threads", 128));
  hl::Func acc = taps.acc;
  std::vector<hl::Var> v = acc.args(); // c, x, y, cb, n
  hl::RDom r = taps.domain;
  acc.compute_at(thread).unroll(v[1]);
  acc.update().reorder({v[1], r.x, r.y, v[0], v[2], v[3], v[4]}).unroll(v[1]).never_partition_all();
  auto weight = cast<RankedTensorType>(cast<ConvOp>(taps.op).getWeight().getType()).getShape();
  // A row of taps at once, so that pixels share what they load.
  acc.update().unroll(r.x);
  if (weight[2] * weight[3] <= 25)
    acc.update().unroll(r.y);
}

} // namespace snc
