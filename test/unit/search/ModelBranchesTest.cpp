// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network's own branches, and the name that SyncNAS gives it.

#include "search/ModelBranches.h"
#include "NetworkText.h"
#include "ParsedNetwork.h"
#include "search/Planner.h"
#include "search/SplitMenu.h"

#include "gtest/gtest.h"
#include <set>

using namespace snc;
using snc::test::NetworkText;
using snc::test::ParsedNetwork;

namespace {

using Names = std::vector<std::string>;

struct Found {
  ParsedNetwork parsed;
  NetworkGraph graph{parsed.main};
  ModelBranches model = modelBranchesOf(graph);

  Found(const NetworkText &net, const Names &results) : parsed(net.done(results)) {}

  Names namesOf(const std::vector<int64_t> &nodes) const {
    Names names;
    for (int64_t node : nodes)
      names.push_back(graph.nodes()[size_t(node)].name);
    return names;
  }
  const ModelRegion &region(size_t i) const { return model.regions.at(i); }
  Names branch(size_t region, size_t branch) const {
    return namesOf(model.regions.at(region).branches.at(branch));
  }
};

/// A stem, two blocks that a sum joins, and a head.
NetworkText twoBlocks(int expanded0 = 16, int expanded1 = 16) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  net.block("a", "s", expanded0, 8);
  net.block("b", "s", expanded1, 8);
  net.pointwise("j", "add", {"a", "b"});
  net.conv("h", "j", 32);
  return net;
}

