// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits in numbers: who computes what, worked out by hand.

#include "search/SegmentSplit.h"
#include "ParsedNetwork.h"

#include "ir/ShapeInference.h"
#include "gtest/gtest.h"

using namespace snc;
using snc::test::ParsedNetwork;

namespace {

using Ranges = llvm::SmallVector<Range, 2>;
using Pads = llvm::SmallVector<int64_t>;

constexpr int64_t kLanes = 8;

PlanSegment split(SegmentKind kind, int64_t begin, int64_t end, std::vector<int64_t> shares) {
  PlanSegment s;
  s.begin = begin;
  s.end = end;
  s.kind = kind;
  s.shares = std::move(shares);
  return s;
}

void expectNeed(const Need &need, int64_t axis, Range range) {
  EXPECT_EQ(need.axis, axis);
  EXPECT_EQ(need.range.begin, range.begin);
  EXPECT_EQ(need.range.end, range.end);
}

std::string tensor(std::vector<int64_t> shape) {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + "f32>";
}

std::string weight(const std::string &name, std::vector<int64_t> shape) {
  return "%" + name + " = snc.constant dense<1.0> : " + tensor(shape) + " : " + tensor(shape) +
         "\n";
}

TEST(CutByShares, CutsAtTheShares) {
  EXPECT_EQ(cutByShares(8, {4, 4}, 1), (Ranges{{0, 4}, {4, 8}}));
  EXPECT_EQ(cutByShares(16, {5, 3}, 1), (Ranges{{0, 10}, {10, 16}}));
  EXPECT_EQ(cutByShares(24, {2, 4, 2}, 1), (Ranges{{0, 6}, {6, 18}, {18, 24}}));
}

TEST(CutByShares, RoundsToTheNearestGrain) {
  EXPECT_EQ(cutByShares(7, {4, 4}, 1), (Ranges{{0, 4}, {4, 7}})) << "3.5 rows are 4";
  EXPECT_EQ(cutByShares(7, {3, 5}, 1), (Ranges{{0, 3}, {3, 7}})) << "2.6 rows are 3";
  EXPECT_EQ(cutByShares(32, {5, 3}, 8), (Ranges{{0, 24}, {24, 32}})) << "20 channels are 24";
  EXPECT_EQ(cutByShares(32, {3, 5}, 16), (Ranges{{0, 16}, {16, 32}})) << "12 channels are 16";
  EXPECT_EQ(cutByShares(20, {4, 4}, 8), (Ranges{{0, 8}, {8, 20}})) << "the last takes the rest";
}

TEST(CutByShares, LeavesNoOneWithoutWork) {
  EXPECT_TRUE(cutByShares(1, {4, 4}, 1).empty());
  EXPECT_TRUE(cutByShares(8, {4, 4}, 8).empty());
  EXPECT_TRUE(cutByShares(8, {7, 1}, 4).empty());
  EXPECT_TRUE(cutByShares(3, {1, 7}, 1).empty()) << "0.4 rows are none";
}

TEST(CutByShares, PartsAreWholeAndInOrder) {
  for (int64_t extent = 1; extent < 70; ++extent)
    for (int64_t grain : {1, 2, 8, 16})
      for (int64_t share = 1; share < kShares; ++share) {
        Ranges ranges = cutByShares(extent, {share, kShares - share}, grain);
        if (ranges.empty())
          continue;
        ASSERT_EQ(ranges.size(), 2u);
        EXPECT_EQ(ranges[0].begin, 0);
        EXPECT_EQ(ranges[0].end, ranges[1].begin);
        EXPECT_EQ(ranges[1].end, extent);
        EXPECT_EQ(ranges[0].end % grain, 0);
        EXPECT_GE(ranges[0].size(), 1);
        EXPECT_GE(ranges[1].size(), 1);
        EXPECT_LE(std::abs(kShares * ranges[0].end - share * extent) * 2, kShares * grain);
      }
}

TEST(BroadcastAxis, CountsFromTheRight) {
  ParsedNetwork n("func.func @main(%a: tensor<1x8x4x5xf32>, %b: tensor<8x1x1xf32>, "
                  "%c: tensor<5xf32>) -> tensor<5xf32> { return %c : tensor<5xf32> }");
  mlir::Value full = n.main.getArgument(0), gate = n.main.getArgument(1),
              row = n.main.getArgument(2);
  EXPECT_EQ(broadcastAxis(full, 4, 1), 1);
  EXPECT_EQ(broadcastAxis(gate, 4, 1), 0);
  EXPECT_EQ(broadcastAxis(gate, 4, 2), -1) << "one row for all";
  EXPECT_EQ(broadcastAxis(row, 4, 3), 0);
  EXPECT_EQ(broadcastAxis(row, 4, 1), -1) << "no such dimension";
}

/// conv 3x3 (a), clamp (b), then conv 3x3 of stride 2 (c), over 16 rows.
const std::string kTwoConvs =
    "func.func @main(%x: tensor<1x8x16x6xf32>) -> tensor<1x8x8x3xf32> {\n" +
    weight("w", {8, 8, 3, 3}) + R"(
  %a = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x16x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x16x6xf32>
  %b = snc.clamp %a {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x8x16x6xf32>) -> tensor<1x8x16x6xf32>
  %c = snc.conv %b, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x16x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x8x3xf32>
  return %c : tensor<1x8x8x3xf32>
})";

