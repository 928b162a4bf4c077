// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cache of compiled kernels: what it keeps apart, and files that are broken.
#include "GpuModel.h"

#include <filesystem>
#include <fstream>

using namespace snc::test;
namespace fs = std::filesystem;

namespace {

class GpuCache : public testing::Test {
protected:
  void SetUp() override {
    fakeGpu().reset();
    char name[] = "/tmp/snc-cache-XXXXXX";
    root = mkdtemp(name);
    folder = (root / "a" / "b").string();
    options.gpu_cache = folder.c_str();
    options.gpu_flags = SNC_GPU_NO_FALLBACK;
    currentModel = &m;
  }
  void TearDown() override {
    EXPECT_EQ(fakeGpu().living(), 0);
    fs::permissions(root, fs::perms::owner_all);
    fs::remove_all(root);
  }
  // How many programs of a new context came out of the cache; it computes as it should.
  uint32_t cached() {
    Context context = create(m.model(), options);
    GpuRun run(context, m.input());
    EXPECT_EQ(run.status, SNC_OK);
    EXPECT_EQ(run.out, m.expected(run.in));
    EXPECT_EQ(deviceInfo(context).kernels, 1u);
    return deviceInfo(context).kernels_cached;
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> all;
    for (const auto &entry : fs::directory_iterator(folder))
      all.push_back(entry.path());
    return all;
  }
  fs::path root;
  std::string folder;
  Log log;
  GpuModel m{Api::openCl, "cg|g|c"};
  snc_options options = gpuOptions(log);
};

TEST_F(GpuCache, IsUsedByTheNextContext) {
  EXPECT_EQ(cached(), 0u);
  ASSERT_EQ(files().size(), 1u); // and nothing unfinished
  EXPECT_EQ(cached(), 1u);
  options.gpu_cache = nullptr;
  EXPECT_EQ(cached(), 0u);
  options.gpu_cache = folder.c_str();
  // Another device, another source: other keys.
  fakeGpu().platforms = {{"Other GPU"}};
  EXPECT_EQ(cached(), 0u);
  std::string source = std::string(m.source) + "\n";
  m.source = source.c_str();
  EXPECT_EQ(cached(), 0u);
  EXPECT_EQ(cached(), 1u);
  EXPECT_EQ(files().size(), 3u);
  EXPECT_TRUE(log.lines.empty());
}

std::string contents(const fs::path &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void replace(const fs::path &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Cut, changed anywhere, longer, empty, of another key: as if there were no file; then it is
// written again.
TEST_F(GpuCache, BrokenFilesAreIgnored) {
  EXPECT_EQ(cached(), 0u);
  fs::path file = files().at(0);
  const std::string good = contents(file);
  std::vector<std::string> broken = {"", "x", good + "x", std::string(100000, 'q'),
                                     std::string(good.size(), '\0')};
  for (size_t at = 0; at < good.size(); at += 1 + at / 8) {
    broken.push_back(good.substr(0, at));
    broken.push_back(good);
    broken.back()[at] ^= 0x40;
  }
  for (const std::string &bytes : broken) {
    replace(file, bytes);
    ASSERT_EQ(cached(), 0u) << bytes.size();
    ASSERT_EQ(contents(file), good);
  }
  fs::remove(file);
  fs::create_directory(file); // cannot be replaced
  EXPECT_EQ(cached(), 0u);
  EXPECT_TRUE(log.has("cannot write"));
}

// A binary that the driver does not take any more is compiled again.
TEST_F(GpuCache, RefusedBinariesAreCompiledAgain) {
  EXPECT_EQ(cached(), 0u);
  fakeGpu().failCall("clCreateProgramWithBinary", 1, -42);
  EXPECT_EQ(cached(), 0u);
  fakeGpu().failCall("clBuildProgram", 1, -11);
  EXPECT_EQ(cached(), 0u);
  EXPECT_EQ(cached(), 1u);
}

TEST_F(GpuCache, UnwritableFoldersAreNoError) {
  std::string inFile = (root / "file" / "x").string();
  replace(root / "file", "no folder");
  options.gpu_cache = inFile.c_str();
  EXPECT_EQ(cached(), 0u);
  EXPECT_TRUE(log.has("cannot write to the cache"));
  options.gpu_cache = ""; // none
  EXPECT_EQ(cached(), 0u);
  EXPECT_EQ(cached(), 0u);
}

// Any number at once; each file is whole.
TEST_F(GpuCache, ManyAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round)
        cached();
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(cached(), 1u);
}

TEST_F(GpuCache, OfOpenClAsInstalled) {
  fakeGpu().library = Library::real;
  options.gpu_flags = 0;
  auto used = [&] {
    Context context = create(m.model(), options);
    if (deviceInfo(context).state != SNC_DEVICE_ACTIVE)
      return -1;
    GpuRun run(context, m.input());
    EXPECT_EQ(run.out, m.expected(run.in));
    return int(deviceInfo(context).kernels_cached);
  };
  int first = used();
  if (first < 0)
    GTEST_SKIP() << "no OpenCL device here";
  EXPECT_EQ(first, 0);
  EXPECT_EQ(used(), 1);
}

} // namespace