TEST(ModelBranches, ASumIsTheEndOfOneBranchAndJoinsBoth) {
  Found f(twoBlocks(16, 24), {"h"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.region(0).begin, 1);
  EXPECT_EQ(f.region(0).end, 7);
  EXPECT_EQ(f.region(0).joinNode, 6);
  EXPECT_EQ(f.region(0).join, ModelRegion::add);
  ASSERT_EQ(f.region(0).branches.size(), 2u);
  EXPECT_EQ(f.branch(0, 0), (Names{"a.e", "a.d", "a+j"}));
  EXPECT_EQ(f.branch(0, 1), (Names{"b.e", "b.d", "b"}));
  EXPECT_TRUE(f.region(0).alike) << "widths may differ";
  EXPECT_EQ(f.model.strategy, "sync1_0_a");
  EXPECT_EQ(f.model.text(), "2 branches in 1 interval; syncs: add by j; strategy sync1_0_a");
}

TEST(ModelBranches, NodesMayBeInterleaved) {
  NetworkText net(8, 8);
  net.conv("a0", "x", 16);
  net.conv("b0", "x", 24);
  net.conv("a1", "a0", 16, 3, 1, 0);
  net.conv("b1", "b0", 24, 3, 1, 0);
  net.conv("a2", "a1", 8);
  net.conv("b2", "b1", 8);
  net.pointwise("j", "add", {"b2", "a2"});
  Found f(net, {"j"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.region(0).begin, 0) << "both read the input";
  EXPECT_EQ(f.branch(0, 0), (Names{"a0", "a1", "a2"}));
  EXPECT_EQ(f.branch(0, 1), (Names{"b0", "b1", "b2+j"}));
}

TEST(ModelBranches, AConcatOfUnevenPartsStaysOutside) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  net.block("a", "s", 16, 12);
  net.block("b", "s", 16, 20);
  net.concat("j", {"b", "a"});
  Found f(net, {"j"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.region(0).join, ModelRegion::concat);
  EXPECT_EQ(f.region(0).end, f.region(0).joinNode);
  EXPECT_EQ(f.model.strategy, "sync1_0_c");
}

TEST(ModelBranches, AShortcutIsNoBranch) {
  NetworkText net(8, 8);
  net.conv("s", "x", 8, 3);
  net.block("r", "s", 16, 8);
  net.pointwise("sum", "add", {"r", "s"});
  net.block("a", "sum", 16, 8);
  net.block("b", "sum", 16, 8);
  net.pointwise("j0", "add", {"a", "b"});
  net.pointwise("j1", "add", {"j0", "sum"}); // one more than there are branches
  net.conv("h", "j1", 8);
  Found f(net, {"h"});
  ASSERT_EQ(f.model.regions.size(), 1u) << "a residual block is none";
  EXPECT_EQ(f.region(0).branches.size(), 2u);
  EXPECT_EQ(f.region(0).join, ModelRegion::add);
  EXPECT_EQ(f.model.strategy, "") << "a block before them is not branched";
}

TEST(ModelBranches, AnActivationBehindTheSumIsNoJoin) {
  NetworkText net(8, 8);
  net.block("a", "x", 16, 8);
  net.block("b", "x", 16, 8);
  net.pointwise("j", "add", {"a", "b"});
  net.pointwise("r", "relu", {"j"});
  EXPECT_EQ(Found(net, {"r"}).region(0).join, ModelRegion::add);
  NetworkText product(8, 8);
  product.block("a", "x", 16, 8);
  product.block("b", "x", 16, 8);
  product.pointwise("j", "mul", {"a", "b"});
  EXPECT_EQ(Found(product, {"j"}).region(0).join, ModelRegion::other);
}

TEST(ModelBranches, WhatIsParallelInsideABranchIsItsOwn) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  net.conv("q", "s", 4);
  net.conv("e1", "q", 8);
  net.conv("e3", "q", 8, 3);
  net.concat("fire", {"e1", "e3"});
  net.conv("a", "fire", 8);
  net.block("b", "s", 16, 8);
  net.pointwise("j", "add", {"a", "b"});
  Found f(net, {"j"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.branch(0, 0), (Names{"q", "e1", "e3", "fire", "a+j"}));
  EXPECT_EQ(f.model.strategy, "");
}

TEST(ModelBranches, AGateIsNoStage) {
  auto gated = [](NetworkText &net, const std::string &name, const std::string &in, int wide) {
    net.conv(name + ".e", in, wide);
    net.conv(name + ".d", name + ".e", wide, 5, 2, 0);
    net.mean(name + ".m", name + ".d");
    net.conv(name + ".q", name + ".m", 4);
    net.conv(name + ".g", name + ".q", wide);
    net.pointwise(name + ".s", "sigmoid", {name + ".g"});
    net.pointwise(name + ".x", "mul", {name + ".d", name + ".s"});
    net.conv(name, name + ".x", 16);
  };
  NetworkText net(3, 16);
  net.conv("s", "x", 8, 3);
  gated(net, "a", "s", 24);
  gated(net, "b", "s", 32);
  net.pointwise("j", "add", {"a", "b"});
  Found f(net, {"j"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.region(0).stages, 1);
  EXPECT_TRUE(f.region(0).alike);
  EXPECT_EQ(f.model.strategy, "sync1_0_a");
}

TEST(ModelBranches, StagesEndWhereStrideOrChannelsChange) {
  NetworkText net(3, 32);
  net.conv("s", "x", 8, 3);
  for (std::string b : {"a", "b"}) {
    net.block(b + "0", "s", 16, 8);
    net.block(b + "1", b + "0", 24, 8, 3, 2); // a stride
    net.block(b + "1x", b + "1", 24, 8, 5);   // the same stage
    net.block(b + "2", b + "1x", 24, 16);     // more channels
  }
  net.pointwise("j2", "add", {"a2", "b2"});
  net.block("a3", "j2", 16, 12);
  net.block("b3", "j2", 16, 12);
  net.concat("j3", {"a3", "b3"});
  net.block("a4", "j3", 16, 24);
  net.block("b4", "j3", 16, 24);
  net.pointwise("j4", "add", {"a4", "b4"});
  net.conv("h", "j4", 8);
  Found f(net, {"h"});
  ASSERT_EQ(f.model.regions.size(), 3u);
  EXPECT_EQ(f.region(0).stages, 3);
  EXPECT_EQ(f.model.strategy, "sync3_234_aca");
}

TEST(ModelBranches, MoreThanTenStagesHaveDashes) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  for (std::string b : {"a", "b"})
    for (int i = 0; i < 11; ++i)
      net.block(b + std::to_string(i), i ? b + std::to_string(i - 1) : "s", 16, 8 + i);
  net.pointwise("j", "add", {"a10", "b10"});
  net.block("c", "j", 16, 8);
  net.block("d", "j", 16, 8);
  net.pointwise("k", "add", {"c", "d"});
  EXPECT_EQ(Found(net, {"k"}).model.strategy, "sync2_10-11_aa");
}

TEST(ModelBranches, BranchesOfOtherWindowsAreNotAlike) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  net.block("a", "s", 16, 8, 3);
  net.block("b", "s", 16, 8, 5);
  net.pointwise("j", "add", {"a", "b"});
  EXPECT_FALSE(Found(net, {"j"}).region(0).alike);
  NetworkText fire(3, 8);
  fire.conv("s", "x", 8, 3);
  fire.conv("a", "s", 8);
  fire.conv("b", "s", 8);
  fire.concat("j", {"a", "b"});
  EXPECT_FALSE(Found(fire, {"j"}).region(0).alike) << "pointwise alone says nothing";
}

TEST(ModelBranches, AnOutputMayComeOutOfABranch) {
  // One that the branch goes on with, and one at the end of a way of its own.
  Found f(twoBlocks(), {"h", "a.d"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.model.strategy, "sync1_0_a");
  NetworkText net = twoBlocks();
  net.softmax("aside", "a.d");
  Found g(net, {"aside", "h"});
  ASSERT_EQ(g.model.regions.size(), 1u);
  EXPECT_EQ(g.region(0).join, ModelRegion::add);
  EXPECT_EQ(g.region(0).branches.size(), 2u);
}

TEST(ModelBranches, HeadsLeaveTheNetwork) {
  NetworkText net(3, 8);
  net.conv("s", "x", 8, 3);
  net.conv("a", "s", 8, 3);
  net.softmax("p", "a");
  net.conv("b", "s", 8, 3);
  net.softmax("q", "b");
  Found f(net, {"p", "q"});
  ASSERT_EQ(f.model.regions.size(), 1u);
  EXPECT_EQ(f.region(0).join, ModelRegion::outputs);
  EXPECT_EQ(f.region(0).joinNode, -1);
  EXPECT_EQ(f.branch(0, 0), (Names{"a", "p"}));
  EXPECT_EQ(f.branch(0, 1), (Names{"b", "q"}));
  EXPECT_EQ(f.model.text(), "2 branches in 1 interval");
}

TEST(ModelBranches, NetworksWithoutBranches) {
  NetworkText chain(3, 8);
  chain.conv("s", "x", 8, 3);
  chain.conv("t", "s", 8);
  Found f(chain, {"t"});
  EXPECT_TRUE(f.model.regions.empty());
  EXPECT_EQ(f.model.text(), "");
  EXPECT_TRUE(Found(NetworkText(3, 8), {"x"}).model.regions.empty()) << "no node at all";
}

constexpr int64_t kLanes = 16;

struct Planned : Found {
  CostModel costs{DeviceDescription(), kLanes};
  PlanCost cost;
  Planned(const NetworkText &net, const Names &results, std::vector<PlanUnit> units)
      : Found(net, results), cost(graph, costs, std::move(units), kLanes) {}

  const SplitKindWays *pathsOf(const SplitMenu &menu, const ModelRegion &region) const {
    for (const SplitRun &run : menu.runsAt(region.begin))
      for (const SplitKindWays &ways : run.kinds)
        if (run.end == region.end && ways.kind == SegmentKind::paths)
          return &ways;
    return nullptr;
  }
};

const std::vector<PlanUnit> kTwo{{"a", 1}, {"b", 1}};

/// `count` blocks of each branch, all as wide as `wide` says, on a large plane.
NetworkText longBranches(const std::vector<int> &wide, int count = 6) {
  NetworkText net(3, 56);
  net.conv("s", "x", 16, 3);
  Names ends;
  for (size_t b = 0; b < wide.size(); ++b) {
    std::string last = "s";
    for (int i = 0; i < count; ++i) {
      std::string name = "b" + std::to_string(b) + "_" + std::to_string(i);
      net.block(name, last, wide[b], 16);
      last = name;
    }
    ends.push_back(last);
  }
  std::string sum = ends.front();
  for (size_t b = 1; b < ends.size(); ++b) {
    net.pointwise("j" + std::to_string(b), "add", {sum, ends[b]});
    sum = "j" + std::to_string(b);
  }
  net.conv("h", sum, 32);
  return net;
}

TEST(ModelBranches, TheMenuHasThemHoweverLong) {
  Planned f(longBranches({64, 64}), {"h"}, kTwo);
  ASSERT_EQ(f.region(0).size(), 36) << "longer than any run of the menu";
  SplitMenu menu(f.cost, {});
  const SplitKindWays *ways = f.pathsOf(menu, f.region(0));
  ASSERT_NE(ways, nullptr);
  ASSERT_EQ(ways->ways.size(), 1u) << "of like units it does not matter which is which";
  for (const SplitRun &run : menu.runsAt(f.region(0).begin))
    EXPECT_LE(run.end, f.region(0).end) << "by length";
  MenuOptions rows;
  rows.kinds = {SegmentKind::rows};
  EXPECT_EQ(f.pathsOf(SplitMenu(f.cost, rows), f.region(0)), nullptr);
}

TEST(ModelBranches, ThreeBranchesOnTwoUnits) {
  Planned f(longBranches({64, 96, 32}, 2), {"h"}, kTwo);
  ASSERT_EQ(f.region(0).branches.size(), 3u);
  const SplitMenu menu(f.cost, {});
  const SplitKindWays *ways = f.pathsOf(menu, f.region(0));
  ASSERT_NE(ways, nullptr);
  std::set<std::vector<int64_t>> seen;
  for (const SplitWay &way : ways->ways) {
    std::vector<int64_t> units;
    for (const std::vector<int64_t> &branch : f.region(0).branches)
      units.push_back(way.segment.units[size_t(branch.front() - f.region(0).begin)]);
    seen.insert(units);
  }
  // One apart from the two others, up to the numbers of the units; 64 + 32 against 96
  // is found twice, as longest-first numbers them otherwise.
  for (std::vector<int64_t> units : {std::vector<int64_t>{0, 0, 1}, {0, 1, 0}, {0, 1, 1}})
    EXPECT_TRUE(seen.count(units));
  double best = std::min_element(ways->ways.begin(), ways->ways.end(), [](auto &a, auto &b) {
                  return a.us < b.us;
                })->us;
  for (const SplitWay &way : ways->ways)
    if (way.us == best)
      EXPECT_NE(way.segment.units[size_t(f.region(0).branches[1].front() - 1)],
                way.segment.units[size_t(f.region(0).branches[0].front() - 1)]);
}

TEST(ModelBranches, UnlikeUnitsTakeEitherBranch) {
  Planned f(longBranches({64, 96}, 2), {"h"}, {{"a", 1}, {"b", 3}});
  const SplitMenu menu(f.cost, {});
  const SplitKindWays *ways = f.pathsOf(menu, f.region(0));
  ASSERT_NE(ways, nullptr);
  EXPECT_EQ(ways->ways.size(), 2u);
}

TEST(ModelBranches, TheSumRunsBehindThem) {
  Planned f(twoBlocks(), {"h"}, kTwo);
  PlanSegment segment{1, 7, SegmentKind::paths, 0, {}, {0, 0, 1, 1, 1, 0}, ""};
  std::string why;
  auto split = splitSegment(f.graph, segment, kLanes, &why);
  ASSERT_TRUE(split) << why;
  ASSERT_EQ(split->tail.size(), 1u);
  EXPECT_TRUE(mlir::isa<AddOp>(split->tail.front()));
  EXPECT_EQ(split->body.size(), 6u);
  EXPECT_EQ(split->exits.size(), 2u);
  // The sum's node begins with the first branch's convolution, which no other unit has.
  segment.units = {0, 0, 1, 1, 1, 1};
  EXPECT_FALSE(splitSegment(f.graph, segment, kLanes, &why));
  EXPECT_NE(why.find("needs a value of another unit"), std::string::npos) << why;
  // What the sum is followed by is none of the segment's.
  segment = {1, 8, SegmentKind::paths, 0, {}, {0, 0, 1, 1, 1, 0, 0}, ""};
  EXPECT_FALSE(splitSegment(f.graph, segment, kLanes));
}

TEST(ModelBranches, AlikeBranchesNeedNoMeasurement) {
  Planned even(longBranches({64, 64}), {"h"}, kTwo);
  PlanningResult result = planNetwork(even.cost, /*measured=*/false, {});
  ASSERT_EQ(result.choice().name, "branches");
  EXPECT_LE(result.choice().us, result.choices[1].us);
  EXPECT_TRUE(llvm::any_of(result.choice().plan.segments, [](const PlanSegment &segment) {
    return segment.kind == SegmentKind::paths && segment.adds;
  }));
  EXPECT_EQ(result.choice().plan.ownBranches, even.model.text());
  // Of unlike width the narrow one's unit waits; nobody may use paths; other windows.
  Planned uneven(longBranches({64, 160}), {"h"}, kTwo);
  EXPECT_EQ(planNetwork(uneven.cost, false, {}).choice().name, "data-parallel");
  PlannerOptions rows;
  rows.menu.kinds = {SegmentKind::rows};
  EXPECT_EQ(planNetwork(even.cost, false, rows).choice().name, "data-parallel");
}

TEST(ModelBranches, NothingWorseIsForced) {
  for (int wide : {64, 96, 160}) {
    Planned f(longBranches({64, wide}), {"h"}, kTwo);
    std::optional<PlannedChoice> own = ownBranchesChoice(f.cost, {});
    ASSERT_TRUE(own);
    EXPECT_EQ(own->plan.syncs(), (std::vector<int64_t>{36}));
    PlannerOptions forced;
    forced.forceBranches = true;
    forced.search.budget = 20;
    EXPECT_LE(planNetwork(f.cost, true, forced).choice().us, own->us) << wide;
    PlannerOptions asked;
    asked.ownBranches = true;
    PlanningResult result = planNetwork(f.cost, true, asked);
    EXPECT_EQ(result.choice().name, "own branches");
    EXPECT_EQ(result.choice().us, own->us);
    EXPECT_EQ(result.choice().plan.strategy(), "sync1_36_a");
  }
}

} // namespace
