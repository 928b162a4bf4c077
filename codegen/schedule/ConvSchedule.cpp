// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions over channel blocks: a tile of `rows` output blocks x `pixels` stays
// in registers while all inputs stream by; one broadcast a pixel and `rows` weight
// loads an input channel.

#include "codegen/schedule/PrefetchWeights.h"
#include "codegen/schedule/Schedules.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

hl::Var parallelStrips(hl::Func f, hl::Var var, int64_t extent, int64_t strips) {
  if (strips <= 1 || extent < 2)
    return var;
  hl::Var outer(var.name() + "_strip");
  // Strips may not overlap: another strip may be writing there.
  f.split(var, outer, var, int(llvm::divideCeil(extent, strips)), hl::TailStrategy::GuardWithIf)
      .parallel(outer);
  return outer;
}

void registerTile(hl::Func acc, const hl::RDom &r, const hl::LoopLevel &level) {
  std::vector<hl::Var> v = acc.args(); // c, x, y, cb, n
  acc.compute_at(level).vectorize(v[0]).unroll(v[1]).unroll(v[3]);
  acc.update()
      .reorder({v[0], v[3], v[1], r.x, r.y, r.z, r.w, v[2], v[4]})
      .vectorize(v[0])
      .unroll(v[1])
      .unroll(v[3]);
}

/// Vectorises a Func in blocked layout over its lanes, a plain one over its rows.
static void vectorizeInner(hl::Func f, RankedTensorType type) {
  hl::Var inner = f.args()[0];
  if (int64_t lanes = blockedLanes(type))
    f.bound(inner, 0, int(lanes)).vectorize(inner);
  else
    f.vectorize(inner, 8, hl::TailStrategy::RoundUp);
}

void placeInput(Stage &conv, const hl::LoopLevel &level) {
  hl::Func f = conv.pad.defined() ? conv.pad : conv.source;
  if (!f.defined())
    return;
  f.compute_at(level);
  vectorizeInner(f, cast<RankedTensorType>(cast<ConvOp>(conv.op).getInput().getType()));
}

/// Keeps a partial sum for all tiles of a panel, so that they share weights that the
/// first cache holds.
static void placePart(PartialSum &part, const hl::LoopLevel &panel, int pixels, int rows) {
  hl::Func sum = part.sum;
  std::vector<hl::Var> v = sum.args(); // c, x, y, cb, n
  hl::Var xo("xo");
  sum.compute_at(panel)
      .bound_extent(v[3], rows)
      .split(v[1], xo, v[1], pixels)
      .reorder({v[0], v[1], v[3], xo, v[2], v[4]})
      .vectorize(v[0])
      .unroll(v[1])
      .unroll(v[3])
      .never_partition(xo);
  registerTile(part.acc, part.domain, {sum, xo});
}

static int64_t constant(const hl::Expr &e) {
  auto value = hl::Internal::as_const_int(hl::Internal::simplify(e));
  return value ? *value : 1;
}

/// Prefetches the panel after the one that is computed, a share with each tile.
/// `tiles` x `height` make a panel of `rows` blocks; strips are of `panelsPerStrip`.
static void prefetchPanels(LoweredKernel &kernel, const Stage &conv, int64_t tiles, int64_t height,
                           int64_t rows, int64_t panelsPerStrip) {
  auto op = cast<ConvOp>(conv.op);
  auto weight = dyn_cast<BlockArgument>(op.getWeight());
  auto packed = dyn_cast_if_present<PackedAttr>(
      cast<RankedTensorType>(op.getWeight().getType()).getEncoding());
  if (!weight || !packed)
    return;
  auto taps = cast<RankedTensorType>(op.getWeight().getType()).getShape();
  int64_t depth = int64_t(llvm::alignTo(uint64_t(taps[1]), uint64_t(packed.getInputLanes()))) *
                  taps[2] * taps[3];
  WeightPrefetch prefetch;
  prefetch.buffer = kernel.arguments[weight.getArgNumber()].name();
  prefetch.panel = ".cbo";
  prefetch.strip = ".cbo_strip";
  prefetch.panelsPerStrip = panelsPerStrip;
  prefetch.row = "." + kernel.space.vars[2].name();
  prefetch.tile = ".xo";
  prefetch.tilesPerRow = tiles;
  prefetch.rows = height;
  prefetch.panelElements = depth * rows * packed.getLanes();
  // Each part of the sum fetches as much behind it: the next part, or of the next panel.
  int64_t total = constant(conv.domain.w.min()) + constant(conv.domain.w.extent());
  auto add = [&](const hl::Func &acc, const hl::RDom &domain) {
    hl::RVar outermost = domain.w;
    prefetch.reduction = acc.name() + ".s1." + outermost.name();
    prefetch.steps = constant(outermost.extent());
    prefetch.elements = prefetch.panelElements * prefetch.steps / total;
    prefetch.first = prefetch.panelElements * constant(outermost.min()) / total + prefetch.elements;
    kernel.passes.push_back(prefetchWeights(prefetch));
  };
  for (const PartialSum &part : conv.parts)
    add(part.acc, part.domain);
  add(conv.acc, conv.domain);
}

