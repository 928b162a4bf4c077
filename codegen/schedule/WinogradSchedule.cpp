// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Winograd's convolution by strips of tiles: a strip's input is transformed once, then each
// panel of output channels is multiplied at all 36 points and transformed back at once, so
// that what lies between the steps stays in the second cache.

#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"
#include "ir/Winograd.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int kTile = winograd::kTile, kPoints = winograd::kPoints;

/// The products of one panel: register tiles of `pixels` tiles x `rows` blocks.
void scheduleProduct(Stage &stage, hl::LoopLevel panel, int pixels, int rows, int tiles) {
  hl::Func product = stage.winograd.product;
  std::vector<hl::Var> v = product.args(); // c, t, b, p, n
  hl::Var to("to");
  product.compute_at(panel)
      .bound_extent(v[1], tiles)
      .bound_extent(v[2], rows)
      .split(v[1], to, v[1], pixels)
      .reorder({v[0], v[1], v[2], to, v[3], v[4]})
      .vectorize(v[0])
      .unroll(v[1])
      .unroll(v[2]);
  std::vector<hl::Var> a = stage.acc.args();
  stage.acc.compute_at(product, to).vectorize(a[0]).unroll(a[1]).unroll(a[2]);
  stage.acc.update()
      .reorder({a[0], a[2], a[1], stage.domain.x, stage.domain.y, a[3], a[4]})
      .vectorize(a[0])
      .unroll(a[1])
      .unroll(a[2]);
}

/// The transformed input of a strip, block by block.
void scheduleInput(Stage &stage, hl::LoopLevel strip, int lanes, int tiles, bool parallel) {
  WinogradFuncs &funcs = stage.winograd;
  std::vector<hl::Var> v = funcs.input.args(); // c, t, b, p, n
  funcs.input.compute_at(strip)
      .bound(v[0], 0, lanes)
      .bound_extent(v[1], tiles)
      .bound(v[3], 0, kPoints * kPoints)
      .reorder({v[0], v[3], v[1], v[2], v[4]})
      .vectorize(v[0])
      .unroll(v[3]);
  if (parallel)
    funcs.input.parallel(v[2]);
  std::vector<hl::Var> c = funcs.inputColumns.args(); // c, j, i, t, b, n
  funcs.inputColumns.compute_at(funcs.input, v[1])
      .reorder({c[0], c[2], c[1], c[3], c[4], c[5]})
      .vectorize(c[0])
      .unroll(c[1])
      .unroll(c[2]);
  stage.pad.compute_at(funcs.input, v[2]).vectorize(stage.pad.args()[0]);
}
} // namespace

void scheduleWinograd(LoweredKernel &kernel, Stage &stage, ScheduleAttr schedule) {
  hl::Func out = kernel.output, columns = stage.winograd.columns;
  auto op = cast<ConvOp>(stage.op);
  auto shape = op.getType().getShape();
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var x = v[1], y = v[2], cb = v[3], xt("xt"), yt("yt"), ys("ys"), cbo("cbo");
  int64_t rows = schedule.get("rows", 1), strips = schedule.get("strips", 1);
  int64_t height = winograd::tiles(shape[2]);
  int64_t lines = std::min(schedule.get("lines", 1), height);
  int tiles = int(lines * winograd::tiles(shape[3]));
  bool channelsOuter = schedule.get("channels_outer", 0);
  out.split(x, xt, x, kTile, hl::TailStrategy::GuardWithIf)
      .split(y, ys, y, int(lines * kTile), hl::TailStrategy::GuardWithIf)
      .split(y, yt, y, kTile)
      .split(cb, cbo, cb, int(rows))
      .reorder({v[0], x, y, xt, yt, cb, cbo, ys, v[4]})
      .vectorize(v[0])
      .unroll(x)
      .unroll(y);
  if (channelsOuter)
    parallelStrips(out, cbo, llvm::divideCeil(shape[1], kernel.space.coords.lanes * rows), strips);
  else
    parallelStrips(out, ys, llvm::divideCeil(height, lines), strips);
  std::vector<hl::Var> c = columns.args(); // c, j, i, t, b, n
  columns.compute_at(out, xt)
      .bound_extent(c[3], 1)
      .reorder({c[0], c[2], c[1], c[3], c[4], c[5]})
      .vectorize(c[0])
      .unroll(c[1])
      .unroll(c[2]);
  int pixels = int(std::min<int64_t>(schedule.get("pixels", 1), tiles));
  scheduleProduct(stage, {out, cbo}, pixels, int(rows), tiles);
  int lanes = int(blockedLanes(op.getInput().getType()));
  scheduleInput(stage, {out, ys}, lanes, tiles, channelsOuter && strips > 1);
}

} // namespace snc
