// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans for a CPU and a GPU: copies and waits counted by hand, the same by the
// event simulator of bench/, and what the planner picks where there is only one
// right answer.

#include "EventReplay.h"
#include "ParsedNetwork.h"
#include "search/DeviceRun.h"
#include "search/Planner.h"

#include "gtest/gtest.h"

using namespace snc;
using snc::bench::Replay;
using snc::bench::replay;
using snc::test::ParsedNetwork;

namespace {

constexpr int64_t kLanes = 16;

/// conv 3x3 32 -> 32, then conv 1x1 32 -> 32, on 8x8 pixels: 8192 bytes a tensor, 1024 a row.
constexpr char kTwo[] = R"(
func.func @main(%x: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  %w1 = snc.constant dense<1.0> : tensor<32x32x3x3xf32> : tensor<32x32x3x3xf32>
  %w2 = snc.constant dense<1.0> : tensor<32x32x1x1xf32> : tensor<32x32x1x1xf32>
  %a = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x8x8xf32>
  %b = snc.conv %a, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  return %b : tensor<1x32x8x8xf32>
})";

std::string parts(const char *in, const char *out, int kernel) {
  std::string k = std::to_string(kernel);
  return std::string("conv ") + in + " -> " + out + " k" + k + "x" + k + " s1x1 d1x1 g1";
}

/// 100 us for a whole kernel on the CPU and 80 on the GPU; parts in proportion to rows or
/// channels. A copy: 5 us and 1 us for 1000 bytes up, 7 us and 2 us down. A sync: 10 us.
DeviceDescription device() {
  DeviceDescription d;
  d.gpu.uploadUs = 5;
  d.gpu.uploadGBs = 1;
  d.gpu.downloadUs = 7;
  d.gpu.downloadGBs = 0.5;
  d.gpu.syncUs = 10;
  auto set = [&](const std::string &signature, double share) {
    d.latenciesUs[latencyKey(signature, int64_t(2))] = 100 * share;
    d.latenciesUs[latencyKey(signature, "opencl")] = 80 * share;
  };
  for (int kernel : {3, 1})
    set(parts("1x32x8x8", "1x32x8x8", kernel), 1);
  set(parts("1x32x5x8", "1x32x4x8", 3), 0.5); // half of the rows and a halo
  set(parts("1x32x4x8", "1x32x4x8", 1), 0.5);
  set(parts("1x32x8x8", "1x16x8x8", 3), 0.5); // half of the output channels
  set(parts("1x32x8x8", "1x16x8x8", 1), 0.5);
  set(parts("1x16x8x8", "1x32x8x8", 1), 0.5); // half of the input channels
  set("add 1x16x8x8 -> 1x16x8x8", 0.1);       // the sum of two partial ones
  return d;
}

struct Fixture {
  ParsedNetwork network;
  NetworkGraph graph;
  CostModel model;
  PlanCost cost;

  explicit Fixture(const DeviceDescription &d, const char *text = kTwo)
      : network(text), graph(network.main), model(d, kLanes),
        cost(graph, model, {{"cpu0", 2}, {"gpu0", 1, Device::opencl}}, kLanes) {}

  BranchPlan plan(std::vector<PlanSegment> segments) {
    BranchPlan plan{graph.size(), cost.planUnits().vec(), std::move(segments)};
    EXPECT_EQ(llvm::toString(plan.verify()), "");
    return plan;
  }
  /// By the planner and by the simulator.
  void expectUs(const BranchPlan &plan, double us) {
    EXPECT_NEAR(cost.total(plan), us, 1e-3);
    EXPECT_NEAR(replay(cost, plan).us, us, 1e-3);
  }
};

PlanSegment split(int64_t begin, int64_t end, SegmentKind kind) {
  return {begin, end, kind, 0, {4, 4}, {}, ""};
}
PlanSegment on(int64_t unit, int64_t begin, int64_t end) {
  return {begin, end, SegmentKind::single, unit, {}, {}, ""};
}

TEST(GpuPlan, OneDeviceAlone) {
  Fixture f(device());
  f.expectUs(f.plan({on(0, 0, 2)}), 200);
  // A sync, the input up, two kernels, the output down, a sync.
  f.expectUs(f.plan({on(1, 0, 2)}), 10 + (5 + 8.192) + 160 + (7 + 16.384) + 10);
}

TEST(GpuPlan, FromOneDeviceToTheOther) {
  Fixture f(device());
  f.expectUs(f.plan({on(0, 0, 1), on(1, 1, 2)}), 100 + 10 + 13.192 + 80 + 23.384 + 10);
}

