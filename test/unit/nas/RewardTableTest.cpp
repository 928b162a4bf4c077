// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RewardTable.h"
#include "search/Search.h"
#include "gtest/gtest.h"
#include <cmath>
#include <fstream>

using namespace snc;
using namespace snc::bench;

namespace {

std::string written(const std::string &text) {
  std::string path = testing::TempDir() + "/rewards-" +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv";
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string errorOf(const std::string &text) {
  auto table = RewardTable::read(written(text));
  return table ? "" : llvm::toString(table.takeError());
}

std::string proxyErrorOf(const std::string &text) {
  auto table = ProxyTable::read(written(text), 2);
  return table ? "" : llvm::toString(table.takeError());
}

bool mentions(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

// The six strategies of two stages; aa and nc twice.
const char *const kHead = "name,seed,score\n";
const char *const kRows = "sync1_1_a,1,0.5\nsync1_1_c,1,0.4\nsync2_01_aa,1,0.6\nsync2_01_ac,1,0.3\n"
                          "sync2_01_ca,1,0.2\n";
const char *const kLast = "sync2_01_cc,1,0.1\n";
const char *const kRepeats = "sync2_01_aa,2,0.8\nsync1_1_c,2,0.5\n";

TEST(RewardTable, HasMeansAndTheirNoise) {
  auto table = RewardTable::read(written(std::string(kHead) + kRows + kLast + kRepeats));
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->stages, 2u);
  EXPECT_EQ(table->trainings, 8u);
  EXPECT_NEAR(table->score.lookup("sync2_01_aa"), 0.7, 1e-12);
  EXPECT_NEAR(table->score.lookup("sync1_1_c"), 0.45, 1e-12);
  EXPECT_NEAR(table->falling.front(), 0.7, 1e-12);
  EXPECT_NEAR(table->falling.back(), 0.1, 1e-12);
  // Deviations +-0.1 and +-0.05, two degrees of freedom.
  EXPECT_NEAR(table->trainingNoise, std::sqrt((2 * 0.01 + 2 * 0.0025) / 2), 1e-12);
  // Four entries of one training, two of two.
  EXPECT_NEAR(table->entryNoise, table->trainingNoise * std::sqrt(5. / 6), 1e-12);
  // Of 0.5, 0.45, 0.7, 0.3, 0.2, 0.1, mean 0.375: squares sum to 0.23875.
  EXPECT_NEAR(table->spread, std::sqrt(0.23875 / 5), 1e-12);
  EXPECT_NEAR(table->truth, std::sqrt(0.23875 / 5 - 0.0125 * 5 / 6), 1e-12);
}

TEST(RewardTable, WithoutRepeatsThereIsNoNoise) {
  auto table = RewardTable::read(written(std::string(kHead) + kRows + kLast));
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->trainingNoise, 0);
  EXPECT_EQ(table->entryNoise, 0);
  EXPECT_NEAR(table->truth, std::sqrt(0.035), 1e-12);
}

TEST(RewardTable, ColumnsHaveNamesAndLinesMayEndInReturns) {
  auto table = RewardTable::read(
      written("loss,score,seed,name\r\n9,0.5,1,sync1_0_a\r\n9,1e-1,x,sync1_0_c\r\n\r\n"));
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->stages, 1u);
  EXPECT_NEAR(table->score.lookup("sync1_0_c"), 0.1, 1e-12);
}

