// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/DeviceDescription.h"

#include "nlohmann/json.hpp"
#include "gtest/gtest.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace snc;
using nlohmann::json;

namespace {

TEST(DeviceDescription, ReadsEveryMember) {
  auto device = deviceFromJson(json::parse(R"({
    "device": {"cpu": "X", "isa": "x86-64-avx2", "cores": 8, "peak_gflops": 50.5,
               "memory_gbps": {"core": 12, "all": 34.5}, "l2_bytes": 1024, "l3_bytes": 0,
               "sync_us": 0.25, "fork_us": 0.75, "kernel_overhead_us": 0.01, "news": [1]},
    "kernels": {"conv": {"threads": 2, "us": 3.5, "runs": 9}, "conv t1": {"threads": 1, "us": 7},
                "add": {"us": 1}},
    "models": {"net": 3}})"));
  ASSERT_TRUE(bool(device)) << llvm::toString(device.takeError());
  DeviceDescription expected;
  expected.cpu = "X";
  expected.isa = "x86-64-avx2";
  expected.cores = 8;
  expected.peakGflops = 50.5;
  expected.coreBandwidthGBs = 12;
  expected.totalBandwidthGBs = 34.5;
  expected.l2Bytes = 1024;
  expected.l3Bytes = 0;
  expected.syncUs = 0.25;
  expected.forkUs = 0.75;
  expected.kernelOverheadUs = 0.01;
  expected.latenciesUs = {{"conv t2", 3.5}, {"conv t1", 7}, {"add t1", 1}};
  EXPECT_TRUE(*device == expected);
}

TEST(DeviceDescription, ReadsAGpuAndItsKernels) {
  auto device = deviceFromJson(json::parse(R"({
    "device": {"gpu": {"name": "G", "peak_gflops": 900, "memory_gbps": 60, "parallelism": 4096,
                       "launch_us": 3.5, "sync_us": 12, "upload": {"gbps": 6, "us": 4},
                       "download": {"gbps": 5, "us": 0}}},
    "kernels": {"conv opencl": {"device": "opencl", "us": 3}, "add": {"device": "cuda", "us": 2},
                "mul": {"device": "cpu", "threads": 2, "us": 1}}})"));
  ASSERT_TRUE(bool(device)) << llvm::toString(device.takeError());
  DeviceDescription expected;
  expected.gpu = {"G", 900, 60, 4096, 3.5, 6, 5, 4, 0, 12};
  expected.latenciesUs = {{"conv opencl", 3}, {"add cuda", 2}, {"mul t2", 1}};
  EXPECT_TRUE(*device == expected);
}

TEST(DeviceDescription, EveryMemberIsOptional) {
  for (const char *text : {"{}", R"({"device": {}})", R"({"kernels": {}})",
                           R"({"device": {"memory_gbps": {}}, "kernels": {}})"}) {
    auto device = deviceFromJson(json::parse(text));
    ASSERT_TRUE(bool(device)) << llvm::toString(device.takeError());
    EXPECT_TRUE(*device == DeviceDescription()) << text;
  }
  EXPECT_EQ(DeviceDescription().peakGflops, 100);
}

TEST(DeviceDescription, FaultsAreNamed) {
  const std::pair<const char *, const char *> faults[] = {
      {"[]", "expected an object"},
      {"3", "expected an object"},
      {R"({"device": []})", "device: expected an object"},
      {R"({"device": {"cpu": 3}})", "device.cpu: expected a string"},
      {R"({"device": {"cores": 0}})", "device.cores: expected a whole number"},
      {R"({"device": {"cores": 1.5}})", "device.cores"},
      {R"({"device": {"cores": 18446744073709551615}})", "device.cores"},
      {R"({"device": {"peak_gflops": 0}})", "device.peak_gflops: expected a number above 0"},
      {R"({"device": {"peak_gflops": "9"}})", "device.peak_gflops"},
      {R"({"device": {"peak_gflops": null}})", "device.peak_gflops"},
      {R"({"device": {"memory_gbps": 3}})", "device.memory_gbps"},
      {R"({"device": {"memory_gbps": {"all": -3}}})", "device.all"},
      {R"({"device": {"sync_us": -0.1}})", "device.sync_us: expected a number from 0"},
      {R"({"device": {"gpu": 3}})", "gpu: expected an object"},
      {R"({"device": {"gpu": {"launch_us": -1}}})", "device.gpu.launch_us"},
      {R"({"device": {"gpu": {"upload": 3}}})", "upload: expected an object"},
      {R"({"device": {"gpu": {"upload": {"gbps": 0}}}})", "device.gpu.upload.gbps"},
      {R"({"kernels": {"a": {"us": 3, "device": 4}}})", "kernels['a'].device"},
      {R"({"kernels": [1]})", "kernels: expected an object"},
      {R"({"kernels": {"a b": 3}})", "kernels['a b']: expected an object with 'us'"},
      {R"({"kernels": {"a": {}}})", "kernels['a']: expected an object with 'us'"},
      {R"({"kernels": {"a": {"us": "3"}}})", "kernels['a'].us"},
      {R"({"kernels": {"a": {"us": 3, "threads": 0}}})", "kernels['a'].threads"}};
  for (auto [text, fault] : faults) {
    auto device = deviceFromJson(json::parse(text));
    ASSERT_FALSE(bool(device)) << text;
    std::string message = llvm::toString(device.takeError());
    EXPECT_NE(message.find(fault), message.npos) << text << ": " << message;
  }
}

TEST(DeviceDescription, KeysNameThreadsOnce) {
  EXPECT_EQ(latencyKey("conv 3x3", 2), "conv 3x3 t2");
  EXPECT_EQ(latencyKey("conv 3x3 t2", 2), "conv 3x3 t2");
  EXPECT_EQ(latencyKey("conv 3x3 t1", 11), "conv 3x3 t1 t11");
  EXPECT_EQ(latencyKey("", 1), " t1");
  EXPECT_EQ(latencyKey("conv 3x3", "opencl"), "conv 3x3 opencl");
  EXPECT_EQ(latencyKey("conv 3x3 opencl", "opencl"), "conv 3x3 opencl");
}

class DeviceFiles : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/deviceXXXXXX";
    root = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root); }
  void write(const std::string &name, const std::string &text) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }
  void writeCache(int index, const char *level, const char *type, const char *size) {
    std::string folder = "sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    write(folder + "/level", level + std::string("\n"));
    write(folder + "/type", type + std::string("\n"));
    write(folder + "/size", size + std::string("\n"));
  }
  fs::path root;
};