TEST(GpuPlan, RowsCopyTheirHalosAlone) {
  Fixture f(device());
  BranchPlan plan = f.plan({split(0, 2, SegmentKind::rows)});
  // The GPU: a sync, 5 rows up, its halves, 4 rows down, a sync.
  f.expectUs(plan, 10 + (5 + 5.12) + 80 + (7 + 8.192) + 10);
  // Two splits: of the second, whose convolution is 1x1, each half is where it was.
  f.expectUs(f.plan({split(0, 1, SegmentKind::rows), split(1, 2, SegmentKind::rows)}),
             10 + (5 + 5.12) + 80 + (7 + 8.192) + 10);
  Replay run = replay(f.cost, plan);
  EXPECT_EQ(run.copies(), 2);
  EXPECT_EQ(run.copiedBytes(), 9 * 1024);
  EXPECT_EQ(run.busyUs(0), 100);
  EXPECT_EQ(run.busyUs(1), 80);
}

TEST(GpuPlan, ChannelsCopyTheOtherPartBothWays) {
  Fixture f(device());
  BranchPlan plan =
      f.plan({split(0, 1, SegmentKind::channels), split(1, 2, SegmentKind::channels)});
  // First: the GPU has its half at 10 + 13.192 + 40 = 63.192, the CPU at 50. Then the GPU's
  // half goes down until 78.384, for the CPU at 88.384, and the CPU's up until 87.480, in the
  // GPU's queue. The CPU is done at 138.384; the GPU at 127.480, its half is down at 142.672.
  f.expectUs(plan, 142.672 + 10);
  Replay run = replay(f.cost, plan);
  EXPECT_EQ(run.copies(), 4);
  EXPECT_EQ(run.copiedBytes(), 8192 + 3 * 4096);
}

TEST(GpuPlan, PartialSumsMeetOnBothSides) {
  Fixture f(device());
  // Halves of the first until 63.192 on the GPU and 50 on the CPU; of the second until 103.192
  // and 100. Half of the GPU's sum goes down until 118.384, half of the CPU's up until 127.480
  // (from 118.384: the CPU's was done at 100). The sums: the CPU's 128.384 to 138.384, the
  // GPU's 127.480 to 135.480; the latter is down at 150.672.
  f.expectUs(f.plan({split(0, 2, SegmentKind::add)}), 118.384 + 9.096 + 8 + 15.192 + 10);
}

/// Two branches of the model itself, which a sum joins.
constexpr char kBranches[] = R"(
func.func @main(%x: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  %w = snc.constant dense<1.0> : tensor<32x32x3x3xf32> : tensor<32x32x3x3xf32>
  %a = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x8x8xf32>
  %b = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x3x3xf32>) -> tensor<1x32x8x8xf32>
  %c = snc.add %a, %b : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %c : tensor<1x32x8x8xf32>
})";

TEST(GpuPlan, TheModelsOwnBranchesMeetAsPartialSumsDo) {
  Fixture f(device(), kBranches);
  // The CPU until 100, the GPU until 10 + 13.192 + 80; from there as above.
  BranchPlan plan = f.plan({{0, 2, SegmentKind::paths, 0, {}, {1, 0}, ""}});
  f.expectUs(plan, 118.384 + 9.096 + 8 + 15.192 + 10);
  EXPECT_EQ(replay(f.cost, plan).copies(), 4);
}

/// %a is read twice, on the GPU: it goes up once.
TEST(GpuPlan, AValueGoesToASideOnce) {
  constexpr char twice[] = R"(
func.func @main(%x: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  %w = snc.constant dense<1.0> : tensor<32x32x1x1xf32> : tensor<32x32x1x1xf32>
  %a = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  %b = snc.conv %a, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  %c = snc.conv %b, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  %d = snc.add %c, %a : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %d : tensor<1x32x8x8xf32>
})";
  DeviceDescription d = device();
  d.latenciesUs[latencyKey(parts("1x32x8x8", "1x32x8x8", 1) + " +add", "opencl")] = 80;
  Fixture f(d, twice);
  ASSERT_EQ(f.graph.size(), 3);
  BranchPlan plan = f.plan({on(0, 0, 1), on(1, 1, 2), on(1, 2, 3)});
  f.expectUs(plan, 100 + 10 + 13.192 + 160 + 23.384 + 10);
  EXPECT_EQ(replay(f.cost, plan).copies(), 2);
}

TEST(GpuPlan, TheTimelineHasTheCopiesInTheGpusQueue) {
  Fixture f(device());
  std::vector<PlannedSpan> spans;
  f.cost.total(f.plan({split(0, 2, SegmentKind::rows)}), &spans);
  double bytes = 0, end = 0;
  for (const PlannedSpan &span : spans) {
    EXPECT_LE(span.begin, span.end);
    if (span.kind != PlannedSpan::run) {
      EXPECT_EQ(span.unit, 1);
      bytes += span.bytes;
    }
    if (span.unit == 1) {
      EXPECT_GE(span.begin, end);
      end = span.end;
    }
  }
  EXPECT_EQ(bytes, 9 * 1024);
}

TEST(GpuPlan, NothingRunsOnAllThreads) {
  Fixture f(device());
  PlanSegment all;
  all.end = 2;
  BranchPlan plan{2, f.cost.planUnits().vec(), {all}};
  EXPECT_EQ(llvm::toString(plan.verify()).substr(0, 3), "P6:");
  EXPECT_TRUE(std::isinf(f.cost.total(plan)));
}

