// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/KernelCache.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;
using snc::CompiledKernel;
using snc::KernelCache;

namespace {
class KernelCacheTest : public ::testing::Test {
protected:
  KernelCacheTest()
      : folder(fs::temp_directory_path() / ("snc-cache-" + std::to_string(getpid()))) {
    fs::remove_all(folder);
  }
  ~KernelCacheTest() override { fs::remove_all(folder); }

  fs::path onlyEntry() {
    std::vector<fs::path> found;
    for (const auto &entry : fs::directory_iterator(folder))
      found.push_back(entry.path());
    EXPECT_EQ(found.size(), 1u) << "an entry is one file, and nothing else stays";
    return found.front();
  }

  fs::path folder;
  // Object bytes hold newlines and zeros.
  CompiledKernel kernel{"{\"scratch\":1}", std::string("\x7f"
                                                       "ELF\n\0\n",
                                                       7)};
};
} // namespace

TEST_F(KernelCacheTest, GivesBackWhatWasStored) {
  std::string key = KernelCache::key("text", "compiler");
  EXPECT_FALSE(KernelCache(folder.string()).find(key));
  KernelCache(folder.string()).store(key, kernel);
  auto found = KernelCache(folder.string()).find(key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->info, kernel.info);
  EXPECT_EQ(found->object, kernel.object);
}

TEST_F(KernelCacheTest, KeysTellTextAndCompilerApart) {
  std::string key = KernelCache::key("text", "compiler");
  EXPECT_EQ(key, KernelCache::key("text", "compiler"));
  EXPECT_NE(key, KernelCache::key("text2", "compiler"));
  EXPECT_NE(key, KernelCache::key("text", "compiler2"));
}

TEST_F(KernelCacheTest, DamagedEntriesAreAbsent) {
  KernelCache cache(folder.string());
  std::string key = KernelCache::key("text", "compiler");
  cache.store(key, kernel);
  fs::path entry = onlyEntry();
  auto size = fs::file_size(entry);
  for (uintmax_t cut : {uintmax_t(0), uintmax_t(10), size - 1}) {
    cache.store(key, kernel);
    fs::resize_file(entry, cut);
    EXPECT_FALSE(cache.find(key)) << "cut to " << cut;
  }
  cache.store(key, kernel);
  std::fstream(entry, std::ios::in | std::ios::out).seekp(-1, std::ios::end).put('x');
  EXPECT_FALSE(cache.find(key)) << "last byte flipped";
  cache.store(key, kernel);
  EXPECT_TRUE(cache.find(key)) << "a damaged entry is replaced";
}

TEST_F(KernelCacheTest, AFolderThatCannotBeMadeMeansNoCache) {
  std::ofstream(folder.string()) << "a file";
  KernelCache cache((folder / "sub").string());
  std::string key = KernelCache::key("text", "compiler");
  cache.store(key, kernel);
  EXPECT_FALSE(cache.find(key));
}

TEST_F(KernelCacheTest, ManyWritersOfOneKeyLeaveAWholeEntry) {
  KernelCache cache(folder.string());
  std::string key = KernelCache::key("text", "compiler");
  kernel.object.assign(1 << 16, 'o');
  cache.store(key, kernel);
  std::vector<std::thread> threads;
  std::atomic<int> absent = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        cache.store(key, kernel);
        absent += !cache.find(key);
      }
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(absent, 0) << "an entry was seen in parts";
  onlyEntry();
}