TEST_F(DeviceFiles, ReadDeviceNamesTheFile) {
  std::string path = (root / "l.json").string();
  for (const char *text : {"", "{", "\xff\xfe", "[[[[", R"({"device": 3})"}) {
    write("l.json", text);
    auto device = readDevice(path);
    ASSERT_FALSE(bool(device)) << text;
    std::string message = llvm::toString(device.takeError());
    EXPECT_EQ(message.find(path + ": error: not a file of latencies"), 0u) << message;
  }
  write("l.json", R"({"device": {"cores": 3}})");
  auto device = readDevice(path);
  ASSERT_TRUE(bool(device)) << llvm::toString(device.takeError());
  EXPECT_EQ(device->cores, 3);
  auto none = readDevice(path + "x");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(llvm::toString(none.takeError()).find(path + "x: error: cannot read"), 0u);
}

TEST_F(DeviceFiles, ThisMachineFromFiles) {
  write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU: 3 GHz\nflags\t\t: fpu avx2 fma\n\n"
                        "processor\t: 1\nmodel name\t: Other\n");
  writeCache(0, "1", "Data", "48K");
  writeCache(1, "2", "Instruction", "7K");
  writeCache(2, "2", "Unified", "512K");
  writeCache(3, "3", "Unified", "3M");
  DeviceDescription device = deviceOfThisMachine(root.string());
  EXPECT_EQ(device.cpu, "Some CPU: 3 GHz");
#if defined(__x86_64__)
  EXPECT_EQ(device.isa, "x86-64-avx2");
#endif
  EXPECT_EQ(device.l2Bytes, 512 * 1024);
  EXPECT_EQ(device.l3Bytes, 3 * 1024 * 1024);
  EXPECT_GE(device.cores, 1);
  EXPECT_EQ(device.peakGflops, DeviceDescription().peakGflops);
  EXPECT_TRUE(device.latenciesUs.empty());
}

TEST_F(DeviceFiles, ThisMachineWithoutFiles) {
  DeviceDescription bare = deviceOfThisMachine(root.string());
  EXPECT_EQ(bare.l2Bytes, DeviceDescription().l2Bytes);
  EXPECT_EQ(bare.l3Bytes, DeviceDescription().l3Bytes);
  EXPECT_FALSE(bare.cpu.empty()); // as LLVM calls it
  writeCache(0, "2", "Unified", "1024");
  writeCache(1, "3", "Unified", "lots");
  DeviceDescription small = deviceOfThisMachine(root.string());
  EXPECT_EQ(small.l2Bytes, 1024);
  EXPECT_EQ(small.l3Bytes, 0);
}

TEST_F(DeviceFiles, TheRealMachine) {
  DeviceDescription device = deviceOfThisMachine();
  EXPECT_FALSE(device.cpu.empty());
  EXPECT_FALSE(device.isa.empty());
  EXPECT_GT(device.l2Bytes, 0);
}

} // namespace
