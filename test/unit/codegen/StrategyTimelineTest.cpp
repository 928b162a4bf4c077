// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The run of a candidate adds up to the latency that was predicted for it.

#include "codegen/driver/nas/StrategyReporting.h"
#include "test/unit/nas/BaseNetworks.h"

#include "gtest/gtest.h"

using namespace snc;

namespace {

struct TimedRun {
  Candidate candidate;
  std::vector<StrategySpan> spans;

  double sum(StrategySpan::Kind kind, int64_t unit) const {
    double us = 0;
    for (const StrategySpan &span : spans)
      us += span.kind == kind && span.unit == unit ? span.end - span.begin : 0;
    return us;
  }
};

TimedRun runOf(std::vector<PlanUnit> units, const char *strategy) {
  CostModel model(DeviceDescription(), 8);
  BranchWidths widths(mobileNetV2(), model, std::move(units), WidthOptions());
  auto candidate = widths.candidate(*strategyNamed(strategy, 7));
  EXPECT_TRUE(candidate.has_value());
  return {*candidate, timelineOf(*candidate, widths.costs())};
}

const PlanUnit kOne{"cpu0", 1}, kTwo{"cpu1", 2}, kGpu{"gpu0", 1, Device::opencl};

TEST(StrategyTimeline, EndsAtThePredictedLatency) {
  for (const std::vector<PlanUnit> &units : {std::vector{kOne, kTwo}, std::vector{kOne, kGpu},
                                             std::vector{kOne, kTwo, PlanUnit{"cpu2", 1}}})
    for (const char *strategy : {"sync1_6_c", "sync3_046_aca", "sync7_0123456_acacaca"}) {
      TimedRun run = runOf(units, strategy);
      for (size_t unit = 0; unit < units.size(); ++unit) {
        double at = 0; // without gaps
        for (const StrategySpan &span : run.spans)
          if (span.unit == int64_t(unit)) {
            EXPECT_NEAR(span.begin, at, 2e-3);
            at = span.end;
          }
        EXPECT_NEAR(at, run.candidate.us, 1e-6 * run.candidate.us) << strategy << " " << unit;
      }
    }
}

TEST(StrategyTimeline, BlocksAndJoinsAreThoseOfTheIntervals) {
  TimedRun run = runOf({kOne, kTwo}, "sync3_046_aca");
  for (int64_t unit = 0; unit < 2; ++unit) {
    double blocks = 0, joins = 0;
    for (const IntervalCost &interval : run.candidate.intervals) {
      blocks += interval.unitUs[size_t(unit)];
      joins += interval.joinUs;
    }
    EXPECT_NEAR(run.sum(StrategySpan::block, unit), blocks, 1e-6);
    double fork = 0;
    for (const StrategySpan &span : run.spans)
      if (span.unit == unit && span.stage < 0 &&
          (span.kind == StrategySpan::sync || span.kind == StrategySpan::copy))
        fork += span.end - span.begin;
    double crossings = run.sum(StrategySpan::sync, unit) + run.sum(StrategySpan::copy, unit) +
                       run.sum(StrategySpan::sum, unit);
    EXPECT_GT(fork, 0);
    EXPECT_NEAR(crossings - fork, joins, 1e-6);
  }
  EXPECT_GT(run.sum(StrategySpan::sum, 0), 0);
}

TEST(StrategyTimeline, ConcatenationsAddNothing) {
  TimedRun run = runOf({kOne, kTwo}, "sync2_26_cc");
  EXPECT_EQ(run.sum(StrategySpan::sum, 0), 0);
  EXPECT_GT(run.sum(StrategySpan::copy, 0), 0);
}

} // namespace