TEST(SegmentSplit, RowsReachBackThroughHalos) {
  ParsedNetwork n(kTwoConvs);
  NetworkGraph graph(n.main);
  auto s = splitSegment(graph, split(SegmentKind::rows, 0, 2, {4, 4}), kLanes);
  ASSERT_TRUE(s);
  mlir::Operation *a = s->body[0], *b = s->body[1], *c = s->body[2];
  // c's rows 0 to 3 read b's -1 to 7, rows 4 to 7 read 7 to 15.
  EXPECT_EQ(s->parts[c->getResult(0)].ranges, (Ranges{{0, 4}, {4, 8}}));
  EXPECT_EQ(s->parts[b->getResult(0)].ranges, (Ranges{{0, 8}, {7, 16}}));
  EXPECT_EQ(s->parts[a->getResult(0)].ranges, (Ranges{{0, 8}, {7, 16}}));
  expectNeed(s->need(c, 0, 0), 2, {0, 8});
  expectNeed(s->need(c, 0, 1), 2, {7, 16});
  expectNeed(s->need(a, 0, 0), 2, {0, 9});
  expectNeed(s->need(a, 0, 1), 2, {6, 16});
  EXPECT_LT(s->need(a, 1, 0).axis, 0) << "both have all weights";
  EXPECT_EQ(s->pads(c, 0), (Pads{1, 1, 0, 1}));
  EXPECT_EQ(s->pads(c, 1), (Pads{0, 1, 0, 1})) << "row 16 of the padding is not reached";
  EXPECT_EQ(s->pads(a, 0), (Pads{1, 1, 0, 1}));
  EXPECT_EQ(s->pads(a, 1), (Pads{0, 1, 1, 1}));
  ASSERT_EQ(s->exits.size(), 1u);
  EXPECT_EQ(s->exits[0], c->getResult(0));
}

TEST(SegmentSplit, AUnitWithoutAShareHasNoBranch) {
  ParsedNetwork n(kTwoConvs);
  NetworkGraph graph(n.main);
  auto s = splitSegment(graph, split(SegmentKind::rows, 0, 2, {0, 3, 5}), kLanes);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->units, (llvm::SmallVector<int64_t, 2>{1, 2}));
  EXPECT_EQ(s->parts[s->exits[0]].ranges, (Ranges{{0, 3}, {3, 8}}));
}

