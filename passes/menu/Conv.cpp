// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions over channel blocks: register tiles by what they cost, and which of
// two streams, weights or picture, is walked once.

#include "ir/FlatPlane.h"
#include "ir/Layout.h"
#include "passes/ScheduleMenu.h"
#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int64_t kMostPixels = 16, kMostRows = 8;
// Measured, in cycles: two multiply-adds and 1.5 loads are done in one, and each load of
// a pixel or of weights delays the sums a little; a sum waits for the one before; bias,
// activation and store cost a tile 20 and one for each accumulator.
constexpr double kStep = 0.4, kPixel = 0.07, kWeights = 0.12, kLoadsPerCycle = 1.5, kLatency = 4,
                 kTileCycles = 20;
// Every pixel of a blocked picture is a cache line of its own. Of pictures that the
// second cache does not hold, more than eight at once come too late: by so much for each.
constexpr double kLatePixel = 0.012;
constexpr int64_t kPixelsInTime = 8, kCacheBytes = 5 << 18;
// A panel that the first cache does not hold comes from the second for each tile: so many
// cycles a line, measured with twelve tiles of three layers.
constexpr double kLateLine = 0.8, kFirstCacheBytes = 32 * 1024;
constexpr int64_t kLineBytes = 64;
// What a part of the channels takes of that cache beside pixels and sums. Its first tile
// waits for each line, and the others store and load their sums between two parts.
constexpr double kPartBytes = 28 * 1024, kFirstLine = 6, kPartCycles = 10;
// Sums in parts and flat planes gain less within a network, where weights are far, than
// alone: they have to be so much better.
constexpr double kLeastGain = 1.04;
// Tiles that are slower than the best by more than this are not offered.
constexpr double kWorstTile = 1.6;
// The best tile of rows, with whole sums, has at least this place.
constexpr int64_t kUsualPlace = 2;

int64_t registersOf(RegisterTile t, int64_t vectors) {
  return vectors * t.rows * t.pixels + vectors * t.rows + 1; // sums, weights, a broadcast
}
} // namespace

double tileCycles(RegisterTile t, const TileProblem &p) {
  double sums = double(p.vectors * t.rows * t.pixels);
  double weights = double(p.vectors * t.rows), pixels = double(t.pixels);
  double step = std::max({sums / 2 + kStep + kPixel * pixels + kWeights * weights,
                          (weights + pixels) / kLoadsPerCycle, kLatency});
  int64_t tilesPerRow = llvm::divideCeil(p.width, t.pixels);
  double between = 0;
  if (t.depth) {
    step += kFirstLine * weights / double(p.height * tilesPerRow);
    between = double(llvm::divideCeil(p.reduction, t.depth * p.taps) - 1) *
              (2 * sums / kLoadsPerCycle + kPartCycles);
  } else if (weights * double(kLineBytes * p.reduction) > kFirstCacheBytes) {
    step += kLateLine * weights;
  }
  double tile = step * double(p.reduction) + kTileCycles + sums + between;
  if (p.blockedBytes > kCacheBytes)
    tile *= 1 + kLatePixel * double(std::max<int64_t>(0, t.pixels - kPixelsInTime));
  int64_t panels = int64_t(llvm::alignTo(uint64_t(p.blocks / t.rows), uint64_t(p.panelStrips)));
  return tile * double(tilesPerRow) * double(panels);
}

SmallVector<RegisterTile> registerTiles(const TileProblem &p, int64_t registers) {
  SmallVector<RegisterTile> tiles;
  for (int64_t rows = 1; rows <= std::min(kMostRows, p.blocks); ++rows) {
    if (p.blocks % rows)
      continue;
    for (int64_t pixels = 1; pixels <= std::min(p.width, kMostPixels); ++pixels)
      if (registersOf({pixels, rows}, p.vectors) <= registers)
        tiles.push_back({pixels, rows});
  }
  if (tiles.empty())
    tiles.push_back({});
  llvm::sort(tiles, [&](RegisterTile a, RegisterTile b) {
    // Of equals the one with more sums, whose slack hides what the model leaves out.
    auto rank = [&](RegisterTile t) {
      return std::tuple(tileCycles(t, p), -t.rows * t.pixels, t.rows);
    };
    return rank(a) < rank(b);
  });
  return tiles;
}

namespace {
/// True where one panel of weights should stay in cache while the plane passes by,
/// false where a row of the picture should while all panels do: whichever is the
/// larger stream is walked once.
bool prefersChannelsOuter(const TileProblem &p, int64_t weights, int64_t threads) {
  return (p.height * p.width <= 28 * 28 && weights * 4 > 64 * 1024) || p.height < threads;
}
} // namespace

namespace {
/// A way to walk a convolution. `flat`: the plane as one row of pixels.
struct Walk {
  RegisterTile tile;
  bool flat;
  double cycles;

