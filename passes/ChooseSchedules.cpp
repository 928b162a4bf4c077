// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Picks each kernel's schedule from a small model of the vector unit: two fused
// multiply-adds and two loads a cycle, a latency of four cycles, and as many
// accumulators as fit into the registers.

#include "ir/Layout.h"
#include "ir/Target.h"
#include "ir/Winograd.h"
#include "mlir/IR/Builders.h"
#include "passes/SchedulePasses.h"

namespace snc {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "passes/SchedulePasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
struct Tile {
  int64_t pixels = 1, rows = 1;
};

/// The sum that a convolution computes: one output block's, for a row of pixels.
struct Sum {
  int64_t width;   ///< pixels of a row
  int64_t blocks;  ///< output channel blocks
  int64_t vectors; ///< registers a block
  int64_t lanes;   ///< channels a block
  int64_t depth;   ///< inputs of an output: channels times taps
};

/// Panels of weights above this are read from the second cache for each tile.
constexpr int64_t kFirstCache = 32 * 1024;

/// Cycles of a row of pixels and all blocks. The numbers were fitted to AVX-512 machines,
/// where they tell 12 tiles of three layers to 5 %: multiply-adds reach 0.9 of their rate,
/// loads 1.5 a cycle, and a line from the second cache costs 0.8 cycles more.
double tileCycles(Tile t, const Sum &sum) {
  double weights = double(sum.vectors * t.rows), accumulators = weights * double(t.pixels);
  double cycles = std::max({1.12 * accumulators / 2, (weights + double(t.pixels)) / 1.5, 4.0});
  if (t.rows * sum.lanes * sum.depth * 4 > kFirstCache)
    cycles += 0.8 * weights;
  double tile = cycles * double(sum.depth) + 20 + accumulators;
  return tile * double(llvm::divideCeil(sum.width, t.pixels)) * double(sum.blocks / t.rows);
}

/// The tile with the fewest cycles; of equals the one with more accumulators, whose
/// slack hides what the model leaves out. Beside them a block's weights and two
/// broadcasts stay in registers: with fewer the compiler spills.
Tile chooseTile(const Sum &sum, const Target &target) {
  Tile best;
  double least = std::numeric_limits<double>::infinity();
  for (int64_t rows = 1; rows <= 8; ++rows) {
    if (sum.blocks % rows)
      continue;
    for (int64_t pixels = 1; pixels <= std::min<int64_t>(sum.width, 16); ++pixels) {
      if (pixels > 1 && sum.vectors * rows * (pixels + 1) + 2 > target.registers)
        break;
      double cycles = tileCycles({pixels, rows}, sum);
      bool larger = rows * pixels > best.rows * best.pixels;
      if (cycles < least * 0.98 || (cycles <= least * 1.02 && larger)) {
        best = {pixels, rows};
        least = std::min(least, cycles);
      }
    }
  }
  return best;
}

/// True when a kernel's result has the extents and blocks of its convolution's.
bool sameBlocks(RankedTensorType conv, Type result) {
  return blockedLanes(conv) == blockedLanes(result) &&
         conv.getShape() == cast<RankedTensorType>(result).getShape();
}

class Chooser {
public:
  Chooser(MLIRContext *context, const Target &target, int64_t threads)
      : context(context), target(target), threads(threads) {}

  ScheduleAttr choose(KernelOp kernel, bool winograd) {
    auto convs = kernel.getBody().front().getOps<ConvOp>();
    bool asWhole = llvm::hasSingleElement(convs) &&
                   llvm::hasSingleElement(kernel.getResultTypes()) &&
                   sameBlocks((*convs.begin()).getType(), kernel.getResultTypes().front());
    if (winograd && asWhole)
      if (ScheduleAttr schedule = chooseWinograd(*convs.begin()))
        return schedule;
    for (Operation &op : kernel.getBody().front()) {
      if (auto conv = dyn_cast<ConvOp>(op))
        if (ScheduleAttr schedule = chooseConv(conv))
          return schedule;
      if (auto gemm = dyn_cast<GemmOp>(op))
        return chooseGemm(gemm);
    }
    return make("generic", {{"strips", threads}});
  }

private:
  using Params = ArrayRef<std::pair<StringRef, int64_t>>;
  ScheduleAttr make(StringRef kind, Params params) {
    Builder builder(context);
    SmallVector<NamedAttribute> list;
    for (auto [name, value] : params)
      list.push_back(builder.getNamedAttr(name, builder.getI64IntegerAttr(value)));
    return ScheduleAttr::get(context, kind, builder.getDictionaryAttr(list));
  }