TEST(ValueRegions, WhatIsMissingDoesNotOverlap) {
  BoxSet set;
  set.add({{0, 16}, {0, 4}});
  set.add({{8, 32}, {3, 6}});
  int64_t cells = 0;
  for (const Box &box : set.missing({{0, 32}, {0, 8}}))
    cells += box.channels.size() * box.rows.size();
  EXPECT_EQ(cells, 32 * 8 - 16 * 4 - 24 * 3 + 8);
  EXPECT_TRUE(set.missing({{2, 16}, {1, 4}}).empty());
}

PlanningResult plan(const DeviceDescription &device) {
  Fixture f(device);
  PlannerOptions options;
  options.search.budget = 200;
  return planNetwork(f.cost, true, options);
}

TEST(GpuPlanner, TakesTheDeviceThatIsFarFaster) {
  DeviceDescription slowGpu = device(), slowCpu = device();
  for (auto &[key, us] : slowGpu.latenciesUs)
    us *= llvm::StringRef(key).ends_with("opencl") ? 100 : 1;
  for (auto &[key, us] : slowCpu.latenciesUs)
    us *= llvm::StringRef(key).ends_with("opencl") ? 1 : 100;
  PlanningResult onCpu = plan(slowGpu), onGpu = plan(slowCpu);
  EXPECT_EQ(onCpu.choice().name, "cpu0 alone");
  EXPECT_NE(onCpu.obstacle.find("gpu0 alone is too slow"), std::string::npos) << onCpu.obstacle;
  EXPECT_EQ(onGpu.choice().name, "gpu0 alone");
}

TEST(GpuPlanner, SplitsWhereCopiesAndSyncsAreCheap) {
  DeviceDescription near = device();
  near.gpu.syncUs = near.gpu.uploadUs = near.gpu.downloadUs = 0.1;
  near.gpu.uploadGBs = near.gpu.downloadGBs = 100;
  PlanningResult result = plan(near);
  EXPECT_EQ(result.choice().name, "branches");
  EXPECT_FALSE(result.choice().plan.syncs().empty());
  EXPECT_LT(result.choice().us, 110);
  EXPECT_EQ(result.obstacle, "");
}

TEST(GpuPlanner, SaysWhetherSyncsOrCopiesStandInTheWay) {
  DeviceDescription syncs = device(), copies = device();
  syncs.gpu.syncUs = 500;
  copies.gpu.uploadGBs = copies.gpu.downloadGBs = 0.01;
  PlanningResult bySyncs = plan(syncs), byCopies = plan(copies);
  EXPECT_EQ(bySyncs.choice().name, "cpu0 alone");
  EXPECT_NE(bySyncs.obstacle.find("free syncs"), std::string::npos) << bySyncs.obstacle;
  EXPECT_EQ(byCopies.choice().name, "cpu0 alone");
  EXPECT_NE(byCopies.obstacle.find("free copies"), std::string::npos) << byCopies.obstacle;
}

TEST(GpuPlanner, BranchesAreMadeWhereTheyAreAskedFor) {
  DeviceDescription far = device();
  far.gpu.syncUs = 500;
  Fixture f(far);
  PlannerOptions options;
  options.forceBranches = true;
  options.search.budget = 200;
  PlanningResult result = planNetwork(f.cost, true, options);
  EXPECT_EQ(result.choice().name, "branches");
  EXPECT_FALSE(result.choice().plan.syncs().empty());
}

TEST(GpuCostModel, LaunchesAndIdlePartsCost) {
  DeviceDescription d;
  d.gpu.launchUs = 6;
  CostModel model(d, kLanes);
  KernelShape large;
  large.op = "conv";
  large.in = {1, 128, 56, 56};
  large.out = {1, 128, 56, 56};
  large.kernel = {3, 3};
  KernelShape small = large;
  small.in = {1, 128, 1, 1};
  small.out = {1, 8, 1, 1};
  small.kernel = {1, 1};
  // 0.5 of 400 GFLOP/s.
  EXPECT_NEAR(model.gpuKernelUs(large, Device::opencl), 6 + large.flops() / 200e3, 1e-6);
  double busy = model.gpuKernelUs(small, Device::opencl) - 6;
  EXPECT_GT(busy, 10 * small.flops() / 200e3);
  // A measured kernel corrects those of its interface, and no other's.
  d.latenciesUs[latencyKey(large.signature(), "opencl")] =
      2 * model.gpuKernelUs(large, Device::opencl);
  CostModel measured(d, kLanes);
  KernelShape like = large;
  like.out[1] = 64;
  EXPECT_NEAR(measured.gpuKernelUs(like, Device::opencl), 2 * measured.gpuRooflineUs(like), 1e-9);
  EXPECT_EQ(measured.gpuKernelUs(like, Device::cuda), measured.gpuRooflineUs(like));
  EXPECT_EQ(measured.kernelUs(like, 1), measured.rooflineUs(like, 1));
}

} // namespace
