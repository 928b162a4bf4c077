// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Untried schedules first, then doubtful ones; a choice has to be worth it.

#include "codegen/driver/TuningPolicy.h"
#include <gtest/gtest.h>

using namespace snc;

namespace {
struct TuningPolicy : testing::Test {
  TuningStore store{"", "cpu"};
  TunableKernel kernel{"k", "k_1", {"model", "a", "b"}, 1};

  void seen(const char *schedule, double ratio, int times = 1) {
    while (times--)
      store.put({{"k", {schedule, "model", ratio * 10, 10}}});
  }
  std::string next(bool expectWanted) {
    bool wanted = false;
    std::string schedule = nextSchedule(store, kernel, wanted);
    EXPECT_EQ(wanted, expectWanted);
    return schedule;
  }
};

TEST_F(TuningPolicy, UntriedFirstInOrder) {
  EXPECT_EQ(untriedSchedules(store, kernel), 2u);
  EXPECT_EQ(next(true), "a");
  seen("a", 0.5);
  EXPECT_EQ(next(true), "b");
  seen("b", 2);
  EXPECT_EQ(untriedSchedules(store, kernel), 0u);
}

TEST_F(TuningPolicy, TheBestIsSeenThreeTimes) {
  seen("a", 0.9);
  seen("b", 1.1);
  EXPECT_EQ(next(true), "a");
  seen("a", 0.9, 2);
  EXPECT_EQ(next(false), "a");
}

TEST_F(TuningPolicy, ARivalIsSeenAgain) {
  seen("a", 0.90, 3);
  seen("b", 0.91);
  EXPECT_EQ(next(true), "b");
}

TEST_F(TuningPolicy, SmallGainsAreNone) {
  seen("a", 0.985, 3);
  seen("b", 1, 3);
  EXPECT_EQ(next(false), "model");
  EXPECT_EQ(bestSchedule(store, kernel), "model");
}

TEST_F(TuningPolicy, WhatIsNotInTheMenuIsNotTaken) {
  seen("of an older compiler", 0.1, 3);
  seen("b", 0.9, 3);
  EXPECT_EQ(bestSchedule(store, kernel), "b");
}

TEST_F(TuningPolicy, AMenuOfOneHasNothingToLearn) {
  kernel.menu = {"model"};
  EXPECT_EQ(next(false), "model");
  EXPECT_EQ(untriedSchedules(store, kernel), 0u);
}
} // namespace
