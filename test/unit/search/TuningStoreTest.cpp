// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times outlive the process, belong to one processor, and a store that is lost is a
// warning.

#include "search/TuningStore.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>

using namespace snc;

namespace {
class TuningStoreTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("tuning", directory));
    path = (directory + "/tuning.db").str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }

  TuningStore::Warn count() {
    return [this](llvm::StringRef message) {
      ++warnings;
      EXPECT_TRUE(message.contains(path)) << message.str();
    };
  }

  llvm::SmallString<128> directory;
  std::string path;
  int warnings = 0;
};

TEST_F(TuningStoreTest, KeepsSamplesForTheNextProcess) {
  {
    TuningStore store(path, "cpu", count());
    EXPECT_TRUE(store.samples("k").empty());
    store.put({{"k", {"a", "model", 8, 10}}, {"l", {"a", "model", 1, 2}}});
    store.put({{"k", {"b", "model", 9, 10}}});
    EXPECT_EQ(store.samples("k").size(), 2u);
  }
  TuningStore store(path, "cpu", count());
  ASSERT_EQ(store.samples("k").size(), 2u);
  EXPECT_EQ(store.samples("k")[0].schedule, "a");
  EXPECT_EQ(store.samples("k")[0].us, 8);
  EXPECT_EQ(store.samples("k")[1].schedule, "b");
  EXPECT_EQ(store.samples("k")[1].referenceUs, 10);
  // What is put before it is looked at does not hide what was known.
  store.put({{"l", {"b", "model", 3, 2}}});
  EXPECT_EQ(store.samples("l").size(), 2u);
  EXPECT_EQ(warnings, 0);
}

TEST_F(TuningStoreTest, OtherProcessorsAreNotSeen) {
  TuningStore(path, "one", count()).put({{"k", {"a", "model", 1, 2}}});
  EXPECT_TRUE(TuningStore(path, "two", count()).samples("k").empty());
  EXPECT_EQ(TuningStore(path, "one", count()).samples("k").size(), 1u);
}

TEST_F(TuningStoreTest, MediansOfQuotientsDecide) {
  TuningStore store("", "cpu", count());
  // The machine was twice as slow for the second sample of `a`: the quotient is what counts.
  store.put({{"k", {"a", "model", 8, 10}},
             {"k", {"a", "model", 18, 20}},
             {"k", {"a", "model", 50, 10}},
             {"k", {"b", "model", 7, 10}},
             {"k", {"b", "model", 20, 20}},
             {"k", {"c", "other", 1, 10}}});
  std::vector<TunedSchedule> known = store.known("k", "model");
  ASSERT_EQ(known.size(), 2u); // `c` was seen against another reference
  EXPECT_EQ(known[0].schedule, "b");
  EXPECT_DOUBLE_EQ(known[0].ratio, 0.85); // of 0.7 and 1
  EXPECT_EQ(known[1].schedule, "a");
  EXPECT_DOUBLE_EQ(known[1].ratio, 0.9); // of 0.8, 0.9 and 5
  EXPECT_EQ(known[1].referenceUs, 10);
  EXPECT_EQ(known[1].samples, 3u);
}

TEST_F(TuningStoreTest, TimesThatAreNoneAreLeftOut) {
  TuningStore store(path, "cpu", count());
  store.put({{"k", {"a", "model", 0, 10}},
             {"k", {"a", "model", 10, -1}},
             {"k", {"a", "model", NAN, 1}},
             {"k", {"a", "model", 1, INFINITY}}});
  EXPECT_TRUE(store.samples("k").empty());
  EXPECT_TRUE(store.known("k", "model").empty());
}

TEST_F(TuningStoreTest, ADamagedFileIsAWarning) {
  std::ofstream(path) << std::string(5000, 'x');
  TuningStore store(path, "cpu", count());
  EXPECT_EQ(warnings, 1);
  store.put({{"k", {"a", "model", 1, 2}}}); // in memory
  EXPECT_EQ(store.samples("k").size(), 1u);
  EXPECT_EQ(warnings, 1);
}

TEST_F(TuningStoreTest, AFolderThatIsNotThereIsAWarning) {
  path = (directory + "/none/tuning.db").str();
  TuningStore store(path, "cpu", count());
  EXPECT_EQ(warnings, 1);
  EXPECT_TRUE(store.samples("k").empty());
}
} // namespace
