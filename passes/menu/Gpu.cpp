// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels for a GPU: how much a thread computes. docs/schedules.md has the reasons.

#include "ir/FlatPlane.h"
#include "ir/Layout.h"
#include "passes/ScheduleMenu.h"
#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

namespace {
// A block of four warps hides its own latencies and leaves room for several on a processor.
constexpr int64_t kThreads = 128;
// Fewer threads than this leave processors of a small GPU idle: 16 of them, 512 each.
constexpr int64_t kEnoughThreads = 8192;
// Sums, and what they are made of, in the 64 registers that let half of all threads run.
constexpr int64_t kMostSums = 32;

int64_t blocksOf(RankedTensorType type) {
  return int64_t(llvm::divideCeil(type.getDimSize(1), blockedLanes(type)));
}

/// Loads for each multiply-add of a tile, and whether enough threads have one.
struct Tile {
  int64_t pixels, rows, threads;
  double loads() const { return 1.0 / double(pixels) + 1.0 / double(rows); }
  bool enough() const { return threads >= kEnoughThreads; }
};

/// Tiles of a plane of `width` x `height`, best first: those that fill the machine, then
/// by loads; where none fills it, by threads.
SmallVector<Tile> tiles(int64_t width, int64_t height, int64_t blocks, int64_t lanes) {
  SmallVector<Tile> all;
  for (int64_t rows : {1, 2, 4})
    for (int64_t pixels : {1, 2, 4, 7, 8}) {
      if (blocks % rows || pixels > width || pixels * rows > kMostSums)
        continue;
      // Tiles that overlap compute some pixels twice.
      int64_t perRow = llvm::divideCeil(width, pixels);
      if (perRow * pixels * 4 > width * 5)
        continue;
      all.push_back({pixels, rows, lanes * perRow * height * (blocks / rows)});
    }
  llvm::stable_sort(all, [](const Tile &a, const Tile &b) {
    if (a.enough() != b.enough())
      return a.enough();
    return a.enough() ? a.loads() < b.loads() : a.threads > b.threads;
  });
  return all;
}

Menu convolutions(ConvOp conv, const MenuContext &context) {
  RankedTensorType type = conv.getType();
  int64_t lanes = blockedLanes(type);
  bool depthwise = conv.isDepthwise();
  if (!lanes || conv.getWeight().getDefiningOp() || (!depthwise && conv.getGroup() != 1) ||
      (depthwise && blockedLanes(conv.getInput().getType()) != lanes))
    return {};
  bool flat = !depthwise && hasFlatPlane(conv->getParentOfType<KernelOp>());
  int64_t width = type.getDimSize(3), height = type.getDimSize(2) * type.getDimSize(0);
  if (flat) {
    width *= type.getDimSize(2);
    height = type.getDimSize(0);
  }
  Menu menu;
  for (const Tile &t : tiles(width, height, blocksOf(type), lanes)) {
    if (depthwise && t.rows > 1)
      continue;
    ScheduleAttr schedule =
        depthwise
            ? context.make("gpu_depthwise", {{"pixels", t.pixels}, {"threads", kThreads}})
            : context.make(
                  "gpu_conv",
                  {{"pixels", t.pixels}, {"rows", t.rows}, {"flat", flat}, {"threads", kThreads}});
    if (menu.size() < kMenuSize && !llvm::is_contained(menu, schedule))
      menu.push_back(schedule);
  }
  return menu;
}

/// The widest panel that divides the columns, so that no column is computed twice.
Menu products(GemmOp gemm, const MenuContext &context) {
  auto out = gemm.getType().getShape();
  Menu menu;
  for (int64_t rows : {8, 4, 2, 1}) {
    int64_t lanes = std::min(out[1], kThreads);
    while (out[1] % lanes)
      --lanes;
    bool fills = out[1] * int64_t(llvm::divideCeil(out[0], rows)) >= kEnoughThreads;
    ScheduleAttr schedule =
        context.make("gpu_gemm", {{"lanes", lanes}, {"rows", rows}, {"threads", kThreads}});
    if (rows <= out[0])
      menu.insert(fills ? menu.end() : menu.begin(), schedule);
  }
  return menu;
}

/// Sums over planes of blocks: as many threads a channel as make a block.
Menu reductions(Operation *op, const MenuContext &context) {
  auto source = cast<RankedTensorType>(op->getOperand(0).getType());
  int64_t lanes = blockedLanes(source);
  if (!lanes || source.getRank() != 4)
    return {};
  Menu menu;
  for (int64_t threads : {kThreads, 4 * kThreads})
    menu.push_back(context.make("gpu_reduce", {{"parts", threads / lanes}, {"threads", kThreads}}));
  return menu;
}
} // namespace

Menu gpuMenu(KernelOp kernel, const MenuContext &context) {
  Menu menu;
  auto convs = kernel.getBody().front().getOps<ConvOp>();
  for (Operation &op : kernel.getBody().front()) {
    if (auto conv = dyn_cast<ConvOp>(op); conv && llvm::hasSingleElement(convs))
      menu = convolutions(conv, context);
    if (auto gemm = dyn_cast<GemmOp>(op))
      menu = products(gemm, context);
    if (isa<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>(op))
      menu = reductions(&op, context);
    if (!menu.empty())
      return menu;
  }
  for (int64_t threads : {kThreads, 2 * kThreads, kThreads / 2})
    menu.push_back(context.make("gpu_generic", {{"threads", threads}}));
  return menu;
}

} // namespace snc
