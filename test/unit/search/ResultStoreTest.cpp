// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costs outlive the process, whatever ends it, and a search outlives the loss of its store.

#include "search/ResultStore.h"
#include "SearchSpaces.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace snc;
using namespace snc::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class ResultStoreTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("results", directory));
    path = (directory + "/results.db").str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }

  ResultStore::Warn countWarnings() {
    return [this](llvm::StringRef message) {
      ++warnings;
      EXPECT_TRUE(message.contains(path)) << message.str();
    };
  }

  /// Runs SQL behind the store's back; the first column of the first row.
  int64_t sql(const char *text) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    int64_t value = -1;
    if (sqlite3_prepare_v2(database, text, -1, &statement, nullptr) == SQLITE_OK) {
      if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
      sqlite3_finalize(statement);
    }
    sqlite3_close(database);
    return value;
  }

  llvm::SmallString<128> directory;
  std::string path;
  int warnings = 0;
};

Space space = even(6, 4);

SearchResult searchWith(SearchKind kind, ResultStore *store, Evaluator &evaluator,
                        std::atomic<bool> *stop = nullptr) {
  SearchOptions options;
  options.budget = 300;
  options.seed = 3;
  options.inFlight = 4;
  options.store = store;
  options.stop = stop;
  return runSearch(kind, space, evaluator, options);
}

TEST_F(ResultStoreTest, RemembersAnyLeafAndCost) {
  const std::vector<std::pair<Leaf, double>> all = {
      {{}, 1.5}, {{0}, 0.0}, {{0, 0}, -3}, {{255, 256}, 1e-300}, {{65535}, kInfinity}};
  {
    ResultStore store(path, "a", countWarnings());
    for (const auto &[leaf, cost] : all) {
      EXPECT_EQ(store.find(leaf), std::nullopt);
      store.put(leaf, cost);
      EXPECT_EQ(store.find(leaf), cost); // not written yet, perhaps
    }
    store.flush();
    for (const auto &[leaf, cost] : all)
      EXPECT_EQ(store.find(leaf), cost);
  }
  ResultStore store(path, "a", countWarnings()), other(path, "b", countWarnings());
  for (const auto &[leaf, cost] : all) {
    EXPECT_EQ(store.find(leaf), cost);
    EXPECT_EQ(other.find(leaf), std::nullopt);
  }
  EXPECT_EQ(store.find(Leaf{0, 0, 0}), std::nullopt);
  EXPECT_TRUE(store.healthy());
  EXPECT_EQ(warnings, 0);
}

TEST_F(ResultStoreTest, KeepsTheFirstCostThoughTwoWrite) {
  ResultStore one(path, "a", countWarnings()), two(path, "a", countWarnings());
  one.put(Leaf{1}, 1);
  one.put(Leaf{1}, 3);
  one.flush();
  two.put(Leaf{1}, 2);
  two.put(Leaf{2}, 2);
  two.flush();
  EXPECT_EQ(one.find(Leaf{1}), 1);
  EXPECT_EQ(two.find(Leaf{1}), 1);
  EXPECT_EQ(one.find(Leaf{2}), 2);
  EXPECT_EQ(warnings, 0);
}

TEST_F(ResultStoreTest, WritesUnaskedWithinShortTime) {
  ResultStore store(path, "a", countWarnings());
  store.put(Leaf{4}, 4);
  for (int i = 0; i < 1000 && sql("SELECT count(*) FROM evaluations") != 1; ++i)
    usleep(10000);
  EXPECT_EQ(sql("SELECT cost FROM evaluations"), 4);
}

