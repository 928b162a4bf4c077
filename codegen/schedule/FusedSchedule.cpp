// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An inverted residual, or its first or second half, in one pass over the picture's
// rows: the rows that the depthwise window needs are kept and slide along, so the
// expanded tensor never leaves the cache.

#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// The convolutions of a fused kernel.
struct Parts {
  Stage *expand = nullptr, *depthwise = nullptr, *project = nullptr;
};

Parts partsOf(LoweredKernel &kernel) {
  Parts parts;
  for (Stage &stage : kernel.stages) {
    if (stage.kind == Stage::Kind::Depthwise)
      parts.depthwise = &stage;
    else
      (parts.depthwise ? parts.project : parts.expand) = &stage;
  }
  return parts;
}

void scheduleRows(const Parts &parts, ScheduleAttr schedule, const hl::LoopLevel &kept,
                  const hl::LoopLevel &each) {
  int chunk = parts.expand ? int(schedule.get("expand_rows", 1)) : 1;
  keepRows(*parts.depthwise, kept, each, parts.expand, chunk);
}

/// Ends in the depthwise convolution: chunks of channels, each row by row.
void scheduleFirstHalf(LoweredKernel &kernel, const Parts &parts, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var x = v[1], y = v[2], cb = v[3], xo("xo"), cbo("cbo");
  auto shape = kernel.resultTensor.getShape();
  int chunk = int(schedule.get("expand_rows", 1));
  int pixels = int(std::min<int64_t>(schedule.get("dw_pixels", 8), shape[3]));
  int64_t strips = schedule.get("strips", 1);
  int64_t chunks = llvm::divideCeil(shape[1], kernel.space.coords.lanes * chunk);
  out.split(x, xo, x, pixels)
      .split(cb, cbo, cb, chunk, hl::TailStrategy::GuardWithIf)
      .reorder({v[0], x, xo, cb, y, cbo, v[4]})
      .vectorize(v[0])
      .unroll(x);
  hl::Var strip = y;
  if (schedule.get("channels_outer", 0)) {
    parallelStrips(out, cbo, chunks, strips);
  } else if (strip = parallelStrips(out, y, shape[2], strips); strip.name() != y.name()) {
    out.reorder({y, cbo, strip});
  }
  if (parts.expand)
    placeInput(*parts.expand,
               strip.name() == y.name() ? hl::LoopLevel::root() : hl::LoopLevel(out, strip));
  tapTile(*parts.depthwise, {out, xo});
  scheduleRows(parts, schedule, {out, cbo}, {out, y});
}

/// Ends in a pointwise convolution that reads all channels of a row.
void scheduleWhole(LoweredKernel &kernel, const Parts &parts, ScheduleAttr schedule) {
  hl::Func out = kernel.output, filtered = parts.project->source;
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var x = v[1], y = v[2], cb = v[3], xo("xo"), cbo("cbo");
  auto shape = kernel.resultTensor.getShape();
  int pixels = int(std::min<int64_t>(schedule.get("pixels", 8), shape[3]));
  out.split(x, xo, x, pixels)
      .split(cb, cbo, cb, int(schedule.get("rows", 1)), hl::TailStrategy::GuardWithIf)
      .reorder({v[0], x, cb, xo, cbo, y, v[4]})
      .vectorize(v[0])
      .unroll(x)
      .unroll(cb);
  hl::Var strip = parallelStrips(out, y, shape[2], schedule.get("strips", 1));
  registerTile(parts.project->acc, parts.project->domain, {out, xo});
  std::vector<hl::Var> d = filtered.args();
  hl::Var dxo("dxo");
  int lanes = int(blockedLanes(cast<ConvOp>(parts.project->op).getInput().getType()));
  int wide = int(std::min<int64_t>(schedule.get("dw_pixels", 8), shape[3]));
  filtered.compute_at(out, y)
      .bound(d[0], 0, lanes)
      .split(d[1], dxo, d[1], wide)
      .reorder({d[0], d[1], dxo, d[2], d[3]})
      .vectorize(d[0])
      .unroll(d[1]);
  tapTile(*parts.depthwise, {filtered, dxo});
  hl::LoopLevel kept =
      strip.name() == y.name() ? hl::LoopLevel(out, v[4]) : hl::LoopLevel(out, strip);
  scheduleRows(parts, schedule, kept, {out, y});
}
} // namespace

void scheduleFused(LoweredKernel &kernel, ScheduleAttr schedule) {
  Parts parts = partsOf(kernel);
  if (parts.project)
    scheduleWhole(kernel, parts, schedule);
  else
    scheduleFirstHalf(kernel, parts, schedule);
}

} // namespace snc
