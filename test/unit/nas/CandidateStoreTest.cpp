// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What evaluators said outlives the process, whatever ends it.

#include "nas/CandidateStore.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace snc;

namespace {

class CandidateStoreTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("candidates", folder));
    path = (folder + "/results.db").str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::unique_ptr<CandidateStore> open(const std::string &fingerprint = "a") {
    auto store = CandidateStore::open(path, fingerprint, [this](llvm::StringRef) { ++warnings; });
    EXPECT_TRUE(bool(store)) << llvm::toString(store.takeError());
    return std::move(*store);
  }

  llvm::SmallString<128> folder;
  std::string path;
  int warnings = 0;
};

const CandidateRecord kScored{0.1 + 0.2, "", "{\"a\":1}", 812.25, 3.5, false};
const CandidateRecord kFailed{std::nullopt, "no answer", "", 1e-300, 0, false};
const CandidateRecord kZero{0.0, "", "", 0, 0, true};

TEST_F(CandidateStoreTest, RemembersRecords) {
  open()->put("scored", kScored);
  open()->put("failed", kFailed);
  open()->put("zero", kZero);
  auto store = open();
  EXPECT_EQ(store->find("scored"), kScored);
  EXPECT_EQ(store->find("failed"), kFailed);
  EXPECT_EQ(store->find("zero"), kZero);
  EXPECT_EQ(store->find("other"), std::nullopt);
  EXPECT_EQ(open("b")->find("scored"), std::nullopt);
  EXPECT_EQ(store->scores(), (std::map<std::string, double>{{"scored", 0.1 + 0.2}, {"zero", 0}}));
  EXPECT_EQ(warnings, 0);
}

TEST_F(CandidateStoreTest, KeepsTheFirstThoughTwoWrite) {
  auto one = open(), two = open();
  EXPECT_EQ(one->put("x", kScored), kScored);
  EXPECT_EQ(two->put("x", kFailed), kScored);
  EXPECT_EQ(*two->putAll({{"x", kZero}, {"y", kZero}}), 1u);
  EXPECT_EQ(one->find("x"), kScored);
  EXPECT_EQ(one->find("y"), kZero);
}

TEST_F(CandidateStoreTest, KnowsWhetherAnEvaluatorHasAnswered) {
  auto store = open();
  EXPECT_FALSE(store->hasAnswers());
  store->put("failed", kFailed);
  store->put("imported", kZero);
  open("b")->put("scored", kScored);
  EXPECT_FALSE(store->hasAnswers());
  store->put("scored", kScored);
  EXPECT_TRUE(store->hasAnswers());
}

TEST_F(CandidateStoreTest, ForgetsFailuresOfItsSpaceAlone) {
  auto store = open(), other = open("b");
  store->put("scored", kScored);
  store->put("failed", kFailed);
  other->put("failed", kFailed);
  store->forgetFailures();
  EXPECT_EQ(store->find("failed"), std::nullopt);
  EXPECT_EQ(store->find("scored"), kScored);
  EXPECT_EQ(other->find("failed"), kFailed);
}

TEST_F(CandidateStoreTest, SettlesNumbersOnce) {
  EXPECT_EQ(open()->settle("in flight", 8), 8u);
  EXPECT_EQ(open()->settle("in flight", 4), 8u);
  EXPECT_EQ(open()->settle("other", 4), 4u);
  EXPECT_EQ(open("b")->settle("in flight", 2), 2u);
}

TEST_F(CandidateStoreTest, KeepsWhatWasPutThoughItIsKilled) {
  for (int round = 0; round < 3; ++round) {
    int told[2];
    ASSERT_EQ(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
      auto store = open();
      for (int i = 0; i < 20; ++i)
        store->put(std::to_string(20 * round + i), kScored);
      ssize_t ignored = write(told[1], "x", 1);
      (void)ignored;
      pause();
    }
    char byte;
    ASSERT_EQ(read(told[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(told[0]);
    close(told[1]);
    EXPECT_EQ(open()->scores().size(), size_t(20 * (round + 1)));
  }
}

TEST_F(CandidateStoreTest, TakesManyThreads) {
  auto store = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        store->put(std::to_string(4 * i + t), kScored);
        store->find(std::to_string(i));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(store->scores().size(), 200u);
  EXPECT_EQ(warnings, 0);
}

TEST_F(CandidateStoreTest, GoesOnInMemoryWhereTheDiskIsFull) {
  auto store = open();
  store->put("before", kScored);
  rlimit before, none;
  getrlimit(RLIMIT_FSIZE, &before);
  none = before;
  none.rlim_cur = 0;
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &none);
  EXPECT_EQ(store->put("during", kFailed), kFailed);
  EXPECT_EQ(store->put("during", kScored), kFailed);
  store->put("too", kZero);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(warnings, 1);
  EXPECT_EQ(store->find("before"), kScored);
  EXPECT_EQ(store->find("during"), kFailed);
  EXPECT_EQ(store->scores().size(), 2u);
}

TEST_F(CandidateStoreTest, RefusesWhatIsNoDatabase) {
  std::ofstream(path) << std::string(5000, 'x');
  for (std::string bad : {path, (folder + "/no/such.db").str(), folder.str().str()}) {
    auto store = CandidateStore::open(bad, "a", {});
    ASSERT_FALSE(bool(store));
    EXPECT_NE(llvm::toString(store.takeError()).find("cannot keep results in '" + bad),
              std::string::npos);
  }
}

} // namespace
