// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plan checks itself (P1 to P5), names its strategy and survives the way
// through JSON.

#include "search/BranchPlan.h"

#include "nlohmann/json.hpp"
#include "gtest/gtest.h"
#include <functional>

using namespace snc;

namespace {

PlanSegment segment(int64_t begin, int64_t end, SegmentKind kind) {
  PlanSegment s;
  s.begin = begin;
  s.end = end;
  s.kind = kind;
  return s;
}

PlanSegment split(int64_t begin, int64_t end, SegmentKind kind, std::vector<int64_t> shares) {
  PlanSegment s = segment(begin, end, kind);
  s.shares = std::move(shares);
  return s;
}

PlanSegment paths(int64_t begin, int64_t end, std::vector<int64_t> units) {
  PlanSegment s = segment(begin, end, SegmentKind::paths);
  s.units = std::move(units);
  return s;
}

/// One segment of each kind, on two units.
BranchPlan everyKind() {
  PlanSegment single = segment(1, 3, SegmentKind::single);
  single.unit = 1;
  single.name = "Conv_1 to Relu_2";
  return {12,
          {{"cpu0", 1}, {"cpu1", 3}},
          {segment(0, 1, SegmentKind::all), single, split(3, 5, SegmentKind::rows, {4, 4}),
           split(5, 6, SegmentKind::channels, {5, 3}), split(6, 9, SegmentKind::add, {2, 6}),
           paths(9, 12, {1, 0, 0})}};
}

std::string fault(const BranchPlan &plan) { return llvm::toString(plan.verify()); }

/// The same on a CPU and a GPU.
BranchPlan withGpu() {
  BranchPlan plan = everyKind();
  plan.units = {{"cpu0", 2}, {"gpu0", 1, Device::opencl}};
  plan.segments[0].kind = SegmentKind::single;
  return plan;
}

void expectFault(const BranchPlan &plan, const std::string &rule) {
  std::string message = fault(plan);
  EXPECT_EQ(message.substr(0, 3), rule + ":") << message;
}

/// everyKind() after `change` breaks `rule`.
void expectFault(const std::string &rule, const std::function<void(BranchPlan &)> &change) {
  BranchPlan plan = everyKind();
  change(plan);
  expectFault(plan, rule);
}

TEST(BranchPlan, EveryKindOfSegmentIsAccepted) { EXPECT_EQ(fault(everyKind()), ""); }

TEST(BranchPlan, ANetworkOfNothingHasNoSegments) { EXPECT_EQ(fault({0, {{"cpu", 1}}, {}}), ""); }

TEST(BranchPlan, P1UnitsAreNamedApartAndHaveThreads) {
  expectFault("P1", [](BranchPlan &p) { p.units.clear(); });
  expectFault("P1", [](BranchPlan &p) { p.units[1].name = "cpu0"; });
  expectFault("P1", [](BranchPlan &p) { p.units[0].name = ""; });
  expectFault("P1", [](BranchPlan &p) { p.units[0].threads = 0; });
  expectFault("P1", [](BranchPlan &p) { p.units[1].threads = -4; });
}

TEST(BranchPlan, P1OneUnitMayBeAGpuThatOneThreadFeeds) {
  EXPECT_EQ(fault(withGpu()), "");
  BranchPlan threads = withGpu(), two = withGpu();
  threads.units[1].threads = 2;
  two.units[0] = {"gpu1", 1, Device::cuda};
  expectFault(threads, "P1");
  expectFault(two, "P1");
  for (auto &unit : {withGpu().units[1]})
    EXPECT_EQ(fault(unsplitPlan(4, {unit})), "") << "a GPU alone";
}

TEST(BranchPlan, P6WithAGpuNothingRunsOnAllThreads) {
  BranchPlan plan = withGpu();
  plan.segments[0].kind = SegmentKind::all;
  expectFault(plan, "P6");
}

TEST(BranchPlan, P2SegmentsCoverTheNodesInOrder) {
  expectFault("P2", [](BranchPlan &p) { p.segments.erase(p.segments.begin()); });     // begins late
  expectFault("P2", [](BranchPlan &p) { p.segments.erase(p.segments.begin() + 1); }); // a gap
  expectFault("P2", [](BranchPlan &p) { p.segments[0].end = 2; });                    // overlap
  expectFault("P2", [](BranchPlan &p) { p.segments.pop_back(); });                    // ends early
  expectFault("P2", [](BranchPlan &p) { p.nodes = 11; });                             // ends late
  expectFault("P2", [](BranchPlan &p) { std::swap(p.segments[0], p.segments[1]); });
}

TEST(BranchPlan, P2NoSegmentIsEmpty) {
  expectFault("P2", [](BranchPlan &p) {
    p.segments.insert(p.segments.begin(), segment(0, 0, SegmentKind::all));
  });
  expectFault("P2", [](BranchPlan &p) {
    p.segments = {segment(0, -1, SegmentKind::all), segment(-1, 12, SegmentKind::all)};
  });
}

TEST(BranchPlan, P3SharesAreEighthsForEachUnit) {
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {}; });
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {8}; });
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {4, 3}; });
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {4, 5}; });
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {4, 2, 2}; });
  expectFault("P3", [](BranchPlan &p) { p.segments[2].shares = {9, -1}; });
}

