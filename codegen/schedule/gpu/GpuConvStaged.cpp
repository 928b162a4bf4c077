// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions whose operands pass through shared memory: a block of threads computes
// `rows` output blocks at a rectangle of pixels. For each block of input channels it copies
// the pixels that the rectangle needs, for each tap of these the slice of the weights'
// panel, both as they lie in memory; then every thread multiplies from the copies into
// sums of its own.

#include "codegen/schedule/gpu/GpuGrid.h"
#include "codegen/schedule/gpu/GpuSchedules.h"
#include "codegen/schedule/gpu/PrivateSums.h"
#include "codegen/schedule/gpu/StagingBarriers.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int kBanks = 32, kWarp = 32;
// Lanes that the sum takes at once; of fewer, barriers would take longer than products.
constexpr int64_t kFewestLanes = 4;

/// A block of threads: the lanes of a channel block times `across` x `down`; each has
/// `pixels` places of a row, `across` apart, so that neighbours read neighbouring pixels.
struct BlockShape {
  int lanes, across, down, pixels, rows;
  int width() const { return across * pixels; }
};

/// The places in a rectangle of pixels, as loops of a stage over x and y.
struct Places {
  hl::Var across{"across"}, down{"down"}, pixel{"pixel"};
};

/// Cuts the loops over x and y of a stage that covers one rectangle.
void spread(hl::Stage stage, const std::vector<hl::Var> &v, const Places &p, const BlockShape &b,
            const std::vector<hl::VarOrRVar> &sums, const std::vector<hl::VarOrRVar> &outside) {
  stage.split(v[1], p.pixel, p.across, b.across);
  std::vector<hl::VarOrRVar> order{v[3], p.pixel};
  order.insert(order.end(), sums.begin(), sums.end());
  for (const hl::Var &thread : {v[0], p.across, v[2]})
    order.emplace_back(thread);
  order.insert(order.end(), outside.begin(), outside.end());
  stage.reorder(order).unroll(v[3]).unroll(p.pixel).gpu_threads(v[0], p.across, v[2]);
}

/// Tiles of the result, one a block of threads. Returns the loop over blocks.
hl::LoopLevel tile(LoweredKernel &kernel, const BlockShape &b) {
  hl::Func out = kernel.output;
  const std::vector<hl::Var> &v = kernel.space.vars;
  hl::Var xo("xo"), yo("yo"), cbo("cbo");
  // Tiles at the rim move inwards: two blocks may write the same numbers.
  out.split(v[1], xo, v[1], b.width(), hl::TailStrategy::ShiftInwards)
      .split(v[2], yo, v[2], b.down, hl::TailStrategy::ShiftInwards)
      .split(v[3], cbo, v[3], b.rows, hl::TailStrategy::ShiftInwards);
  spread(out, v, Places(), b, {}, {xo, yo, cbo, v[4]});
  hl::Stage whole = out;
  whole.never_partition_all();
  overBlocks(whole, {xo, yo, cbo, v[4]});
  return {out, xo};
}

/// Loads that do not wait for each other are all under way at once; more than that only
/// lengthen the code.
constexpr int kMostUnrolled = 8;

/// Copies the pixels that a tile needs, `extent` = lanes, width, height: neighbours in
/// memory are on neighbouring threads.
void stageInput(hl::Func pixels, const hl::LoopLevel &step, const BlockShape &b,
                std::array<int, 3> extent, int stride) {
  std::vector<hl::Var> v = pixels.args(); // c, x, y, cb, n
  hl::Var xo("xo"), yo("yo"), co("co");
  pixels.compute_at(step)
      .store_in(hl::MemoryType::GPUShared)
      .bound_extent(v[0], extent[0])
      .bound_extent(v[1], extent[1])
      .bound_extent(v[2], extent[2])
      .split(v[0], co, v[0], b.lanes, hl::TailStrategy::GuardWithIf)
      .split(v[1], xo, v[1], b.across, hl::TailStrategy::GuardWithIf)
      .split(v[2], yo, v[2], b.down, hl::TailStrategy::GuardWithIf)
      .reorder({co, xo, yo, v[0], v[1], v[2], v[3], v[4]})
      .gpu_threads(v[0], v[1], v[2]);
  hl::Stage(pixels).never_partition_all();
  if (extent[1] <= b.across * kMostUnrolled)
    pixels.unroll(xo);
  // A warp reads that many pixels at once; where they are a multiple of the banks apart,
  // four more elements between them put them into different ones.
  int together = std::max(1, std::min(kWarp / b.lanes, b.across));
  if (together * stride * extent[0] > kBanks)
    pixels.align_storage(v[0], extent[0] + 4);
}

