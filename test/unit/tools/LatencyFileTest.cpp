// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/LatencyFile.h"
#include "tools/run/LoadedLibrary.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using namespace snc::profile;
using snc::run::RunError;
using Json = nlohmann::ordered_json;

namespace {

Json kernel(double us) { return {{"threads", 1}, {"us", us}, {"runs", 5}}; }

/// What it throws; empty for nothing.
template <typename Fn> std::string failureOf(Fn fn) {
  try {
    fn();
  } catch (const RunError &error) {
    return error.what();
  }
  return "";
}

TEST(MergeLatencies, OfAKernelTheSmallerTimeAndOfTheMachineTheNewNumbers) {
  Json old = {{"device", {{"cpu", "A"}, {"sync_us", 0.5}, {"memory_gbps", {{"core", 1}}}}},
              {"kernels", {{"a t1", kernel(1)}, {"b t1", kernel(2)}, {"d t1", kernel(5)}}},
              {"note", "mine"}};
  Json fresh = {{"device", {{"cpu", "A"}, {"peak_gflops", 9}, {"memory_gbps", {{"all", 3}}}}},
                {"kernels", {{"b t1", kernel(4)}, {"c t2", kernel(8)}, {"d t1", kernel(3)}}}};
  Json merged = mergeLatencies(old, fresh);
  EXPECT_EQ(merged["device"], Json::parse(R"({"cpu": "A", "sync_us": 0.5,
      "memory_gbps": {"core": 1, "all": 3}, "peak_gflops": 9})"));
  EXPECT_EQ(merged["kernels"]["a t1"]["us"], 1);
  EXPECT_EQ(merged["kernels"]["b t1"]["us"], 2);
  EXPECT_EQ(merged["kernels"]["d t1"]["us"], 3);
  EXPECT_EQ(merged["kernels"]["c t2"]["us"], 8);
  EXPECT_EQ(merged["kernels"].size(), 4u);
  EXPECT_EQ(merged["note"], "mine");
  EXPECT_EQ(mergeLatencies(Json::object(), fresh), fresh);
  EXPECT_EQ(mergeLatencies(old, Json::object()), old);
}

// A mark of one measurement would be wrong of the other.
TEST(MergeLatencies, AKernelIsReplacedAsAWhole) {
  Json marked = kernel(1);
  marked["signature"] = false;
  Json merged = mergeLatencies({{"kernels", {{"a", marked}}}}, {{"kernels", {{"a", kernel(0.5)}}}});
  EXPECT_EQ(merged["kernels"]["a"], kernel(0.5));
}

TEST(MergeLatencies, MachinesAreNotMixed) {
  Json a = {{"device", {{"cpu", "A"}}}}, b = {{"device", {{"cpu", "B"}}}};
  EXPECT_NE(failureOf([&] { mergeLatencies(a, b); }).find("measured on 'A'"), std::string::npos);
  EXPECT_EQ(mergeLatencies({{"device", {{"cores", 2}}}}, b)["device"]["cpu"], "B");
}

class LatencyFileTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/latencyXXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder / "latencies.json";
  }
  void TearDown() override { fs::remove_all(folder); }
  void write(const std::string &text) { std::ofstream(path) << text; }
  std::string text() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::ptrdiff_t filesInFolder() const {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  }
  fs::path folder, path;
};

TEST_F(LatencyFileTest, IsMadeThenMergedInto) {
  EXPECT_EQ(readLatencies(path), Json::object());
  updateLatencies(path, {{"kernels", {{"a", kernel(1)}}}});
  updateLatencies(path, {{"kernels", {{"b", kernel(2)}}}});
  EXPECT_EQ(readLatencies(path), Json({{"kernels", {{"a", kernel(1)}, {"b", kernel(2)}}}}));
  EXPECT_EQ(filesInFolder(), 1);
}

TEST_F(LatencyFileTest, WhatIsNotOursIsLeftAlone) {
  for (std::string bad : {"", "{\"kernels\": {\"a\": {\"us\": 1}", "[]", "\xff", "{\"kernels\": 3}",
                          "{\"device\": {\"cpu\": 3}}", "{\"kernels\": {\"a\": {\"us\": -1}}}"}) {
    write(bad);
    std::string error =
        failureOf([&] { updateLatencies(path, {{"kernels", {{"a", kernel(1)}}}}); });
    EXPECT_TRUE(error.starts_with(path.string() + ": not a file of latencies")) << error;
    EXPECT_EQ(text(), bad);
  }
  EXPECT_NE(failureOf([&] { readLatencies(folder); }).find("not a regular file"),
            std::string::npos);
  EXPECT_EQ(filesInFolder(), 1);
}

TEST_F(LatencyFileTest, OtherMachinesFileIsNamed) {
  write(R"({"device": {"cpu": "A"}})");
  std::string error = failureOf([&] { updateLatencies(path, {{"device", {{"cpu", "B"}}}}); });
  EXPECT_TRUE(error.starts_with(path.string() + ": measured on 'A'")) << error;
  EXPECT_EQ(failureOf([&] { checkLatencies(path, {{"device", {{"cpu", "B"}}}}); }), error);
  EXPECT_EQ(failureOf([&] { checkLatencies(path, {{"device", {{"cpu", "A"}}}}); }), "");
  EXPECT_EQ(text(), R"({"device": {"cpu": "A"}})");
}

TEST_F(LatencyFileTest, NoSuchFolder) {
  std::string inside = (folder / "none" / "l.json").string();
  std::string error = failureOf([&] { updateLatencies(inside, Json::object()); });
  EXPECT_TRUE(error.starts_with(inside + ": cannot write")) << error;
  error = failureOf([&] { checkLatencies(inside, Json::object()); });
  EXPECT_TRUE(error.starts_with(inside + ": cannot write")) << error;
}

TEST_F(LatencyFileTest, LinksAreFollowed) {
  fs::path link = folder / "link";
  write("{}");
  fs::create_symlink("latencies.json", link);
  updateLatencies(link, {{"kernels", {{"a", kernel(1)}}}});
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_TRUE(readLatencies(path)["kernels"].contains("a"));
}

TEST_F(LatencyFileTest, AnyBytesInNames) {
  updateLatencies(path, {{"kernels", {{"a\xff", kernel(1)}}}});
  EXPECT_EQ(readLatencies(path)["kernels"].size(), 1u);
}

TEST_F(LatencyFileTest, WritersAtOnceLoseNothing) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < 10; ++i)
        updateLatencies(path, {{"kernels", {{std::to_string(w * 10 + i), kernel(i)}}}});
    });
  for (std::thread &w : writers)
    w.join();
  EXPECT_EQ(readLatencies(path)["kernels"].size(), 40u);
}

} // namespace