/// 1x1 to 32 channels (a), clamp (b), depthwise 3x3 (c), relu (d), 1x1 back to 8
/// (e), sum with x (f).
const std::string kInverted =
    "func.func @main(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> {\n" +
    weight("w1", {32, 8, 1, 1}) + weight("b1", {32}) + weight("wd", {32, 1, 3, 3}) +
    weight("w2", {8, 32, 1, 1}) + weight("b2", {8}) + R"(
  %a = snc.conv %x, %w1, %b1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<32x8x1x1xf32>, tensor<32xf32>) -> tensor<1x32x6x6xf32>
  %b = snc.clamp %a {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %c = snc.conv %b, %wd {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x6x6xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32>
  %d = snc.relu %c : (tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %e = snc.conv %d, %w2, %b2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x6x6xf32>, tensor<8x32x1x1xf32>, tensor<8xf32>) -> tensor<1x8x6x6xf32>
  %f = snc.add %e, %x : (tensor<1x8x6x6xf32>, tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  return %f : tensor<1x8x6x6xf32>
})";

TEST(SegmentSplit, ChannelsPassThroughWhatKeepsThem) {
  ParsedNetwork n(kInverted);
  NetworkGraph graph(n.main);
  ASSERT_EQ(graph.size(), 3);
  auto s = splitSegment(graph, split(SegmentKind::channels, 0, 2, {6, 2}), kLanes);
  ASSERT_TRUE(s);
  for (mlir::Operation *op : s->body) {
    EXPECT_EQ(s->parts[op->getResult(0)].axis, ValuePart::channels);
    EXPECT_EQ(s->parts[op->getResult(0)].ranges, (Ranges{{0, 24}, {24, 32}}));
  }
  mlir::Operation *a = s->body[0], *c = s->body[2];
  EXPECT_LT(s->need(a, 0, 1).axis, 0) << "all input channels";
  expectNeed(s->need(a, 1, 1), 0, {24, 32});
  expectNeed(s->need(a, 2, 1), 0, {24, 32});
  expectNeed(s->need(c, 0, 0), 1, {0, 24});
  expectNeed(s->need(c, 1, 0), 0, {0, 24});
  EXPECT_EQ(s->pads(c, 1), (Pads{1, 1, 1, 1})) << "each branch has all rows";
  EXPECT_TRUE(s->tail.empty());
}

TEST(SegmentSplit, SumsOfInnerChannels) {
  ParsedNetwork n(kInverted);
  NetworkGraph graph(n.main);
  auto s = splitSegment(graph, split(SegmentKind::add, 0, 3, {4, 4}), kLanes);
  ASSERT_TRUE(s);
  ASSERT_EQ(s->body.size(), 5u);
  ASSERT_EQ(s->tail.size(), 1u) << "the shortcut is added once, behind the sum";
  mlir::Operation *e = s->body[4];
  EXPECT_TRUE(mlir::isa<AddOp>(s->tail[0]));
  EXPECT_EQ(s->parts[e->getResult(0)].axis, ValuePart::sum);
  expectNeed(s->need(e, 0, 1), 1, {16, 32});
  expectNeed(s->need(e, 1, 1), 1, {16, 32});
  EXPECT_LT(s->need(e, 2, 0).axis, 0) << "the bias is not cut";
  ASSERT_EQ(s->exits.size(), 1u);
  EXPECT_EQ(s->exits[0], e->getResult(0));
}

TEST(SegmentSplit, PathsGoWholeToTheirUnits) {
  ParsedNetwork n(R"(
func.func @main(%x: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) {
  %a = snc.softmax %x {axis = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %b = snc.softmax %x {axis = 2 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %c = snc.softmax %a {axis = 3 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %b, %c : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>
})");
  NetworkGraph graph(n.main);
  PlanSegment segment = split(SegmentKind::paths, 0, 3, {});
  segment.units = {2, 0, 2};
  auto s = splitSegment(graph, segment, kLanes);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->units, (llvm::SmallVector<int64_t, 2>{0, 2})) << "in order of the units";
  EXPECT_FALSE(s->computes(s->body[0], 0));
  EXPECT_TRUE(s->computes(s->body[0], 1));
  EXPECT_TRUE(s->computes(s->body[1], 0));
  EXPECT_LT(s->need(s->body[2], 0, 1).axis, 0);
  segment.units = {0, 0, 2};
  std::string why;
  EXPECT_FALSE(splitSegment(graph, segment, kLanes, &why));
  EXPECT_NE(why.find("needs a value of another unit"), std::string::npos) << why;
}

TEST(SegmentSplit, ABranchThatHandsNothingOnIsRefused) {
  ParsedNetwork n(R"(
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %a = snc.softmax %x {axis = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %b = snc.softmax %x {axis = 2 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %c = snc.max_pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %a : tensor<1x8x4x4xf32>
})");
  NetworkGraph graph(n.main);
  PlanSegment segment = split(SegmentKind::paths, 0, 3, {});
  segment.units = {0, 1, 0};
  std::string why;
  EXPECT_FALSE(splitSegment(graph, segment, kLanes, &why));
  EXPECT_NE(why.find("is not used"), std::string::npos) << why;
  for (SegmentKind kind : {SegmentKind::rows, SegmentKind::channels}) {
    why.clear();
    EXPECT_FALSE(splitSegment(graph, split(kind, 2, 3, {4, 4}), 2, &why));
    EXPECT_NE(why.find("is not used"), std::string::npos) << why;
  }
}

} // namespace