void scheduleConv(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  auto op = cast<ConvOp>(conv.op);
  auto shape = op.getType().getShape();
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var x = v[1], y = v[2], cb = v[3], xo("xo"), cbo("cbo");
  int64_t pixels = std::min<int64_t>(schedule.get("pixels", 4), shape[3]);
  int64_t rows = schedule.get("rows", 1), strips = schedule.get("strips", 1);
  int64_t panels = llvm::divideCeil(shape[1], kernel.space.coords.lanes * rows);
  bool channelsOuter = schedule.get("channels_outer", 0);
  out.split(x, xo, x, int(pixels)).split(cb, cbo, cb, int(rows), hl::TailStrategy::GuardWithIf);
  if (channelsOuter)
    out.reorder({v[0], x, cb, xo, y, cbo, v[4]});
  else
    out.reorder({v[0], x, cb, xo, cbo, y, v[4]});
  out.vectorize(v[0]).unroll(x).unroll(cb);
  int64_t height = shape[2], tiles = int64_t(llvm::divideCeil(shape[3], pixels));
  // With one row, strips are of its tiles.
  bool oneRow = height == 1 && channelsOuter;
  hl::Var cut = oneRow ? xo : y;
  int64_t &cuts = oneRow ? tiles : height;
  bool byRows = strips > 1 && cuts > 1 && (!channelsOuter || schedule.get("by_rows", 0));
  hl::Var strip = byRows ? parallelStrips(out, cut, cuts, strips)
                         : parallelStrips(out, cbo, channelsOuter ? panels : 1, strips);
  if (byRows)
    cuts = int64_t(llvm::divideCeil(cuts, strips));
  if (byRows && channelsOuter)
    out.reorder({cut, cbo, strip});
  registerTile(conv.acc, conv.domain, {out, xo});
  for (PartialSum &part : conv.parts)
    placePart(part, {out, cbo}, int(pixels), int(rows));
  if (channelsOuter && schedule.get("prefetch", 0)) {
    out.never_partition(xo); // one loop, whose variable tells the tiles apart
    prefetchPanels(kernel, conv, tiles, height, rows, int64_t(llvm::divideCeil(panels, strips)));
  }
  // The padded copy is made once a strip of rows, or once where strips are channels.
  placeInput(conv, byRows ? hl::LoopLevel(out, strip) : hl::LoopLevel::root());
}

void tapTile(Stage &taps, const hl::LoopLevel &level) {
  hl::Func acc = taps.acc;
  std::vector<hl::Var> v = acc.args(); // c, x, y, cb, n
  hl::RDom r = taps.domain;
  acc.compute_at(level).vectorize(v[0]).unroll(v[1]);
  // Tap by tap over all pixels: sums of one pixel would wait for each other.
  acc.update()
      .reorder({v[0], v[1], r.x, r.y, v[2], v[3], v[4]})
      .vectorize(v[0])
      .unroll(v[1])
      .unroll(r.x);
  auto weight = cast<RankedTensorType>(cast<ConvOp>(taps.op).getWeight().getType()).getShape();
  if (weight[2] * weight[3] <= 25)
    acc.update().unroll(r.y);
}

void keepRows(Stage &taps, const hl::LoopLevel &kept, const hl::LoopLevel &each, Stage *expand,
              int chunk) {
  hl::Func rows = taps.pad;
  auto op = cast<ConvOp>(taps.op);
  auto weight = cast<RankedTensorType>(op.getWeight().getType()).getShape();
  int64_t window = std::max((weight[2] - 1) * op.getDilations()[0] + 1, op.getStrides()[0]);
  std::vector<hl::Var> v = rows.args(); // c, x, y, cb, n
  rows.bound(v[0], 0, int(blockedLanes(op.getInput().getType())))
      .store_at(kept)
      .compute_at(each)
      .fold_storage(v[2], int(llvm::PowerOf2Ceil(uint64_t(window))));
  int last = rows.num_update_definitions() - 1;
  for (int i = 0; i < last; ++i)
    rows.update(i).vectorize(v[0]);
  hl::Var cbo("cbo");
  hl::RDom r = taps.interior;
  rows.update(last)
      .split(v[3], cbo, v[3], chunk, hl::TailStrategy::GuardWithIf)
      .reorder({v[0], r.x, v[3], r.y, cbo, v[2], v[4]})
      .vectorize(v[0])
      .unroll(r.x)
      .unroll(v[3]);
  if (expand)
    registerTile(expand->acc, expand->domain, {rows, r.y});
}

void scheduleDepthwise(LoweredKernel &kernel, Stage &taps, ScheduleAttr schedule) {
  hl::Func out = kernel.output;
  auto op = cast<ConvOp>(taps.op);
  auto shape = op.getType().getShape();
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var x = v[1], y = v[2], cb = v[3], xo("xo");
  int64_t pixels = std::min<int64_t>(schedule.get("pixels", 4), shape[3]);
  int64_t strips = schedule.get("strips", 1);
  int64_t blocks = llvm::divideCeil(shape[1], kernel.space.coords.lanes);
  out.split(x, xo, x, int(pixels)).reorder({v[0], x, xo, y, cb, v[4]}).vectorize(v[0]).unroll(x);
  if (schedule.get("by_rows", 0)) {
    hl::Var strip = parallelStrips(out, y, shape[2], strips);
    if (strip.name() != y.name())
      out.reorder({y, cb, strip});
  } else {
    parallelStrips(out, cb, blocks, strips);
  }
  tapTile(taps, {out, xo});
  if (!taps.pad.defined())
    return;
  if (schedule.get("pad_block", 0)) {
    taps.pad.compute_at(out, cb);
    vectorizeInner(taps.pad, cast<RankedTensorType>(op.getInput().getType()));
  } else {
    keepRows(taps, {out, cb}, {out, y});
  }
}

} // namespace snc
