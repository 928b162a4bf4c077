// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/Profile.h"

#include "tools/profile/DeviceProbe.h"
#include "tools/profile/EventLog.h"
#include "tools/profile/Processors.h"
#include "tools/profile/SyncCost.h"
#include "tools/profile/Waits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

using namespace snc::profile;
using nlohmann::json;
using snc::run::RunError;
using Json = nlohmann::ordered_json;

namespace {

const snc_kernel_info kConv = {"/a/Conv", "conv", 4000, 100}, kAdd = {"b", "add", 2, 1};
const std::vector<const snc_kernel_info *> kKernels = {&kConv, &kAdd};

TEST(Median, MiddleOrMeanOfTheTwo) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({5, 1}), 3);
  EXPECT_EQ(median({9, 1, 4}), 4);
  EXPECT_EQ(median({7, 1, 100, 2}), 4.5);
  EXPECT_EQ(median({2, 2, 2, 1}), 2);
}

// Two units, then all threads, then the units again.
TEST(Waits, WhatUnitsDoNotSpendInSteps) {
  constexpr uint32_t all = SNC_ALL_UNITS;
  std::vector<snc_trace_event> events = {
      {SNC_TRACE_STEP, 5, 1, 1, 205, 250}, {SNC_TRACE_STEP, 0, 0, 0, 0, 100},
      {SNC_TRACE_STEP, 1, 1, 1, 10, 60},   {SNC_TRACE_STEP, 2, 1, 1, 70, 90},
      {SNC_TRACE_WAIT, 2, 1, 1, 60, 70},   {SNC_TRACE_STEP, 3, all, 0, 120, 200},
      {SNC_TRACE_STEP, 4, 0, 0, 210, 300}, {SNC_TRACE_KERNEL, 0, 0, 0, 1, 99}};
  // 2 * 120 - 170 before the step of all, 2 * 100 - 135 behind it.
  EXPECT_EQ(waitsAtSyncs(events), 135);
  for (snc_trace_event &event : events) // on one thread there are only gaps
    event.thread = 0;
  EXPECT_EQ(waitsAtSyncs({events[1], events[5], events[6]}), 30);
  EXPECT_EQ(waitsAtSyncs({}), 0);
  EXPECT_EQ(waitsAtSyncs({{SNC_TRACE_STEP, 0, all, 0, 0, 5}, {SNC_TRACE_STEP, 1, all, 0, 50, 60}}),
            0);
}

Samples threeRuns() {
  Samples samples;
  samples.kernels.resize(2);
  for (uint64_t ns : {2000, 9000, 4000})
    addRun(samples,
           {{SNC_TRACE_KERNEL, 0, 0, 0, 500, 500 + ns},
            {SNC_TRACE_STEP, 0, 0, 0, 500, 500 + ns},
            {SNC_TRACE_KERNEL, 1, 1, 1, 510, 1510},
            {SNC_TRACE_STEP, 1, 1, 1, 500, 1500},
            {SNC_TRACE_KERNEL, 2, 0, 0, 0, 77000}, // no such kernel
            {77, 0, 0, 0, 0, 1}},
           double(ns) * 1e-3);
  return samples;
}

