// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels for a GPU: how much a thread computes. docs/schedules.md has the reasons.

#include "ir/FlatPlane.h"
#include "ir/Layout.h"
#include "passes/ScheduleMenu.h"
#include "passes/menu/Menus.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace snc {

namespace {
// A block of four warps hides its own latencies and leaves room for several on a processor.
constexpr int64_t kThreads = 128;
// Fewer threads than this leave processors of a small GPU idle: 16 of them, 512 each.
constexpr int64_t kEnoughThreads = 8192;
// Sums, and what they are made of, in the 64 registers that let half of all threads run.
constexpr int64_t kMostSums = 32;
// Staged operands: what every device gives a block, steps of the reduction below which the
// copies before the first one cost more than is gained, sums of a thread likewise, and a
// step's barriers as loads for four of its 16 channels.
constexpr int64_t kSharedBytes = 32 * 1024;
constexpr int64_t kFewestSteps = 4;
constexpr int64_t kFewestStagedSums = 8;
constexpr double kBarriers = 1;
// Shorter rows a thread sums faster than threads meet; a row of the second length keeps more
// of them at work.
constexpr int64_t kLongRow = 64;
constexpr int64_t kVeryLongRow = 2048;

int64_t blocksOf(RankedTensorType type) {
  return int64_t(llvm::divideCeil(type.getDimSize(1), blockedLanes(type)));
}

/// A convolution's size: the result's plane and channel blocks, and the sum.
struct Size {
  int64_t width, height, images, blocks, lanes;
  int64_t inputLanes, channels; ///< 0 lanes: plain
  int64_t kernelHeight, kernelWidth, reachHeight, reachWidth, strideHeight, strideWidth;
  int64_t taps() const { return kernelHeight * kernelWidth; }
};

/// What a thread computes; with `across` and `down` a block stages operands.
struct Tile {
  int64_t pixels, rows, across = 0, down = 0;
  int64_t threads = 0;
  double loads = 0; ///< instructions that load or store operands, for a multiply-add
  bool enough() const { return threads >= kEnoughThreads; }
};

/// Places that tiles of `tile` cover in `extent`, of which the last is moved inwards; none
/// where more than a fifth of them would be computed twice.
int64_t covered(int64_t extent, int64_t tile) {
  int64_t all = int64_t(llvm::divideCeil(extent, tile)) * tile;
  return tile > extent || all * 4 > extent * 5 ? 0 : all;
}

/// Copies to shared memory, for four input channels at a tap: each element is loaded and
/// stored by one thread. The input is copied once for all taps.
double copies(const Tile &t, const Size &s) {
  double width = double((t.across * t.pixels - 1) * s.strideWidth + s.reachWidth);
  double height = double((t.down - 1) * s.strideHeight + s.reachHeight);
  double elements = double(s.lanes * t.rows) + width * height / double(s.taps());
  return 2 * 4 * elements / double(s.lanes * t.across * t.down);
}

/// The shared memory of a block, with room between pixels.
int64_t sharedBytes(const Tile &t, const Size &s) {
  int64_t width = (t.across * t.pixels - 1) * s.strideWidth + s.reachWidth;
  int64_t height = (t.down - 1) * s.strideHeight + s.reachHeight;
  return 4 * (width * height * (s.inputLanes + 4) + s.lanes * t.rows * s.inputLanes);
}

/// True where staging is worth a thought: enough steps for what comes before and behind
/// them, and windows that leave no pixel out, of which a copy would be in vain.
bool mayStage(const Size &s) {
  if (!s.inputLanes)
    return false;
  int64_t blocks = int64_t(llvm::divideCeil(s.channels, s.inputLanes));
  // A last block that is mostly padding is read in parts (reductionStep()).
  bool inBlocks = (blocks * s.inputLanes - s.channels) * 10 <= s.channels || s.channels % 4 == 0;
  return inBlocks && blocks * s.taps() >= kFewestSteps && s.reachWidth >= s.strideWidth &&
         s.reachHeight >= s.strideHeight;
}

/// The tile with its numbers, where it fits the size.
std::optional<Tile> fit(Tile t, const Size &s) {
  bool staged = t.across != 0;
  int64_t width = covered(s.width, t.pixels * std::max<int64_t>(1, t.across));
  int64_t height = covered(s.height, std::max<int64_t>(1, t.down));
  if (s.blocks % t.rows || t.pixels * t.rows > kMostSums || !width || !height ||
      (staged && sharedBytes(t, s) > kSharedBytes))
    return std::nullopt;
  t.threads = s.lanes * (width / t.pixels) * height * s.images * (s.blocks / t.rows);
  if (staged && !t.enough())
    return std::nullopt;
  // Four channels of a pixel are one load, in a copy so are a thread's rows.
  double loads = double(staged ? 4 + t.pixels : 4 * t.rows + t.pixels);
  if (staged)
    loads += kBarriers + copies(t, s);
  t.loads = loads / double(4 * t.pixels * t.rows);
  return t;
}

/// Best first: tiles that fill the machine, then by loads; where none fills it, by threads.
SmallVector<Tile> tiles(const Size &s, bool mayStage) {
  SmallVector<Tile> all;
  auto add = [&](Tile tile) {
    if (std::optional<Tile> t = fit(tile, s))
      all.push_back(*t);
  };
  for (int64_t rows : {1, 2, 4})
    for (int64_t pixels : {1, 2, 4, 7, 8}) {
      add({pixels, rows});
      for (int64_t down : {1, 2, 4}) // warps within a row: their pixels lie in different banks
        if (mayStage && pixels * rows >= kFewestStagedSums)
          add({pixels, rows, kThreads / s.lanes / down, down});
    }
  llvm::stable_sort(all, [](const Tile &a, const Tile &b) {
    if (a.enough() != b.enough())
      return a.enough();
    return a.enough() ? a.loads < b.loads : a.threads > b.threads;
  });
  return all;
}

Size sizeOf(ConvOp conv, bool flat) {
  RankedTensorType type = conv.getType();
  auto window = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  auto input = cast<RankedTensorType>(conv.getInput().getType());
  int64_t height = type.getDimSize(2), width = type.getDimSize(3);
  auto reach = [&](size_t d) { return (window[2 + d] - 1) * conv.getDilations()[d] + 1; };
  return {flat ? height * width : width,
          flat ? 1 : height,
          type.getDimSize(0),
          blocksOf(type),
          blockedLanes(type),
          blockedLanes(input),
          input.getDimSize(1),
          window[2],
          window[3],
          reach(0),
          reach(1),
          conv.getStrides()[0],
          conv.getStrides()[1]};
}

Menu convolutions(ConvOp conv, const MenuContext &context) {
  RankedTensorType type = conv.getType();
  int64_t lanes = blockedLanes(type);
  bool depthwise = conv.isDepthwise();
  if (!lanes || conv.getWeight().getDefiningOp() || (!depthwise && conv.getGroup() != 1) ||
      (depthwise && blockedLanes(conv.getInput().getType()) != lanes))
    return {};
  bool flat = !depthwise && hasFlatPlane(conv->getParentOfType<KernelOp>());
  Size size = sizeOf(conv, flat);
  // A result in another layout has no tiles of pixels.
  Type result = conv->getBlock()->getTerminator()->getOperand(0).getType();
  bool stage = !depthwise && blockedLanes(result) == lanes && mayStage(size);
  Menu menu;
  for (const Tile &t : tiles(size, stage)) {
    if (depthwise && t.rows > 1)
      continue;
    SmallVector<std::pair<StringRef, int64_t>> params{{"pixels", t.pixels}, {"threads", kThreads}};
    if (!depthwise)
      params.append({{"rows", t.rows}, {"flat", flat}});
    if (t.across)
      params.append({{"stage", 1}, {"across", t.across}, {"down", t.down}});
    ScheduleAttr schedule = context.make(depthwise ? "gpu_depthwise" : "gpu_conv", params);
    if (menu.size() < kMenuSize && !llvm::is_contained(menu, schedule))
      menu.push_back(schedule);
  }
  return menu;
}

/// The widest panel that divides the columns, so that no column is computed twice.
Menu products(GemmOp gemm, const MenuContext &context) {
  auto out = gemm.getType().getShape();
  int64_t lanes = std::min(out[1], kThreads);
  while (out[1] % lanes)
    --lanes;
  Menu menu;
  for (int64_t rows : {8, 4, 2, 1}) {
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
/// Elements of a row that a block may share; 0 where it may not.
int64_t rowLength(Operation *op) {
  auto input = cast<RankedTensorType>(op->getOperand(0).getType());
  auto over = [&](ArrayRef<int64_t> axes) {
    int64_t length = blockedLanes(input) ? 0 : 1;
    for (int64_t axis : axes)
      length *= input.getDimSize(axis);
    return length;
  };
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case<SoftmaxOp, LogSoftmaxOp>([&](auto o) { return over(o.getAxis()); })
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp>([&](auto o) {
        // With many sums a thread for each is enough.
        return o.getType().getNumElements() < kEnoughThreads ? over(o.getAxes()) : 0;
      })
      .Case<InstanceNormOp>([&](auto) {
        return input.getNumElements() / (input.getDimSize(0) * input.getDimSize(1));
      })
      .Default(int64_t(0));
}

Menu rows(Operation *op, const MenuContext &context) {
  int64_t length = rowLength(op);
  if (length < kLongRow)
    return {};
  Menu menu;
  for (int64_t threads : {kThreads, 2 * kThreads, kThreads / 2})
    menu.push_back(context.make("gpu_rows", {{"threads", threads}}));
  if (length >= kVeryLongRow)
    std::swap(menu[0], menu[1]);
  menu.push_back(context.make("gpu_generic", {{"threads", kThreads}}));
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
    if (menu.empty())
      menu = rows(&op, context);
    if (!menu.empty())
      return menu;
  }
  for (int64_t threads : {kThreads, 2 * kThreads, kThreads / 2})
    menu.push_back(context.make("gpu_generic", {{"threads", threads}}));
  return menu;
}

} // namespace snc
