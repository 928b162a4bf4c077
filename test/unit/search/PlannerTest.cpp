// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which plans are accepted though nothing was measured.

#include "search/Planner.h"
#include "ParsedNetwork.h"

#include "gtest/gtest.h"

using namespace snc;
using snc::test::ParsedNetwork;

namespace {

constexpr int64_t kLanes = 16;

/// An inverted residual of MobileNetV2's last stages on `side` x `side` pixels.
std::string block(int side) {
  std::string plane = "x" + std::to_string(side) + "x" + std::to_string(side) + "xf32>";
  std::string narrow = "tensor<1x160" + plane, wide = "tensor<1x960" + plane;
  auto conv = [](const char *in, const char *w, const char *pad, const char *group) {
    return std::string("snc.conv ") + in + ", " + w +
           " {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: " + pad +
           ", " + pad + ", " + pad + ", " + pad + ">, group = " + group + "} : (";
  };
  std::string w1 = "tensor<960x160x1x1xf32>", w2 = "tensor<960x1x3x3xf32>",
              w3 = "tensor<160x960x1x1xf32>";
  return "func.func @main(%x: " + narrow + ") -> " + narrow + " {\n" +
         "  %w1 = snc.constant dense<1.0> : " + w1 + " : " + w1 + "\n" +
         "  %w2 = snc.constant dense<1.0> : " + w2 + " : " + w2 + "\n" +
         "  %w3 = snc.constant dense<1.0> : " + w3 + " : " + w3 + "\n" +
         "  %a = " + conv("%x", "%w1", "0", "1") + narrow + ", " + w1 + ") -> " + wide +
         "\n  %b = " + conv("%a", "%w2", "1", "960") + wide + ", " + w2 + ") -> " + wide +
         "\n  %c = " + conv("%b", "%w3", "0", "1") + wide + ", " + w3 + ") -> " + narrow +
         "\n  %d = snc.add %c, %x : (" + narrow + ", " + narrow + ") -> " + narrow +
         "\n  return %d : " + narrow + "\n}";
}

struct Fixture {
  ParsedNetwork network;
  NetworkGraph graph{network.main};
  CostModel model{DeviceDescription(), kLanes};
  PlanCost cost;

  explicit Fixture(int side, int64_t threads = 1)
      : network(block(side)), cost(graph, model, {{"a", threads}, {"b", threads}}, kLanes) {}
};

TEST(Planner, SumsOnSmallPlanesNeedNoMeasurement) {
  Fixture f(7);
  PlanningResult result = planNetwork(f.cost, /*measured=*/false, {});
  ASSERT_EQ(result.choice().name, "branches");
  for (const PlanSegment &segment : result.choice().plan.segments)
    if (segment.isSplit())
      EXPECT_EQ(segment.kind, SegmentKind::add);
  // As little as they promise is not enough for other splits, or where costs are known.
  EXPECT_GT(result.choice().us, 0.85 * result.choices[1].us);
  PlannerOptions rows;
  rows.menu.kinds = {SegmentKind::rows, SegmentKind::channels};
  EXPECT_EQ(planNetwork(f.cost, false, rows).choice().name, "data-parallel");
}

TEST(Planner, FetchesWithinUnitsAreNotKnown) {
  Fixture f(7, /*threads=*/2);
  EXPECT_EQ(planNetwork(f.cost, false, {}).choice().name, "data-parallel");
}

TEST(Planner, SumsOfOnePixelAreNotTrusted) {
  Fixture f(1);
  PlannerOptions sums;
  sums.menu.kinds = {SegmentKind::add};
  EXPECT_EQ(planNetwork(f.cost, false, sums).choice().name, "data-parallel");
}

} // namespace
