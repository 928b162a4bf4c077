// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Trace.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

using namespace snc::run;
using Json = nlohmann::ordered_json;

namespace {

const snc_kernel_info kConv = {"/a/Conv", "conv2d", 200, 100}, kAdd = {"b", "add", 2, 1};
const std::vector<const snc_kernel_info *> kKernels = {&kConv, &kAdd};

// Two units and a part of both; unsorted, as threads report.
TEST(TraceTest, OneLaneForEachUnit) {
  Json trace = traceJson({{SNC_TRACE_WAIT, 3, 1, 2, 2000, 5500},
                          {SNC_TRACE_STEP, 0, 0, 0, 900, 6000},
                          {SNC_TRACE_KERNEL, 0, 0, 0, 1000, 5250},
                          {SNC_TRACE_KERNEL, 1, SNC_ALL_UNITS, 0, 7000, 7001}},
                         kKernels);
  std::map<uint32_t, std::string> lanes;
  std::vector<Json> spans;
  for (const Json &event : trace["traceEvents"])
    if (event["ph"] == "M")
      lanes[event["tid"]] = event["args"]["name"];
    else
      spans.push_back(event);
  EXPECT_EQ(lanes,
            (std::map<uint32_t, std::string>{{0, "all units"}, {1, "unit 0"}, {2, "unit 1"}}));
  ASSERT_EQ(spans.size(), 3u); // steps are not shown
  EXPECT_EQ(spans[0]["name"], "/a/Conv");
  EXPECT_EQ(spans[0]["tid"], 1);
  EXPECT_EQ(spans[0]["ts"], 0.0);
  EXPECT_EQ(spans[0]["dur"], 4.25);
  EXPECT_EQ(spans[0]["args"]["op"], "conv2d");
  EXPECT_EQ(spans[1]["name"], "wait");
  EXPECT_EQ(spans[1]["cat"], "wait");
  EXPECT_EQ(spans[1]["tid"], 2);
  EXPECT_EQ(spans[1]["ts"], 1.0);
  EXPECT_EQ(spans[1]["args"]["step"], 3);
  EXPECT_EQ(spans[1]["args"]["thread"], 2);
  EXPECT_EQ(spans[2]["name"], "b");
  EXPECT_EQ(spans[2]["tid"], 0);
  EXPECT_EQ(spans[2]["ts"], 6.0);
}

TEST(TraceTest, StrangeEvents) {
  EXPECT_TRUE(traceJson({}, kKernels)["traceEvents"].empty());
  Json trace = traceJson({{SNC_TRACE_KERNEL, 2, 0, 0, 5, 6}, {77, 0, 9, 0, 1, 2}}, kKernels);
  ASSERT_EQ(trace["traceEvents"].size(), 2u);
  EXPECT_EQ(trace["traceEvents"][1]["name"], "kernel 2");
}

// Threads report at the same time; nothing is lost, and take() empties.
TEST(TraceTest, RecordsFromManyThreads) {
  TraceRecorder recorder;
  snc_options options = {};
  recorder.listen(options);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < 1000; ++i) {
        snc_trace_event event = {SNC_TRACE_KERNEL, i, t, t, i, i + 1};
        options.trace(options.user, &event);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  std::vector<snc_trace_event> events = recorder.take();
  ASSERT_EQ(events.size(), 4000u);
  std::vector<uint64_t> sums(4, 0);
  for (const snc_trace_event &event : events)
    sums.at(event.unit) += event.index;
  EXPECT_EQ(sums, std::vector<uint64_t>(4, 999 * 1000 / 2));
  EXPECT_TRUE(recorder.take().empty());
}

} // namespace
