// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tree of strategies: every leaf is a plan that holds, the dynamic program
// finds the least of all leaves, and what neighbours cost each other counts.

#include "search/StrategySpace.h"
#include "ParsedNetwork.h"
#include "search/Planner.h"
#include "search/Stages.h"

#include "gtest/gtest.h"
#include <cmath>
#include <functional>
#include <set>

using namespace snc;
using snc::test::ParsedNetwork;

namespace {

constexpr int64_t kLanes = 16;

/// conv 1x1 32 -> 64, depthwise 3x3, conv 1x1 64 -> 32, on 8x8 pixels.
constexpr char kBlock[] = R"(
func.func @main(%x: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  %w1 = snc.constant dense<1.0> : tensor<64x32x1x1xf32> : tensor<64x32x1x1xf32>
  %w2 = snc.constant dense<1.0> : tensor<64x1x3x3xf32> : tensor<64x1x3x3xf32>
  %w3 = snc.constant dense<1.0> : tensor<32x64x1x1xf32> : tensor<32x64x1x1xf32>
  %a = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<64x32x1x1xf32>) -> tensor<1x64x8x8xf32>
  %b = snc.conv %a, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 64} : (tensor<1x64x8x8xf32>, tensor<64x1x3x3xf32>) -> tensor<1x64x8x8xf32>
  %c = snc.conv %b, %w3 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x64x8x8xf32>, tensor<32x64x1x1xf32>) -> tensor<1x32x8x8xf32>
  return %c : tensor<1x32x8x8xf32>
})";

struct Fixture {
  ParsedNetwork network{kBlock};
  NetworkGraph graph{network.main};
  DeviceDescription device;
  CostModel model;
  PlanCost cost;
  SplitMenu menu;

  explicit Fixture(const DeviceDescription &given = {}, MenuOptions options = {})
      : device(given), model(device, kLanes), cost(graph, model, {{"a", 1}, {"b", 1}}, kLanes),
        menu(cost, options) {}
};

TEST(StrategySpace, EveryLeafIsAPlanOfItsOwnAndTheyAreAsManyAsSaid) {
  Fixture f;
  StrategySpace space(f.menu, 0, 64, Rollout::uniform);
  std::set<std::string> plans;
  double leaves = 0;
  forEachLeaf(space, [&](const Choices &leaf) {
    BranchPlan plan = space.planOf(leaf);
    ASSERT_EQ(llvm::toString(plan.verify()), "");
    EXPECT_TRUE(std::isfinite(f.cost.total(plan)));
    std::string key;
    for (const PlanSegment &s : plan.segments) {
      key += std::to_string(s.begin) + "," + std::to_string(int(s.kind)) + ":";
      for (int64_t share : s.shares)
        key += std::to_string(share);
    }
    EXPECT_TRUE(plans.insert(key).second) << key;
    ++leaves;
  });
  EXPECT_EQ(leaves, space.size());
  EXPECT_GT(leaves, 100);
}

TEST(StrategySpace, TheDynamicProgramFindsTheLeastOfAllLeaves) {
  // Latencies off the roofline, or the unsplit network would win.
  Fixture plain;
  std::mt19937_64 random(3);
  DeviceDescription device;
  for (int64_t begin = 0; begin < plain.menu.nodes(); ++begin)
    for (const SplitRun &run : plain.menu.runsAt(begin))
      for (const SplitKindWays &kind : run.kinds)
        for (const SplitWay &way : kind.ways)
          for (const PieceCost &piece : plain.cost.segment(way.segment)->pieces)
            device.latenciesUs[latencyKey(piece.shape.signature(), 1)] =
                piece.us * (0.3 + double(random() % 100) / 100);
  Fixture f(device);
  StrategySpace space(f.menu, 0, 64, Rollout::uniform);
  double least = INFINITY;
  forEachLeaf(space, [&](const Choices &leaf) { least = std::min(least, space.costOf(leaf)); });
  EXPECT_NEAR(space.costOf(space.optimum()), least, 1e-9 * least);
  EXPECT_FALSE(space.planOf(space.optimum()).syncs().empty());
}

TEST(StrategySpace, LeastAndMostSplitsAreKept) {
  Fixture f;
  StrategySpace space(f.menu, 2, 2, Rollout::guided);
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    Choices leaf;
    space.rollout(leaf, random);
    EXPECT_EQ(space.width(leaf), 0u);
    EXPECT_EQ(space.planOf(leaf).syncs().size(), 2u);
  }
}

TEST(SplitMenu, OffersOnlyWhatIsAskedFor) {
  MenuOptions options;
  options.kinds = {SegmentKind::add};
  options.shares = {5, 3};
  Fixture f({}, options);
  int ways = 0;
  for (int64_t begin = 0; begin < f.menu.nodes(); ++begin)
    for (const SplitRun &run : f.menu.runsAt(begin))
      for (const SplitKindWays &kind : run.kinds) {
        EXPECT_EQ(kind.kind, SegmentKind::add);
        for (const SplitWay &way : kind.ways) {
          EXPECT_EQ(way.segment.shares, (std::vector<int64_t>{5, 3}));
          ++ways;
        }
      }
  // Expand to project, and depthwise to project: both end in partial sums.
  EXPECT_EQ(ways, 2);
}

PlanSegment segment(int64_t begin, int64_t end, SegmentKind kind) {
  PlanSegment s;
  s.begin = begin;
  s.end = end;
  s.kind = kind;
  s.shares = {4, 4};
  return s;
}