TEST(BranchPlan, P3TwoUnitsHaveWork) {
  expectFault("P3", [](BranchPlan &p) { p.segments[3].shares = {8, 0}; });
  BranchPlan plan = everyKind();
  plan.units.push_back({"cpu2", 1});
  for (size_t i : {2, 3, 4})
    plan.segments[i].shares = {3, 0, 5};
  EXPECT_EQ(fault(plan), "") << "a unit may rest";
}

TEST(BranchPlan, P3SharesThatSumTo8ByOverflowAreRefused) {
  BranchPlan plan = everyKind();
  plan.units.push_back({"cpu2", 1});
  for (size_t i : {2, 3, 4})
    plan.segments[i].shares = {INT64_MAX, INT64_MAX, 10};
  expectFault(plan, "P3");
}

TEST(BranchPlan, P4PathsNameAUnitForEachNode) {
  expectFault("P4", [](BranchPlan &p) { p.segments[5].units = {1, 0}; });
  expectFault("P4", [](BranchPlan &p) { p.segments[5].units = {}; });
  expectFault("P4", [](BranchPlan &p) { p.segments[5].units = {1, 0, 2}; });
  expectFault("P4", [](BranchPlan &p) { p.segments[5].units = {1, 0, -1}; });
  expectFault("P4", [](BranchPlan &p) { p.segments[5].units = {1, 1, 1}; });
}

TEST(BranchPlan, P5ASingleNamesAUnit) {
  expectFault("P5", [](BranchPlan &p) { p.segments[1].unit = 2; });
  expectFault("P5", [](BranchPlan &p) { p.segments[1].unit = -1; });
}

TEST(BranchPlan, P5SharesAndUnitsStandOnlyWhereTheyMeanSomething) {
  expectFault("P5", [](BranchPlan &p) { p.segments[0].shares = {4, 4}; });
  expectFault("P5", [](BranchPlan &p) { p.segments[1].shares = {4, 4}; });
  expectFault("P5", [](BranchPlan &p) { p.segments[5].shares = {4, 4}; });
  expectFault("P5", [](BranchPlan &p) { p.segments[2].units = {0, 1}; });
  expectFault("P5", [](BranchPlan &p) { p.segments[0].units = {0}; });
}

TEST(BranchPlan, AFaultNamesItsSegmentAndMayHoldAnything) {
  BranchPlan plan = everyKind();
  plan.segments[3].shares = {8, 0};
  EXPECT_NE(fault(plan).find("at node 5"), std::string::npos) << fault(plan);
  plan = everyKind();
  plan.units = {{"%s%n", 1}, {"%s%n", 1}};
  EXPECT_NE(fault(plan).find("%s%n"), std::string::npos) << fault(plan);
}

TEST(BranchPlan, SyncsAreBehindSplits) {
  EXPECT_EQ(everyKind().syncs(), (std::vector<int64_t>{4, 5, 8, 11}));
  EXPECT_EQ(unsplitPlan(3, {{"cpu", 1}}).syncs(), (std::vector<int64_t>{}));
}

