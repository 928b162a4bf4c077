// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/BranchWidths.h"
#include "BaseNetworks.h"
#include "nas/SyncStrategy.h"
#include "gtest/gtest.h"

using namespace snc;

namespace {

const PlanUnit kCpu0{"cpu0", 1}, kCpu1{"cpu1", 1}, kGpu{"gpu0", 1, Device::opencl};

class BranchWidthsTest : public testing::Test {
protected:
  BranchWidths widths(std::vector<PlanUnit> units, WidthOptions options = {},
                      DeviceDescription device = {}) {
    model.emplace(device, 8);
    return BranchWidths(mobileNetV2(), *model, std::move(units), options);
  }
  Candidate candidate(const BranchWidths &widths, const char *name) {
    auto found = widths.candidate(*strategyNamed(name, 7));
    EXPECT_TRUE(found.has_value()) << name;
    return found.value_or(Candidate());
  }
  /// Of a branch's blocks in an interval, by the cost model alone.
  double usOf(const Candidate &c, const IntervalCost &interval, const PlanUnit &unit, size_t b) {
    double sum = 0;
    for (size_t s = interval.begin; s < interval.end; ++s)
      for (const BlockSpec &block : c.network.stages[s].branches[b])
        for (const KernelShape &kernel : kernelsOf(block, c.network.act))
          sum += model->kernelUs(kernel, unit);
    return sum;
  }
  std::optional<CostModel> model;
};

TEST_F(BranchWidthsTest, EveryStrategyFitsAndIsANetwork) {
  BranchWidths w = widths({kCpu0, kCpu1});
  SyncSpace space(7);
  for (int i = 0; i < 1458; i += 7) { // letters as digits to the base of 3
    SyncStrategy strategy;
    for (int s = 0, rest = i; s < 7; ++s, rest /= 3)
      strategy.push_back(SyncKind("nac"[rest % 3]));
    if (strategy.back() == SyncKind::none)
      strategy.back() = SyncKind::concat;
    auto c = w.candidate(strategy);
    ASSERT_TRUE(c.has_value()) << nameOf(strategy);
    EXPECT_EQ(llvm::toString(c->network.verify()), "") << c->network.name;
    EXPECT_LE(c->us, w.budgetUs() * (1 + 1e-9));
    EXPECT_GT(c->us, w.budgetUs() * 0.95) << c->network.name; // filled up
  }
}

TEST_F(BranchWidthsTest, IntervalsKeepTheirBudgets) {
  BranchWidths w = widths({kCpu0, {"cpu1", 2}});
  Candidate c = candidate(w, "sync3_046_aca");
  ASSERT_EQ(c.intervals.size(), 3u);
  EXPECT_EQ(c.intervals[1].begin, 1u);
  EXPECT_EQ(c.intervals[1].end, 5u);
  for (const IntervalCost &interval : c.intervals)
    for (size_t b = 0; b < 2; ++b) {
      double us = usOf(c, interval, b ? PlanUnit{"cpu1", 2} : kCpu0, b);
      EXPECT_NEAR(us, interval.unitUs[b], 1e-6);
      EXPECT_LE(us, interval.budgetUs);
    }
}

TEST_F(BranchWidthsTest, NoBlockCanBeWider) {
  BranchWidths w = widths({kCpu0, kCpu1}, {.budgetScale = 0.8});
  Candidate c = candidate(w, "sync2_36_aa");
  for (const IntervalCost &interval : c.intervals)
    for (size_t s = interval.begin; s < interval.end; ++s)
      for (BlockSpec &block : c.network.stages[s].branches[0]) {
        block.expanded += 4;
        EXPECT_GT(usOf(c, interval, kCpu0, 0), interval.budgetUs) << "stage " << s;
        block.expanded -= 4;
      }
}

TEST_F(BranchWidthsTest, WidthsAreMultiplesAndNotTooNarrow) {
  BranchWidths w = widths({kCpu0, kCpu1}, {.step = 4, .least = 16, .budgetScale = 0.5});
  for (const StageSpec &stage : candidate(w, "sync1_6_a").network.stages)
    for (const auto &branch : stage.branches)
      for (const BlockSpec &block : branch) {
        EXPECT_EQ(block.expanded % 4, 0);
        EXPECT_GE(block.expanded, 16);
      }
}

TEST_F(BranchWidthsTest, AFasterUnitHasTheWiderBranch) {
  Candidate c = candidate(widths({kCpu0, {"cpu1", 3}}), "sync1_6_a");
  const auto &stage = c.network.stages[4];
  EXPECT_GT(stage.branches[1][1].expanded, stage.branches[0][1].expanded);
}

TEST_F(BranchWidthsTest, ConcatenatedStagesHaveTheirPartOfTheChannels) {
  Candidate c = candidate(widths({kCpu0, kCpu1, {"cpu2", 1}}), "sync2_46_ca");
  int64_t sum = 0;
  for (const auto &branch : c.network.stages[4].branches) {
    EXPECT_EQ(branch[0].inChannels, 64); // what stage 3 leaves each branch
    EXPECT_EQ(branch[1].inChannels, 32);
    sum += branch.back().outChannels;
  }
  EXPECT_EQ(sum, 96);
  EXPECT_EQ(c.network.stages[5].branches[2][0].inChannels, 96);
}

TEST_F(BranchWidthsTest, DearSyncsMakeNarrowBranches) {
  DeviceDescription dear;
  dear.syncUs = 300;
  auto width = [&](const DeviceDescription &device) {
    Candidate c = candidate(widths({kCpu0, kCpu1}, {}, device), "sync7_0123456_aaaaaaa");
    return c.network.stages[4].branches[0][1].expanded;
  };
  EXPECT_LT(width(dear), width({}));
}

TEST_F(BranchWidthsTest, CopiesToAGpuCount) {
  DeviceDescription slow;
  slow.gpu.uploadGBs = slow.gpu.downloadGBs = 0.5;
  slow.gpu.peakGflops = 200;
  DeviceDescription fast = slow;
  fast.gpu.uploadGBs = fast.gpu.downloadGBs = 50;
  auto joins = [&](const DeviceDescription &device) {
    double us = 0;
    for (const IntervalCost &interval :
         candidate(widths({kCpu0, kGpu}, {}, device), "sync3_246_aaa").intervals)
      us += interval.joinUs;
    return us;
  };
  EXPECT_GT(joins(slow), joins(fast) + 100);
}

TEST_F(BranchWidthsTest, NoRoomIsNoCandidate) {
  BranchWidths w = widths({kCpu0, kCpu1}, {.budgetScale = 0.02});
  EXPECT_FALSE(w.candidate(*strategyNamed("sync1_6_a", 7)).has_value());
}

TEST_F(BranchWidthsTest, BudgetIsAsAsked) {
  EXPECT_DOUBLE_EQ(widths({kCpu0, kCpu1}, {.budgetUs = 5000}).budgetUs(), 5000);
  BranchWidths half = widths({kCpu0, kCpu1}, {.budgetScale = 0.5});
  EXPECT_DOUBLE_EQ(half.budgetUs(), half.baseUs() / 2);
  EXPECT_LT(widths({kCpu0, {"cpu1", 2}}).baseUs(), half.baseUs()); // of the faster unit
}

} // namespace