  bool plain() const { return !flat && !tile.depth; }
};

/// Input channels whose weights for one panel the first cache holds, in whole blocks of
/// `lanes` and about equal parts; 0 where it holds all, or only one tile needs them,
/// and for wider windows, where tiles of 14 pixels gained nothing.
int64_t depthOf(RegisterTile tile, const TileProblem &p, int64_t lanes) {
  double bytes = double(p.vectors * tile.rows * kLineBytes * p.taps); // of a channel
  int64_t channels = p.reduction / p.taps;
  if (p.taps > 1 || bytes * double(channels) <= kFirstCacheBytes ||
      p.width * p.height <= tile.pixels)
    return 0;
  auto most = std::max<int64_t>(1, int64_t(kPartBytes / bytes) / lanes) * lanes;
  int64_t parts = llvm::divideCeil(channels, most);
  auto depth = int64_t(llvm::alignTo(uint64_t(llvm::divideCeil(channels, parts)), uint64_t(lanes)));
  return depth < channels ? depth : 0;
}

/// How much longer the longest of `strips` pieces of `extent` takes than their mean.
double imbalance(int64_t extent, int64_t strips) {
  return double(int64_t(llvm::divideCeil(extent, strips)) * strips) / double(extent);
}

/// Tiles of rows; with panels outermost also sums in parts, and tiles of the plane as one row.
SmallVector<Walk> walks(const TileProblem &rows, bool outer, bool flat, bool byRows,
                        int64_t inputLanes, const MenuContext &context) {
  SmallVector<Walk> all;
  auto add = [&](const TileProblem &p, bool isFlat) {
    for (RegisterTile tile : registerTiles(p, context.target.registers)) {
      double height = double(p.height), gain = isFlat ? kLeastGain : 1;
      if (isFlat && byRows)
        height *= imbalance(int64_t(llvm::divideCeil(p.width, tile.pixels)), context.threads) /
                  imbalance(rows.height, context.threads);
      all.push_back({tile, isFlat, tileCycles(tile, p) * height * gain});
      tile.depth = outer && inputLanes ? depthOf(tile, p, inputLanes) : 0;
      if (tile.depth)
        all.push_back({tile, isFlat, tileCycles(tile, p) * height * kLeastGain});
    }
  };
  add(rows, false);
  if (outer && flat) {
    TileProblem row = rows;
    row.width = rows.width * rows.height;
    row.height = 1;
    add(row, true);
  }
  llvm::stable_sort(all, [](const Walk &a, const Walk &b) { return a.cycles < b.cycles; });
  // What measurements compare the others with is never crowded out.
  auto usual = llvm::find_if(all, [](const Walk &w) { return w.plain(); });
  if (usual - all.begin() > kUsualPlace)
    std::rotate(all.begin() + kUsualPlace, usual, usual + 1);
  return all;
}
TileProblem problemOf(ConvOp conv, int64_t lanes, const MenuContext &context) {
  auto out = conv.getType().getShape();
  auto weight = cast<RankedTensorType>(conv.getWeight().getType());
  auto w = weight.getShape();
  TileProblem problem{out[3],
                      out[2],
                      int64_t(llvm::divideCeil(out[1], lanes)),
                      context.vectorsOf(lanes),
                      w[1] * w[2] * w[3],
                      0};
  problem.taps = w[2] * w[3];
  auto input = cast<RankedTensorType>(conv.getInput().getType());
  if (blockedLanes(input))
    problem.blockedBytes = (input.getNumElements() + conv.getType().getNumElements()) * 4;
  return problem;
}
} // namespace

Menu convMenu(ConvOp conv, const MenuContext &context) {
  int64_t lanes = blockedLanes(conv.getType());
  if (!lanes || conv.isDepthwise() || conv.getGroup() != 1 || conv.getWeight().getDefiningOp())
    return {};
  TileProblem problem = problemOf(conv, lanes, context);
  auto weight = cast<RankedTensorType>(conv.getWeight().getType());
  bool outer = prefersChannelsOuter(problem, weight.getNumElements(), context.threads);
  bool byRows = context.byRows(conv);
  if (outer && !byRows)
    problem.panelStrips = context.threads;
  Menu usual, others;
  SmallVector<Walk> all = walks(problem, outer, hasFlatPlane(conv->getParentOfType<KernelOp>()),
                                byRows, blockedLanes(conv.getInput().getType()), context);
  double most = kWorstTile * all.front().cycles;
  for (const Walk &walk : all) {
    RegisterTile tile = walk.tile;
    if (walk.cycles > most)
      break;
    int64_t panels = problem.blocks / tile.rows;
    // Panels come from memory one by one: the next is on its way while one is computed.
    // A panel of one tile is only read, as fast as memory gives.
    int64_t turns = problem.height * int64_t(llvm::divideCeil(problem.width, tile.pixels));
    auto make = [&](bool channelsOuter, bool rows) {
      SmallVector<std::pair<StringRef, int64_t>> params{{"pixels", tile.pixels},
                                                        {"rows", tile.rows},
                                                        {"strips", context.threads},
                                                        {"channels_outer", channelsOuter}};
      if (channelsOuter && panels > 1 && turns > 1)
        params.push_back({"prefetch", 1});
      if (channelsOuter && rows)
        params.push_back({"by_rows", 1});
      if (tile.depth)
        params.push_back({"depth", tile.depth});
      if (walk.flat)
        params.push_back({"flat", 1});
      return context.make("conv", params);
    };
    // Few panels would leave threads idle.
    bool rows = byRows || (panels < context.threads && problem.height > panels);
    usual.push_back(make(outer, rows));
    // With one panel, or one row, both orders are one.
    if (walk.plain() && panels > 1 && problem.height > 1 &&
        (outer ? problem.height >= context.threads : true))
      others.push_back(make(!outer, rows));
    if (outer && context.threads > 1 && (rows ? panels : problem.height) >= context.threads)
      others.push_back(make(true, !rows));
  }
  size_t turned = std::min<size_t>(others.size(), 3);
  usual.truncate(std::min(usual.size(), kMenuSize - turned));
  usual.append(others.begin(), others.begin() + turned);
  return usual;
}

} // namespace snc