TEST(BranchPlan, StrategiesAreNamedAsInSyncNas) {
  EXPECT_EQ(everyKind().strategy(), "sync4_4-5-8-11_ccac");
  BranchPlan plan = everyKind();
  plan.segments.pop_back();
  EXPECT_EQ(plan.strategy(), "sync3_458_cca") << "no dashes between single digits";
  EXPECT_EQ(unsplitPlan(3, {{"cpu", 1}}).strategy(), "sync0");
}

TEST(BranchPlan, UnsplitIsOneSegment) {
  BranchPlan one = unsplitPlan(3, {{"cpu", 2}}), two = unsplitPlan(3, {{"a", 1}, {"b", 1}});
  EXPECT_EQ(one.segments, (std::vector<PlanSegment>{segment(0, 3, SegmentKind::all)}));
  EXPECT_EQ(two.segments, (std::vector<PlanSegment>{segment(0, 3, SegmentKind::all)}));
  for (const BranchPlan &plan : {one, two, unsplitPlan(0, {{"cpu", 1}})})
    EXPECT_EQ(fault(plan), "");
}

TEST(BranchPlan, JsonRoundTripKeepsEverything) {
  for (const BranchPlan &plan :
       {everyKind(), withGpu(), unsplitPlan(3, {{"cpu", 2}}), BranchPlan{}}) {
    auto back = branchPlanFromJson(nlohmann::json::parse(toJson(plan).dump()));
    ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
    EXPECT_TRUE(*back == plan) << toJson(*back).dump();
  }
}

TEST(BranchPlan, JsonNamesTheInterfaceOfAGpu) {
  nlohmann::json json = toJson(withGpu());
  EXPECT_FALSE(json["units"][0].contains("device"));
  EXPECT_EQ(json["units"][1]["device"], "opencl");
  json["units"][1]["device"] = "abacus";
  auto plan = branchPlanFromJson(json);
  ASSERT_FALSE(bool(plan));
  EXPECT_NE(llvm::toString(plan.takeError()).find("abacus"), std::string::npos);
}

TEST(BranchPlan, JsonHasTheDocumentedForm) {
  auto json = nlohmann::json::parse(R"({"strategy": "sync1_3_c", "nodes": 5,
    "units": [{"name": "cpu0", "threads": 1}, {"name": "cpu1", "threads": 2}],
    "segments": [{"begin": 0, "end": 4, "kind": "rows", "shares": [4, 4]},
                 {"begin": 4, "end": 5, "kind": "single", "unit": 0}]})");
  BranchPlan plan{5,
                  {{"cpu0", 1}, {"cpu1", 2}},
                  {split(0, 4, SegmentKind::rows, {4, 4}), segment(4, 5, SegmentKind::single)}};
  EXPECT_EQ(toJson(plan), json);
}

TEST(BranchPlan, JsonForReadersIsNotNeeded) {
  auto plan = branchPlanFromJson(nlohmann::json::parse(R"({"strategy": 7, "nodes": 1,
    "units": [{"name": "cpu", "threads": 1, "cores": "0-3"}], "comment": null,
    "segments": [{"begin": 0, "end": 1, "kind": "all"}]})"));
  ASSERT_TRUE(bool(plan)) << llvm::toString(plan.takeError());
  EXPECT_EQ(plan->segments, (std::vector<PlanSegment>{segment(0, 1, SegmentKind::all)}));
}

