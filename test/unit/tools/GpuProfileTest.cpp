// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is told of a GPU: keys of its kernels, parallelism, programs.

#include "search/DeviceDescription.h"
#include "tools/profile/GpuKernels.h"
#include "tools/profile/GpuProbe.h"
#include "tools/profile/LatencyFile.h"
#include "tools/profile/Profile.h"

#include <gtest/gtest.h>

using namespace snc::profile;
using snc::run::RunError;
using Json = nlohmann::ordered_json;

namespace {

TEST(GpuProfile, ParallelismIsWhereTheRateFlattens) {
  EXPECT_EQ(parallelismOf({64, 128, 256, 512}, {10, 20, 38, 40}), 256);
  EXPECT_EQ(parallelismOf({64, 128, 256}, {40, 39, 41}), 64);
  EXPECT_EQ(parallelismOf({64, 128, 256}, {1, 2, 4}), 256);
}

TEST(GpuProfile, KernelsAreKnownByTheirDevice) {
  snc_kernel_info info{"n", "conv", 1, 1};
  auto keys = kernelKeys(nlohmann::json::parse(R"({"threads": 2, "kernels": [
        {"signature": "conv a", "unit": 1, "threads": 1, "device": "opencl"},
        {"signature": "conv a", "unit": 0, "threads": 1, "device": "cpu"}]})"),
                         {&info, &info}, "net", 2);
  Samples samples;
  samples.kernels = {{2}, {8}};
  Json list = latenciesJson(samples, keys);
  EXPECT_EQ(list["conv a opencl"]["us"], 2.0);
  EXPECT_EQ(list["conv a opencl"]["device"], "opencl");
  EXPECT_EQ(list["conv a t1"]["us"], 8.0);
  EXPECT_FALSE(list["conv a t1"].contains("device"));
  // As the search reads them.
  auto read = snc::deviceFromJson({{"kernels", nlohmann::json::parse(list.dump())}});
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(read->latenciesUs.at(snc::latencyKey("conv a", llvm::StringRef("opencl"))), 2.0);
  EXPECT_EQ(read->latenciesUs.at(snc::latencyKey("conv a", 1)), 8.0);
  EXPECT_THROW(
      kernelKeys(nlohmann::json::parse(R"({"kernels": [{"device": 3}]})"), {&info}, "net", 1),
      RunError);
}

TEST(GpuProfile, FilesAreOfOneGpu) {
  Json one = {{"device", {{"gpu", {{"name", "A"}, {"peak_gflops", 1}}}}}};
  Json other = {{"device", {{"gpu", {{"name", "B"}}}}}};
  Json none = {{"device", {{"cores", 2}}}};
  EXPECT_THROW(mergeLatencies(one, other), RunError);
  EXPECT_EQ(mergeLatencies(one, none)["device"]["gpu"]["peak_gflops"], 1);
  EXPECT_EQ(mergeLatencies(none, other)["device"]["gpu"]["name"], "B");
  one["device"]["gpu"] = 3; // no description: replaced
  EXPECT_EQ(mergeLatencies(one, other)["device"]["gpu"]["name"], "B");
}

TEST(GpuProfile, ProgramsHaveTheirEntries) {
  for (const char *name : {"opencl", "cuda"}) {
    const GpuInterface *api = findGpuInterface(name);
    ASSERT_NE(api, nullptr);
    for (const char *entry : {"nothing(", "multiply_add(", "read_all("})
      EXPECT_NE(api->program().find(entry), std::string::npos) << name << " " << entry;
  }
  EXPECT_EQ(findGpuInterface("vulkan"), nullptr);
  snc_options options = {};
  EXPECT_THROW(measureGpu("vulkan", options, [](const char *) {}), RunError);
}

} // namespace