TEST(Profile, SamplesOfRuns) {
  Samples samples = threeRuns();
  EXPECT_EQ(samples.kernels[0], (std::vector<double>{2, 9, 4}));
  EXPECT_EQ(samples.kernels[1], (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(samples.waits, (std::vector<double>{1, 8, 3}));
  EXPECT_EQ(modelJson(samples, 2),
            Json::parse(R"({"threads": 2, "us": 4.0, "kernels_us": 5.0, "waits_us": 3.0,
                            "runs": 3})"));
  addRun(samples, {{SNC_TRACE_KERNEL, 1, 0, 0, 9, 5}}, 1); // a clock that goes backwards
  EXPECT_EQ(samples.kernels[1].back(), 0);
}

TEST(Profile, SameKeySharesSamples) {
  Samples samples = threeRuns();
  Json list = latenciesJson(samples, {{"s", 2, -1, true}, {"s", 2, -1, true}});
  EXPECT_EQ(list, Json::parse(R"({"s t2": {"threads": 2, "us": 1.5, "runs": 6}})"));
  list = latenciesJson(samples, {{"s", 1, 0, true}, {"s", 2, -1, true}});
  EXPECT_EQ(list["s t1"]["us"], 4.0);
  EXPECT_EQ(list["s t2"]["us"], 1.0);
  samples.kernels[1].clear();
  list = latenciesJson(samples, {{"s", 1, 0, false}, {"r", 2, -1, true}});
  EXPECT_EQ(list.size(), 1u); // what never ran is not told of
  EXPECT_EQ(list["s t1"]["signature"], false);
}

TEST(Profile, TextHasSpeedAndShareOfPeak) {
  std::string text = profileText(threeRuns(), {{"s", 2, -1, true}, {"r", 1, 1, false}}, kKernels,
                                 {{"peak_gflops", 2.0}});
  // 4000 flops in 4 us: 1 GFLOP/s, of 2 threads with 2 each.
  EXPECT_NE(text.find("      4.0   80 %      1.0     25 %        2   all  conv /a/Conv\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("add b (no signature)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("waits at syncs 3.0 us"), std::string::npos) << text;
}

TEST(KernelKeys, FromTheManifest) {
  json manifest = json::parse(R"({"threads": 4, "kernels": [
      {"signature": "conv 3x3", "unit": 1, "threads": 3}, {"signature": "add", "unit": -1}]})");
  auto keys = kernelKeys(manifest, kKernels, "net", 4);
  EXPECT_EQ(keys[0].signature, "conv 3x3");
  EXPECT_EQ(keys[0].threads, 3);
  EXPECT_EQ(keys[0].unit, 1);
  EXPECT_TRUE(keys[0].hasSignature);
  EXPECT_EQ(keys[1].threads, 4); // those of the run
  EXPECT_EQ(keys[1].unit, -1);
  EXPECT_EQ(plannedThreads(manifest), 4);
  EXPECT_THROW(kernelKeys(manifest, kKernels, "net", 2), RunError); // other branches
  for (const KernelKey &key : kernelKeys(manifest, kKernels, "net", 1))
    EXPECT_EQ(key.threads, 1);
}

TEST(KernelKeys, WithoutSignatures) {
  for (const char *text : {"{}", R"({"kernels": [{"signature": ""}, {}]})", "[]"}) {
    auto keys = kernelKeys(json::parse(text), kKernels, "net", 2);
    EXPECT_EQ(keys[0].signature, "unsigned net//a/Conv conv") << text;
    EXPECT_EQ(keys[0].threads, 2);
    EXPECT_FALSE(keys[0].hasSignature);
  }
}

TEST(KernelKeys, FaultyManifests) {
  for (const char *text :
       {R"({"kernels": [{}]})", R"({"kernels": [{}, {}, {}]})", R"({"kernels": {}})",
        R"({"kernels": [{}, 3]})", R"({"kernels": [{}, {"signature": 3}]})",
        R"({"kernels": [{}, {"unit": "a"}]})", R"({"kernels": [{}, {"unit": -2}]})",
        R"({"kernels": [{}, {"unit": 1, "threads": 1e9}]})",
        R"({"threads": 99999, "kernels": [{}, {}]})"})
    EXPECT_THROW(kernelKeys(json::parse(text), kKernels, "net", 2), RunError) << text;
}

TEST(EventLog, KeepsWhatThreadsTell) {
  EventLog log;
  snc_options options{};
  log.listen(options);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < 1000; ++i) {
        snc_trace_event event = {SNC_TRACE_KERNEL, i, 0, t, 0, 1};
        options.trace(options.user, &event);
      }
    });
  for (std::thread &t : threads)
    t.join();
  snc_trace_event stray = {SNC_TRACE_KERNEL, 0, 0, SNC_MAX_THREADS, 0, 1};
  options.trace(options.user, &stray);
  EXPECT_EQ(log.take().size(), 4000u);
  EXPECT_TRUE(log.take().empty());
}

TEST(Processors, Lists) {
  EXPECT_EQ(processorList("0-2,5"), (std::vector<int32_t>{0, 1, 2, 5}));
  EXPECT_EQ(processorList("3\n"), (std::vector<int32_t>{3}));
  for (const char *text : {"", "x", "-1", "4-", "5-2", "1;2", "99999999999", "2000000000"})
    EXPECT_TRUE(processorList(text).empty()) << text;
  EXPECT_LE(processorList("0-2147483647").size(), size_t(CPU_SETSIZE));
}

TEST(Processors, PinnedForAWhile) {
  auto before = allowedProcessors();
  ASSERT_FALSE(before.empty());
  {
    PinnedThread pinned(before.back());
    EXPECT_EQ(allowedProcessors(), std::vector<int32_t>{before.back()});
    EXPECT_FALSE(twoProcessors());
  }
  EXPECT_EQ(allowedProcessors(), before);
  PinnedThread nowhere(-1), beyond(CPU_SETSIZE);
  EXPECT_EQ(allowedProcessors(), before);
}

TEST(SyncCost, EveryPatternRuns) {
  auto before = allowedProcessors();
  for (SyncPattern pattern : {SyncPattern::own, SyncPattern::turns, SyncPattern::phases}) {
    SyncSpread ns = measureSync({pattern, 2, 100, before.front(), before.back()});
    EXPECT_GT(ns.p10, 0);
    EXPECT_LE(ns.p10, ns.median);
    EXPECT_LE(ns.median, ns.p90);
  }
  EXPECT_THROW(measureSync({SyncPattern::turns, SNC_MAX_THREADS + 1}), RunError);
  EXPECT_EQ(allowedProcessors(), before);
  EXPECT_EQ(measureSyncCosts().has_value(), before.size() > 1);
}

TEST(DeviceProbe, Bandwidth) {
  double one = measureReadBandwidth(1);
  EXPECT_TRUE(std::isfinite(one) && one > 0) << one;
}

} // namespace