TEST(BranchPlan, FaultyJsonIsAnErrorThatSaysWhere) {
  const char *units = R"("units": [{"name": "a", "threads": 1}])";
  auto with = [&](const char *segment) {
    return std::string(R"({"nodes": 1, )") + units + R"(, "segments": [)" + segment + "]}";
  };
  for (auto [text, word] : std::vector<std::pair<std::string, std::string>>{
           {"[]", ""},
           {"null", ""},
           {"7", ""},
           {R"({"nodes": 1})", "units"},
           {R"({"nodes": "1", "units": [], "segments": []})", "number"},
           {R"({"units": [], "segments": []})", "nodes"},
           {R"({"nodes": 1, "units": [{"name": 1, "threads": 1}], "segments": []})", "string"},
           {R"({"nodes": 1, "units": [{"name": "a"}], "segments": []})", "threads"},
           {R"({"nodes": 1, "units": [7], "segments": []})", ""},
           {R"({"nodes": 1, "units": []})", "segments"},
           {with(R"({"begin": 0, "end": 1})"), "kind"},
           {with(R"({"begin": 0, "end": 1, "kind": "diagonal"})"), "'diagonal'"},
           {with(R"({"begin": 0, "end": 1, "kind": 3})"), "string"},
           {with(R"({"begin": 0, "kind": "all"})"), "end"},
           {with(R"({"begin": 0, "end": 1, "kind": "rows", "shares": 4})"), "array"},
           {with(R"({"begin": 0, "end": 1, "kind": "rows", "shares": ["4", 4]})"), "number"},
           {with(R"({"begin": 0, "end": 1, "kind": "paths", "units": {"0": "a"}})"), "array"},
       }) {
    auto plan = branchPlanFromJson(nlohmann::json::parse(text));
    ASSERT_FALSE(bool(plan)) << text;
    std::string message = llvm::toString(plan.takeError());
    EXPECT_EQ(message.find("not a branch plan: "), 0u) << message;
    EXPECT_NE(message.find(word), std::string::npos) << text << ": " << message;
  }
  auto broken = branchPlanFromJson(nlohmann::json::parse("{", nullptr, false));
  EXPECT_FALSE(bool(broken)) << "text that is no JSON";
  llvm::consumeError(broken.takeError());
}

TEST(BranchPlan, JsonNumbersAreWhole) {
  nlohmann::json json = toJson(everyKind());
  json["segments"][0]["end"] = 0.5;
  auto plan = branchPlanFromJson(json);
  ASSERT_FALSE(bool(plan));
  EXPECT_EQ(llvm::toString(plan.takeError()),
            "not a branch plan: 'end' holds 0.5, expected whole numbers");
}

TEST(WithoutIdleGpu, RenumbersTheUnitsBehindIt) {
  BranchPlan plan{4, {{"gpu0", 1, Device::opencl}, {"cpu0", 1}, {"cpu1", 2}}, {}};
  plan.segments = {{0, 2, SegmentKind::rows, 0, {0, 3, 5}, {}, ""},
                   {2, 3, SegmentKind::single, 2, {}, {}, ""},
                   {3, 4, SegmentKind::single, 1, {}, {}, ""}};
  BranchPlan rest = withoutIdleGpu(plan);
  ASSERT_EQ(rest.units.size(), 2u);
  EXPECT_EQ(rest.units[0].name, "cpu0");
  EXPECT_EQ(rest.segments[0].shares, (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(rest.segments[1].unit, 1);
  EXPECT_EQ(rest.segments[2].unit, 0);
  EXPECT_FALSE(bool(rest.verify()));
}

TEST(WithoutIdleGpu, KeepsOneThatSomeSegmentUses) {
  BranchPlan plan{2, {{"cpu0", 1}, {"gpu0", 1, Device::opencl}}, {}};
  plan.segments = {{0, 1, SegmentKind::single, 0, {}, {}, ""},
                   {1, 2, SegmentKind::single, 1, {}, {}, ""}};
  EXPECT_EQ(withoutIdleGpu(plan), plan);
  plan.segments = {{0, 2, SegmentKind::paths, 0, {}, {0, 1}, ""}};
  EXPECT_EQ(withoutIdleGpu(plan), plan);
  plan.segments = {{0, 2, SegmentKind::channels, 0, {4, 4}, {}, ""}};
  EXPECT_EQ(withoutIdleGpu(plan), plan);
}

TEST(WithoutIdleGpu, LeavesACoreWhereThereIsNothingToDo) {
  BranchPlan rest = withoutIdleGpu({0, {{"gpu0", 1, Device::cuda}}, {}});
  ASSERT_EQ(rest.units.size(), 1u);
  EXPECT_EQ(rest.units[0].device, Device::cpu);
  EXPECT_FALSE(bool(rest.verify()));
}

} // namespace