  ScheduleAttr chooseConv(ConvOp conv);
  ScheduleAttr chooseWinograd(ConvOp conv);
  ScheduleAttr chooseDepthwise(ConvOp conv, int64_t lanes);
  ScheduleAttr chooseGemm(GemmOp gemm);

  /// Registers that one channel block takes.
  int64_t vectorsOf(int64_t lanes) { return std::max<int64_t>(1, lanes / target.vectorLanes); }

  MLIRContext *context;
  const Target &target;
  int64_t threads;
};

ScheduleAttr Chooser::chooseDepthwise(ConvOp conv, int64_t lanes) {
  auto out = conv.getType().getShape(),
       weight = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  int64_t taps = weight[2] * weight[3], blocks = llvm::divideCeil(out[1], lanes);
  int64_t vectors = vectorsOf(lanes);
  int64_t most =
      std::max<int64_t>(1, std::min<int64_t>((target.registers - 6) / vectors, 400 / taps));
  int64_t pixels = std::min<int64_t>(out[3], std::min<int64_t>(most, 8));
  for (int64_t p = pixels; p >= std::max<int64_t>(2, pixels / 2); --p)
    if (out[3] % p == 0) {
      pixels = p;
      break;
    }
  // Narrow planes would spend their time on the border's conditions.
  bool padBlock = out[3] < 4 * pixels;
  bool byRows = blocks % threads != 0 && out[2] >= 2 * threads;
  return make(
      "depthwise",
      {{"pixels", pixels}, {"strips", threads}, {"by_rows", byRows}, {"pad_block", padBlock}});
}

ScheduleAttr Chooser::chooseConv(ConvOp conv) {
  int64_t lanes = blockedLanes(conv.getType()),
          inputLanes = blockedLanes(conv.getInput().getType());
  if (!lanes)
    return {};
  if (conv.isDepthwise())
    return inputLanes == lanes ? chooseDepthwise(conv, lanes) : ScheduleAttr();
  if (conv.getGroup() != 1 || conv.getWeight().getDefiningOp())
    return {};
  auto out = conv.getType().getShape();
  auto weight = cast<RankedTensorType>(conv.getWeight().getType());
  int64_t blocks = llvm::divideCeil(out[1], lanes);
  int64_t depth = weight.getNumElements() / out[1];
  Tile tile = chooseTile({out[3], blocks, vectorsOf(lanes), lanes, depth}, target);
  // A panel of weights stays in the first cache over the whole plane, or the
  // plane's row over all panels: whichever is the larger stream is walked once.
  bool large = weight.getNumElements() * 4 > 64 * 1024;
  bool channelsOuter = out[2] * out[3] <= 28 * 28 && large;
  int64_t panels = blocks / tile.rows;
  if (threads > 1 && channelsOuter && panels % threads && out[2] >= 2 * threads)
    channelsOuter = false;
  if (threads > 1 && !channelsOuter && out[2] < threads)
    channelsOuter = true;
  return make("conv", {{"pixels", tile.pixels},
                       {"rows", tile.rows},
                       {"strips", threads},
                       {"channels_outer", channelsOuter}});
}

/// True for what winograd schedules compute: blocks in, blocks out, weights given.
bool fitsWinograd(ConvOp conv) {
  auto weight = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  auto isOne = [](int64_t n) { return n == 1; };
  return conv.getGroup() == 1 && weight[2] == 3 && weight[3] == 3 &&
         llvm::all_of(conv.getStrides(), isOne) && llvm::all_of(conv.getDilations(), isOne) &&
         blockedLanes(conv.getType()) && blockedLanes(conv.getInput().getType()) &&
         !conv.getInput().getDefiningOp() && !conv.getWeight().getDefiningOp();
}

/// Cycles until the weights have come from the last cache, where they exceed the second:
/// six bytes a cycle, of which the machine hides none.
double fetchCycles(int64_t weights) {
  return weights * 4 > 1024 * 1024 ? double(weights) * 4 / 6 : 0;
}

ScheduleAttr Chooser::chooseWinograd(ConvOp conv) {
  if (!fitsWinograd(conv))
    return {};
  auto out = conv.getType().getShape();
  int64_t inputs = cast<RankedTensorType>(conv.getInput().getType()).getDimSize(1);
  int64_t lanes = blockedLanes(conv.getType()), vectors = vectorsOf(lanes);
  int64_t blocks = llvm::divideCeil(out[1], lanes);
  int64_t width = winograd::tiles(out[3]), height = winograd::tiles(out[2]);
  constexpr int64_t points = winograd::kPoints * winograd::kPoints;
  // Cycles by the tile rows of a strip, whose transformed input and products stay in the
  // second cache; what weights do not find room beside them comes once a strip.
  double transforms = double(height * width * vectors) *
                      double(150 * llvm::divideCeil(inputs, lanes) + 150 * blocks);
  int64_t lines = 0;
  Tile tile;
  double cycles = std::numeric_limits<double>::infinity();
  for (int64_t l = 1; l <= height; ++l) {
    Sum product{l * width, blocks, vectors, lanes, inputs};
    Tile t = chooseTile(product, target);
    int64_t kept = l * width * points * 4 * (inputs + t.rows * lanes);
    if (l > 1 && kept > 1200 * 1024)
      break;
    double strips = double(llvm::divideCeil(height, l));
    double sum =
        strips * (tileCycles(t, product) * double(points) + fetchCycles(points * inputs * out[1])) +
        transforms;
    if (sum < cycles)
      std::tie(lines, tile, cycles) = std::tuple(l, t, sum);
  }
  // Threads take strips, or where there are too few of those, panels of channels.
  bool channelsOuter = false;
  if (threads > 1 && llvm::divideCeil(height, lines) % threads) {
    channelsOuter = lines == height && blocks / tile.rows >= threads;
    if (!channelsOuter)
      lines = std::max<int64_t>(1, std::min<int64_t>(lines, height / threads));
    if (!channelsOuter)
      tile = chooseTile({lines * width, blocks, vectors, lanes, inputs}, target);
  }
  Sum direct{out[3], blocks, vectors, lanes, inputs * 9};
  double without = tileCycles(chooseTile(direct, target), direct) * double(out[2]) +
                   fetchCycles(9 * inputs * out[1]);
  if (cycles > 0.9 * without)
    return {};
  return make("winograd", {{"pixels", tile.pixels},
                           {"rows", tile.rows},
                           {"lines", lines},
                           {"strips", threads},
                           {"channels_outer", channelsOuter}});
}

ScheduleAttr Chooser::chooseGemm(GemmOp gemm) {
  auto out = gemm.getType().getShape();
  // Eight accumulators hide the latency; one row of them for a vector, several
  // rows of fewer for a matrix.
  int64_t columns = out[0] >= 4 ? 4 : target.registers >= 32 ? 8 : 6;
  int64_t rows = out[0] >= 4 ? std::min<int64_t>(out[0], target.registers >= 32 ? 6 : 3) : 1;
  int64_t lanes = columns * target.vectorLanes;
  lanes = std::min(lanes, int64_t(llvm::alignTo(out[1], uint64_t(target.vectorLanes))));
  return make("gemm", {{"lanes", lanes}, {"rows", rows}, {"strips", threads}});
}

struct ChooseSchedules final : snc::impl::ChooseSchedulesBase<ChooseSchedules> {
  using ChooseSchedulesBase::ChooseSchedulesBase;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (KernelOp kernel : module.getOps<KernelOp>())
      kernel.setScheduleAttr(Chooser(module.getContext(), targetOf(module), threadsOf(kernel))
                                 .choose(kernel, winograd));
  }
};
} // namespace