TEST(PlanCost, FetchingWhatAnotherUnitWroteCosts) {
  DeviceDescription near, far;
  near.transferGBs = 1e9;
  far.transferGBs = 1;
  Fixture cheap(near), dear(far);
  std::vector<PlanUnit> units{{"a", 1}, {"b", 1}};
  // Channels twice: the depthwise convolution reads the channels its unit wrote.
  BranchPlan aligned{3,
                     units,
                     {segment(0, 1, SegmentKind::channels), segment(1, 2, SegmentKind::channels),
                      segment(2, 3, SegmentKind::channels)}};
  // Rows in between: half of what each unit reads is the other's.
  BranchPlan crossed = aligned;
  crossed.segments[1].kind = SegmentKind::rows;
  double alignedFetch = dear.cost.total(aligned) - cheap.cost.total(aligned);
  double crossedFetch = dear.cost.total(crossed) - cheap.cost.total(crossed);
  // The last convolution reads all 64 channels, half of them the other unit's: 8192 bytes.
  EXPECT_NEAR(alignedFetch, 8192 / 1e3, 1e-3);
  // The depthwise one reads 5 of 8 rows (a halo), half of the channels the other unit's; the
  // last one all rows, half of them the other unit's.
  EXPECT_NEAR(crossedFetch, (64 * 5 * 8 * 4 / 2 + 64 * 4 * 8 * 4) / 1e3, 1e-3);
}

TEST(CostModel, AMeasuredKernelCostsWhatWasMeasured) {
  KernelShape shape;
  shape.op = "conv";
  shape.in = {1, 32, 8, 8};
  shape.out = {1, 64, 8, 8};
  DeviceDescription device;
  device.latenciesUs[latencyKey(shape.signature(), 1)] = 12.5;
  CostModel model(device, kLanes);
  EXPECT_EQ(model.kernelUs(shape, 1), 12.5);
  // One like it is corrected by the same factor.
  KernelShape twice = shape;
  twice.out[1] = 128;
  EXPECT_NEAR(model.kernelUs(twice, 1) / model.rooflineUs(twice, 1),
              12.5 / model.rooflineUs(shape, 1), 1e-9);
}

TEST(CostModel, ASignatureTellsTheShape) {
  KernelShape shape;
  shape.op = "conv";
  shape.in = {1, 96, 14, 14};
  shape.out = {1, 96, 7, 7};
  shape.kernel = {3, 5};
  shape.strides = {2, 2};
  shape.group = 96;
  shape.epilogue = "+clamp+add";
  EXPECT_EQ(shape.signature(), "conv 1x96x14x14 -> 1x96x7x7 k3x5 s2x2 d1x1 g96 +clamp+add");
  auto read = shapeOfSignature(shape.signature());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->signature(), shape.signature());
  EXPECT_FALSE(read->half);
  read = shapeOfSignature(shape.signature() + " fp16");
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->half);
  EXPECT_EQ(read->signature(), shape.signature() + " fp16");
  for (const char *bad : {"", "conv", "conv 1x2 -> 3", "conv 1x0x2x2 -> 1x2x2x2", "conv axb -> c"})
    EXPECT_FALSE(shapeOfSignature(bad).has_value()) << bad;
}

TEST(Stages, AnInvertedResidualIsOne) {
  Fixture f;
  std::vector<Stage> stages = stagesOf(f.graph);
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages[0].kind, Stage::mbconv);
  EXPECT_EQ(stages[0].end, 3);
}

TEST(Stages, StemBlockLayerAndHead) {
  // A stem, two parallel convolutions that are added, a convolution, and the mean.
  ParsedNetwork network(R"(
func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x8x1x1xf32> {
  %w1 = snc.constant dense<1.0> : tensor<8x3x1x1xf32> : tensor<8x3x1x1xf32>
  %w2 = snc.constant dense<1.0> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32>
  %a = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<8x3x1x1xf32>) -> tensor<1x8x8x8xf32>
  %b = snc.conv %a, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x8x8xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x8x8xf32>
  %c = snc.conv %a, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x8x8xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x8x8xf32>
  %d = snc.add %b, %c : (tensor<1x8x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %e = snc.conv %d, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x8x8xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x8x8xf32>
  %f = snc.reduce_mean %e {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x8x8x8xf32>) -> tensor<1x8x1x1xf32>
  return %f : tensor<1x8x1x1xf32>
})");
  NetworkGraph graph(network.main);
  std::string kinds;
  for (const Stage &stage : stagesOf(graph))
    kinds += std::string(nameOf(stage.kind)) + " ";
  EXPECT_EQ(kinds, "stem block layer head ");
}

TEST(Planner, OneUnitIsNeverSplit) {
  Fixture f;
  PlanCost cost(f.graph, f.model, {{"a", 2}}, kLanes);
  PlanningResult result = planNetwork(cost, false, {});
  ASSERT_EQ(result.choices.size(), 1u);
  EXPECT_EQ(result.choice().plan.segments.size(), 1u);
  EXPECT_EQ(result.choice().plan.segments[0].kind, SegmentKind::all);
}

TEST(Planner, SplitsWhereForkingIsDear) {
  DeviceDescription device;
  device.forkUs = 1000; // of every kernel on all threads
  device.syncUs = 0.01;
  Fixture f(device);
  PlanningResult result = planNetwork(f.cost, false, {});
  EXPECT_EQ(result.choice().name, "branches");
  PlannerOptions dp;
  dp.kind = PlannerKind::dp;
  EXPECT_LE(result.choice().us, planNetwork(f.cost, false, dp).choice().us * 1.0001);
}

} // namespace
