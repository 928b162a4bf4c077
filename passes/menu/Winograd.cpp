// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Winograd's algorithm for 3x3 convolutions, where its products and transforms take less
// time than the sums they stand for.

#include "ir/Winograd.h"
#include "ir/Layout.h"
#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int64_t kPoints = winograd::kPoints * winograd::kPoints;
// What a strip's transformed input and products may take of the second cache.
constexpr int64_t kKeptBytes = 1200 * 1024;
// Measured: cycles to transform a block of a tile's input, or its output.
constexpr int64_t kTransform = 150;
// Less gain than this is not worth the rounding.
constexpr double kLeastGain = 0.9;

/// True for what winograd schedules compute: blocks in, blocks out, weights given.
bool fits(ConvOp conv) {
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

/// A strip of tile rows, and the register tile of its products.
struct Strip {
  int64_t lines = 0;
  RegisterTile tile;
  double cycles = std::numeric_limits<double>::infinity(); ///< of the whole plane
};

class Model {
public:
  Model(ConvOp conv, const MenuContext &context)
      : out(conv.getType().getShape()), context(context),
        inputs(cast<RankedTensorType>(conv.getInput().getType()).getDimSize(1)),
        lanes(blockedLanes(conv.getType())), blocks(llvm::divideCeil(out[1], lanes)),
        width(winograd::tiles(out[3])), height(winograd::tiles(out[2])) {}

  /// The strip height with the fewest cycles; what weights do not find room beside a
  /// strip comes once a strip.
  Strip best() const {
    double transforms = double(height * width * context.vectorsOf(lanes)) *
                        double(kTransform * (int64_t(llvm::divideCeil(inputs, lanes)) + blocks));
    Strip best;
    for (int64_t lines = 1; lines <= height; ++lines) {
      RegisterTile tile = tileOf(lines);
      int64_t kept = lines * width * kPoints * 4 * (inputs + tile.rows * lanes);
      if (lines > 1 && kept > kKeptBytes)
        break;
      double strips = double(llvm::divideCeil(height, lines));
      double cycles = strips * (tileCycles(tile, product(lines)) * double(kPoints) +
                                fetchCycles(kPoints * inputs * out[1])) +
                      transforms;
      if (cycles < best.cycles)
        best = {lines, tile, cycles};
    }
    return best;
  }

  double directCycles() const {
    TileProblem direct{out[3], out[2], blocks, context.vectorsOf(lanes), inputs * 9};
    RegisterTile tile = registerTiles(direct, context.target.registers).front();
    return tileCycles(tile, direct) * double(out[2]) + fetchCycles(9 * inputs * out[1]);
  }

  /// Threads take strips, or where there are too few of those, panels of channels.
  ScheduleAttr schedule(Strip strip) const {
    bool channelsOuter = false;
    int64_t threads = context.threads;
    if (threads > 1 && int64_t(llvm::divideCeil(height, strip.lines)) % threads) {
      channelsOuter = strip.lines == height && blocks / strip.tile.rows >= threads;
      if (!channelsOuter) {
        strip.lines = std::max<int64_t>(1, std::min(strip.lines, height / threads));
        strip.tile = tileOf(strip.lines);
      }
    }
    return context.make("winograd", {{"pixels", strip.tile.pixels},
                                     {"rows", strip.tile.rows},
                                     {"lines", strip.lines},
                                     {"strips", threads},
                                     {"channels_outer", channelsOuter}});
  }

private:
  TileProblem product(int64_t lines) const {
    return {lines * width, 1, blocks, context.vectorsOf(lanes), inputs};
  }
  RegisterTile tileOf(int64_t lines) const {
    return registerTiles(product(lines), context.target.registers).front();
  }

  ArrayRef<int64_t> out;
  const MenuContext &context;
  int64_t inputs, lanes, blocks, width, height; ///< the plane in tiles
};
} // namespace

Menu winogradMenu(ConvOp conv, const MenuContext &context) {
  if (!fits(conv))
    return {};
  Model model(conv, context);
  Strip strip = model.best();
  if (strip.cycles > kLeastGain * model.directCycles())
    return {};
  return {model.schedule(strip)};
}

} // namespace snc