TEST_F(ResultStoreTest, TakesManyThreads) {
  ResultStore store(path, "a", countWarnings());
  std::vector<std::thread> threads;
  for (uint16_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (uint16_t i = 0; i < 500; ++i) {
        store.put(Leaf{i, t}, i);
        if (std::optional<double> cost = store.find(Leaf{i, uint16_t((t + 1) % 4)}))
          EXPECT_EQ(*cost, i);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  store.flush();
  EXPECT_EQ(sql("SELECT count(*) FROM evaluations"), 2000);
}

TEST_F(ResultStoreTest, AnInterruptedSearchGoesOnAsIfItHadNotBeen) {
  for (SearchKind kind : kKinds) {
    Watch undisturbed(space, scattered);
    SearchResult expected = searchWith(kind, nullptr, undisturbed);
    std::string fingerprint = std::to_string(int(kind));
    {
      ResultStore store(path, fingerprint, countWarnings());
      std::atomic<bool> stop = false;
      std::atomic<int> calls = 0;
      Watch first(space, [&](llvm::ArrayRef<uint16_t> leaf) {
        stop = ++calls == 101;
        return scattered(leaf);
      });
      EXPECT_EQ(searchWith(kind, &store, first, &stop).evaluations, 101u);
    }
    ResultStore store(path, fingerprint, countWarnings());
    Watch second(space, scattered);
    expectSame(searchWith(kind, &store, second), expected);
    EXPECT_EQ(second.calls.size(), 199u);
    Watch third(space, scattered);
    expectSame(searchWith(kind, &store, third), expected);
    EXPECT_EQ(third.calls.size(), 0u);
  }
  EXPECT_EQ(warnings, 0);
}

TEST_F(ResultStoreTest, AKilledSearchGoesOn) {
  Watch undisturbed(space, scattered);
  SearchResult expected = searchWith(SearchKind::mcts, nullptr, undisturbed);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ResultStore store(path, "a");
    Watch slow(space, [](llvm::ArrayRef<uint16_t> leaf) {
      usleep(3000);
      return scattered(leaf);
    });
    searchWith(SearchKind::mcts, &store, slow);
    pause(); // the parent saw too little in time
  }
  int64_t stored = 0;
  for (int i = 0; i < 3000 && stored < 40; ++i) {
    usleep(10000);
    stored = sql("SELECT count(*) FROM evaluations");
  }
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  stored = sql("SELECT count(*) FROM evaluations");
  EXPECT_GE(stored, 40);

  ResultStore store(path, "a", countWarnings());
  Watch second(space, scattered);
  expectSame(searchWith(SearchKind::mcts, &store, second), expected);
  EXPECT_EQ(int64_t(second.calls.size()), 300 - stored);
  EXPECT_EQ(warnings, 0);
}

TEST_F(ResultStoreTest, AFullDiskEndsTheStoreAndNotTheSearch) {
  // Files of this process may not grow: only a child can bear that.
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    int failures = 0, warned = 0;
    {
      ResultStore store(path, "a", [&](llvm::StringRef) { ++warned; });
      store.put(Leaf{1}, 1);
      store.flush();
      rlimit limit = {32768, 32768};
      setrlimit(RLIMIT_FSIZE, &limit);
      for (uint16_t i = 0; i < 5000; ++i) {
        store.put(Leaf{2, i}, i);
        if (i % 1000 == 999)
          store.flush();
      }
      Watch watch(space, scattered), plain(space, scattered);
      SearchResult result = searchWith(SearchKind::mcts, &store, watch);
      failures += result.cost != searchWith(SearchKind::mcts, nullptr, plain).cost;
      failures += store.healthy();
      failures += store.find(Leaf{1}) != 1;
    }
    _exit(failures + 10 * (warned - 1));
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(sql("SELECT count(*) FROM evaluations WHERE cost = 1 AND length(leaf) = 2"), 1);
}

TEST_F(ResultStoreTest, WhatCannotBeWrittenCanStillBeRead) {
  {
    ResultStore store(path, "a", countWarnings());
    store.put(Leaf{1}, 1);
  }
  sql("CREATE TRIGGER full BEFORE INSERT ON evaluations BEGIN SELECT RAISE(ABORT, 'full'); END");
  ResultStore store(path, "a", countWarnings());
  for (int i = 0; i < 3; ++i) {
    store.put(Leaf{2}, 2);
    store.flush();
  }
  EXPECT_EQ(warnings, 1);
  EXPECT_FALSE(store.healthy());
  EXPECT_EQ(store.find(Leaf{1}), 1);
  EXPECT_EQ(store.find(Leaf{2}), std::nullopt);
}

TEST_F(ResultStoreTest, TakesAReadOnlyFile) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write everywhere";
  {
    ResultStore store(path, "a", countWarnings());
    store.put(Leaf{1}, 1);
  }
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  ResultStore store(path, "a", countWarnings());
  store.put(Leaf{2}, 2);
  store.flush();
  EXPECT_EQ(warnings, 1);
  EXPECT_EQ(store.find(Leaf{1}), 1);
}

TEST_F(ResultStoreTest, ASearchRunsWithoutAFileThatIsNone) {
  Watch plain(space, scattered);
  SearchResult expected = searchWith(SearchKind::evolution, nullptr, plain);
  auto expectRuns = [&](const std::string &file) {
    path = file;
    warnings = 0;
    ResultStore store(path, "a", countWarnings());
    EXPECT_FALSE(store.healthy());
    Watch watch(space, scattered);
    expectSame(searchWith(SearchKind::evolution, &store, watch), expected);
    EXPECT_EQ(warnings, 1);
  };
  std::string text = path + ".txt";
  std::ofstream(text) << std::string(5000, 'x');
  expectRuns(text);
  expectRuns(path + "/no/such/directory.db");
  expectRuns(std::string(directory));
}

} // namespace
