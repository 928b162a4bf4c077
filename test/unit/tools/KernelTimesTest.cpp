// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Time covered by kernels, and time outside them.

#include "tools/run/KernelTimes.h"

#include <gtest/gtest.h>

using namespace snc::run;

TEST(Covered, CountsOverlapsOnce) {
  EXPECT_EQ(covered({}), 0u);
  EXPECT_EQ(covered({{10, 30}}), 20u);
  EXPECT_EQ(covered({{50, 60}, {10, 30}}), 30u);           // in any order
  EXPECT_EQ(covered({{10, 30}, {20, 40}}), 30u);           // overlapping
  EXPECT_EQ(covered({{10, 90}, {20, 30}, {40, 50}}), 80u); // one inside another
  EXPECT_EQ(covered({{10, 20}, {20, 30}, {30, 30}}), 20u); // touching, and empty
}

static void record(KernelTimes &times, uint32_t kind, uint32_t kernel, uint64_t begin,
                   uint64_t end) {
  snc_trace_event event = {};
  event.kind = kind;
  event.index = kernel;
  event.begin_ns = begin;
  event.end_ns = end;
  KernelTimes::record(&times, &event);
}

TEST(KernelTimes, OfEachRun) {
  // Milliseconds, beside which the cost of recording two kernels is nothing.
  constexpr uint64_t ms = 1000000;
  KernelTimes times(2);
  record(times, SNC_TRACE_KERNEL, 0, 0, 3 * ms);
  record(times, SNC_TRACE_STEP, 0, 0, 100 * ms); // not a kernel
  record(times, SNC_TRACE_KERNEL, 1, 2 * ms, 6 * ms);
  record(times, SNC_TRACE_KERNEL, 0, 200 * ms, 204 * ms);
  record(times, SNC_TRACE_KERNEL, 1, 300 * ms, 302 * ms);
  EXPECT_EQ(times.microseconds(0), (std::vector<double>{3000, 4000}));
  EXPECT_EQ(times.microseconds(1), (std::vector<double>{4000, 2000}));
  std::vector<double> outside = times.outside({10, 110});
  ASSERT_EQ(outside.size(), 2u);
  EXPECT_NEAR(outside[0], 4000, 100); // 10 ms less 6 covered
  EXPECT_NEAR(outside[1], 104000, 100);
  // Recording costs more than nothing, and no run has a negative rest.
  EXPECT_LT(outside[0], 4000);
  EXPECT_EQ(times.outside({1}), std::vector<double>{0});
}