/// Copies a slice of a panel, `depth` channels of the input, which is contiguous. In the
/// copy a thread's rows lie together: one load.
void stageWeights(hl::Func slice, const hl::LoopLevel &step, const BlockShape &b, int depth) {
  std::vector<hl::Var> v = slice.args(); // lane, row, k, panel
  hl::Var rk("rk"), part("part"), across("across"), down("down");
  slice.compute_at(step)
      .store_in(hl::MemoryType::GPUShared)
      .reorder_storage(v[1], v[0], v[2], v[3])
      .bound_extent(v[0], b.lanes)
      .bound_extent(v[1], b.rows)
      .bound_extent(v[2], depth)
      .fuse(v[1], v[2], rk)
      .split(rk, part, across, b.across * b.down, hl::TailStrategy::GuardWithIf)
      .split(across, down, across, b.across)
      .reorder({part, v[0], across, down, v[3]})
      .gpu_threads(v[0], across, down);
  hl::Stage(slice).never_partition_all();
  if (b.rows * depth <= b.across * b.down * kMostUnrolled)
    slice.unroll(part);
}

/// What a tile reads of a block of input channels: lanes, width and height.
std::array<int, 3> pixelsOf(ConvOp op, const BlockShape &b, int lanes) {
  auto window = cast<RankedTensorType>(op.getWeight().getType()).getShape();
  auto reach = [&](int places, size_t d) {
    return int((places - 1) * op.getStrides()[d] + (window[2 + d] - 1) * op.getDilations()[d] + 1);
  };
  return {lanes, reach(b.width(), 1), reach(b.down, 0)};
}
} // namespace

bool scheduleGpuConvStaged(LoweredKernel &kernel, Stage &conv, ScheduleAttr schedule) {
  auto op = cast<ConvOp>(conv.op);
  auto packed = cast<PackedAttr>(cast<RankedTensorType>(op.getWeight().getType()).getEncoding());
  SmallVector<int64_t> extents = physicalExtents(kernel.resultTensor);
  BlockShape b{int(extents[0]), int(schedule.get("across", 8)), int(schedule.get("down", 1)),
               int(schedule.get("pixels", 4)), int(schedule.get("rows", 1))};
  int64_t inputLanes = blockedLanes(op.getInput().getType());
  hl::RDom r = conv.domain;
  auto step = hl::Internal::as_const_int(hl::Internal::simplify(r.x.extent()));
  if (packed.getLanes() != b.lanes || packed.getRows() != b.rows || extents[3] % b.rows ||
      b.width() > extents[1] || b.down > extents[2] || !inputLanes || !step || *step < kFewestLanes)
    return false;
  hl::LoopLevel block = tile(kernel, b);
  hl::Func acc = conv.acc;
  std::vector<hl::Var> v = acc.args(); // c, x, y, cb, n
  acc.compute_at(block).store_in(hl::MemoryType::Register);
  spread(acc, v, Places(), b, {}, {v[4]});
  spread(acc.update(), v, Places(), b, {r.x}, {r.y, r.z, r.w, v[4]});
  acc.update().unroll(r.x, 4).never_partition_all();
  hl::Func input = conv.pad.defined() ? conv.pad : kernel.view(op.getInput()).func.in(acc);
  stageInput(input, {acc, r.w}, b, pixelsOf(op, b, int(*step)), int(op.getStrides()[1]));
  stageWeights(kernel.view(op.getWeight()).func.in(acc), {acc, r.y}, b, int(*step));
  kernel.passes.push_back(privateSums(acc.name()));
  kernel.passes.push_back(stagingBarriers());
  return true;
}

} // namespace snc