TEST(RewardTable, SaysWhatIsWrong) {
  EXPECT_TRUE(mentions(errorOf(""), "no rows"));
  EXPECT_TRUE(mentions(errorOf(kHead), "no rows"));
  EXPECT_TRUE(mentions(errorOf("name,score\nsync1_0_a,1\n"), "no column"));
  EXPECT_TRUE(mentions(errorOf(std::string(kHead) + kRows), "no row for sync2_01_cc"));
  for (const char *name : {"sync1_9_x", "", "other", "sync1_0_a", "sync2_01_aaa", "_", "sync1_1_"})
    EXPECT_TRUE(mentions(errorOf(std::string(kHead) + kRows + name + ",1,0.5\n"),
                         "line 7: no strategy: " + std::string(name)))
        << name;
  for (const char *name :
       {"nothing", "_", "__", "sync1_", "sync1_x_a", "sync1_18446744073709551615_a"})
    EXPECT_TRUE(mentions(errorOf(std::string(kHead) + name + ",1,0.5\n"), "no strategy")) << name;
  for (const char *score : {"", "x", "nan", "inf", "1e999", "0.5 "})
    EXPECT_TRUE(
        mentions(errorOf(std::string(kHead) + kRows + "sync2_01_cc,1," + score + "\n"), "line 7"))
        << score;
  EXPECT_TRUE(mentions(errorOf(std::string(kHead) + kRows + kLast + kLast),
                       "line 8: again sync2_01_cc with seed 1"));
  EXPECT_TRUE(mentions(errorOf(std::string(kHead) + kRows + "sync2_01_cc,1\n"),
                       "line 7 has 2 fields, not 3"));
  auto missing = RewardTable::read("/nowhere/rewards.csv");
  ASSERT_FALSE(bool(missing));
  EXPECT_TRUE(mentions(llvm::toString(missing.takeError()), "/nowhere/rewards.csv"));
}

TEST(ProxyTable, HasAScoreOfEachKind) {
  std::string text = "name,seed,naswot,params,seconds\nsync1_0_a,1,1.5,10,3\nsync1_0_c,1,-2,20,4\n";
  auto table = ProxyTable::read(written(text), 1);
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_EQ(table->kinds, (std::vector<std::string>{"naswot", "params"}));
  EXPECT_EQ(table->scores[0].lookup("sync1_0_c"), -2);
  EXPECT_EQ(table->scores[1].lookup("sync1_0_a"), 10);
}

// Of ranks the first is the best, of all else the largest.
TEST(ProxyTable, TurnsRanks) {
  auto table = ProxyTable::read(written("name,rank,zen\nsync1_0_a,1,3\nsync1_0_c,2.5,4\n"), 1);
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  EXPECT_GT(table->scores[0].lookup("sync1_0_a"), table->scores[0].lookup("sync1_0_c"));
  EXPECT_LT(table->scores[1].lookup("sync1_0_a"), table->scores[1].lookup("sync1_0_c"));
}

TEST(ProxyTable, SaysWhatIsWrong) {
  EXPECT_TRUE(mentions(proxyErrorOf("name,seed\nsync1_1_a,1\n"), "no scores"));
  EXPECT_TRUE(mentions(proxyErrorOf("x,y\n1,2\n"), "no column name"));
  EXPECT_TRUE(mentions(proxyErrorOf("name,x\nsync1_1_a,1\n"), "no row for"));
  EXPECT_TRUE(mentions(proxyErrorOf("name,x\nsync1_1_a,1\nsync1_1_a,1\n"), "again sync1_1_a"));
  EXPECT_TRUE(mentions(proxyErrorOf("name,x\nsync1_1_a,?\n"), "line 2: no score: ?"));
  EXPECT_TRUE(mentions(proxyErrorOf("name,x\nsync1_0_a,1\n"), "line 2: no strategy: sync1_0_a"));
}

// Letters and their neighbours add up, as rewards of strategies roughly do: the search with a
// surrogate has the best of 1,458 within a tenth of them.
TEST(SyncSpace, SurrogateFindsTheBestOfMadeUpRewards) {
  for (SyncOrder order : {SyncOrder::published, SyncOrder::stages}) {
    SyncSpace space(7, order);
    struct Rewards : Evaluator {
      explicit Rewards(const SyncSpace &space) : space(space) {}
      double cost(llvm::ArrayRef<uint16_t> leaf) override {
        Choices letters = space.lettersOf(leaf);
        double sum = 0;
        for (size_t i = 0; i < letters.size(); ++i) {
          sum += std::sin(double(3 * i + letters[i]) * 2.7);
          if (i > 0)
            sum += 0.5 * std::cos(double(9 * i + 3 * letters[i - 1] + letters[i]) * 1.3);
        }
        return -sum;
      }
      const SyncSpace &space;
    } rewards(space);
    double best = runSearch(SearchKind::exhaustive, space, rewards, {}).cost;
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      SearchOptions options;
      options.uct = UctRule::surrogate;
      options.seed = seed;
      options.budget = 145;
      EXPECT_NEAR(runSearch(SearchKind::mcts, space, rewards, options).cost, best, 1e-9);
    }
  }
}

} // namespace
