// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every search algorithm promises, on small trees.

#include "SearchSpaces.h"
#include <chrono>
#include <numeric>
#include <thread>

using namespace snc;
using namespace snc::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class EverySearch : public testing::TestWithParam<SearchKind> {
protected:
  SearchResult search(const DecisionSpace &space, Evaluator &evaluator,
                      const SearchOptions &options) {
    return runSearch(GetParam(), space, evaluator, options);
  }
};

std::string nameOf(const testing::TestParamInfo<SearchKind> &info) {
  constexpr const char *kNames[] = {"Mcts", "Evolution", "Random", "Exhaustive"};
  return kNames[int(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Search, EverySearch, testing::ValuesIn(kKinds), nameOf);

TEST_P(EverySearch, SeesEveryLeafOnce) {
  Space space = uneven();
  // The best is where no other leaf is near.
  auto costs = [](llvm::ArrayRef<uint16_t> leaf) { return leaf.size() == 6 ? leaf[5] : 9.; };
  for (unsigned inFlight : {0u, 1u, 3u, 100u})
    for (UctRule rule : {UctRule::best, UctRule::mean})
      for (uint64_t seed = 1; seed <= 20; ++seed) {
        Watch watch(space, costs);
        SearchOptions options;
        options.seed = seed;
        options.inFlight = inFlight;
        options.uct = rule;
        options.population = 3;
        SearchResult result = search(space, watch, options);
        EXPECT_EQ(watch.calls.size(), 8u);
        for (const Leaf &leaf : unevenLeaves())
          EXPECT_EQ(watch.calls.count(leaf), 1u);
        EXPECT_EQ(result.evaluations, 8u);
        EXPECT_TRUE(result.exhausted);
        EXPECT_EQ(copy(result.best), (Leaf{2, 0, 0, 0, 0, 0}));
        EXPECT_EQ(result.cost, 0);
      }
}

TEST_P(EverySearch, KeepsToItsBudget) {
  Space space = even(6, 3);
  for (uint64_t budget : {0, 1, 2, 60, 728, 729, 730})
    for (unsigned inFlight : {1u, 7u}) {
      Watch watch(space, scattered);
      SearchOptions options;
      options.budget = budget;
      options.inFlight = inFlight;
      SearchResult result = search(space, watch, options);
      EXPECT_EQ(result.evaluations, std::min<uint64_t>(budget, 729));
      EXPECT_EQ(watch.calls.size(), result.evaluations);
      EXPECT_EQ(result.exhausted, budget >= 729);
      double least = kInfinity;
      for (const auto &[leaf, count] : watch.calls)
        least = std::min(least, scattered(leaf));
      EXPECT_EQ(result.cost, least);
      EXPECT_EQ(result.best.size(), budget ? 6u : 0u);
    }
}

TEST_P(EverySearch, TakesSpacesWithoutAChoice) {
  for (unsigned depth : {0u, 1u, 40u}) {
    Space space = even(depth, 1);
    Watch watch(space, [](auto) { return 2.5; });
    SearchResult result = search(space, watch, {});
    EXPECT_EQ(result.evaluations, 1u);
    EXPECT_TRUE(result.exhausted);
    EXPECT_EQ(copy(result.best), Leaf(depth, 0));
    EXPECT_EQ(result.history, (std::vector<std::pair<uint64_t, double>>{{1, 2.5}}));
  }
}

TEST_P(EverySearch, FindsNothingWhereNothingIsFeasible) {
  for (double bad : {kInfinity, std::nan("")}) {
    Space space = uneven();
    Watch watch(space, [=](auto) { return bad; });
    for (UctRule rule : {UctRule::best, UctRule::mean}) {
      watch.calls.clear();
      SearchOptions options;
      options.uct = rule;
      SearchResult result = search(space, watch, options);
      EXPECT_EQ(result.cost, kInfinity);
      EXPECT_TRUE(result.best.empty());
      EXPECT_TRUE(result.history.empty());
      EXPECT_EQ(result.evaluations, 8u);
      EXPECT_TRUE(result.exhausted);
    }
  }
}

TEST_P(EverySearch, FindsTheOneFeasibleLeafAndTakesCostsOfAnySign) {
  Space space = even(5, 3);
  auto costs = [](llvm::ArrayRef<uint16_t> leaf) {
    return copy(leaf) == Leaf{2, 1, 2, 0, 1} ? -1e300 : leaf[0] == 0 ? 0. : kInfinity;
  };
  for (UctRule rule : {UctRule::best, UctRule::mean}) {
    Watch watch(space, costs);
    SearchOptions options;
    options.uct = rule;
    SearchResult result = search(space, watch, options);
    EXPECT_EQ(result.cost, -1e300);
    EXPECT_EQ(result.evaluations, 243u);
  }
}

TEST_P(EverySearch, TakesCostsBeyondReason) {
  Space space = even(4, 4);
  auto costs = [](llvm::ArrayRef<uint16_t> leaf) {
    constexpr double kCosts[] = {1e308, -1e308, -kInfinity, kInfinity};
    return kCosts[(leaf[0] + leaf[1] + leaf[2] + leaf[3]) % 4];
  };
  for (UctRule rule : {UctRule::best, UctRule::mean}) {
    Watch watch(space, costs);
    SearchOptions options;
    options.uct = rule;
    SearchResult result = search(space, watch, options);
    EXPECT_EQ(result.cost, -kInfinity);
    EXPECT_EQ(result.evaluations, 256u);
  }
}

TEST_P(EverySearch, HistoryTellsTheImprovements) {
  Space space = even(5, 4);
  Watch watch(space, scattered);
  SearchOptions options;
  options.budget = 300;
  SearchResult result = search(space, watch, options);
  std::vector<std::pair<uint64_t, double>> expected;
  for (size_t i = 0; i < watch.order.size(); ++i)
    if (double cost = scattered(watch.order[i]); expected.empty() || cost < expected.back().second)
      expected.emplace_back(i + 1, cost);
  EXPECT_EQ(result.history, expected);
}

TEST_P(EverySearch, IsFixedByItsSeedWhateverTheTiming) {
  Space space = even(6, 4);
  auto run = [&](unsigned threads, uint64_t seed) {
    std::atomic<unsigned> call = 0;
    auto slow = [&](llvm::ArrayRef<uint16_t> leaf) {
      if (threads > 1)
        std::this_thread::sleep_for(std::chrono::microseconds(call++ * 7919 % 300));
      return scattered(leaf);
    };
    Watch watch(space, slow);
    SearchOptions options;
    options.budget = 203;
    options.seed = seed;
    options.inFlight = 8;
    options.threads = threads;
    SearchResult result = search(space, watch, options);
    return std::pair(result, watch.calls);
  };
  auto [alone, leaves] = run(1, 5);
  auto [helped, sameLeaves] = run(4, 5);
  expectSame(alone, helped);
  EXPECT_EQ(leaves, sameLeaves);
  if (GetParam() != SearchKind::exhaustive) {
    EXPECT_NE(run(1, 6).second, leaves);
  }
}

TEST_P(EverySearch, StopsWithTheBestSoFar) {
  Space space = even(6, 4);
  std::atomic<bool> stop = false;
  std::vector<double> seen;
  Watch watch(space, [&](llvm::ArrayRef<uint16_t> leaf) {
    seen.push_back(scattered(leaf));
    stop = seen.size() == 30; // others are in flight
    return seen.back();
  });
  SearchOptions options;
  options.stop = &stop;
  options.inFlight = 8;
  SearchResult result = search(space, watch, options);
  EXPECT_EQ(result.evaluations, 30u);
  EXPECT_FALSE(result.exhausted);
  EXPECT_EQ(result.cost, *std::min_element(seen.begin(), seen.end()));

  stop = true;
  result = search(space, watch, options);
  EXPECT_EQ(result.evaluations, 0u);
  EXPECT_EQ(seen.size(), 30u);
}

TEST_P(EverySearch, ReportsProgressAfterEachEvaluation) {
  Space space = even(4, 3);
  Watch watch(space, scattered);
  std::vector<uint64_t> counts;
  double last = 0;
  SearchOptions options;
  options.budget = 20;
  options.inFlight = 8;
  options.progress = [&](const SearchProgress &progress) {
    counts.push_back(progress.evaluations);
    last = progress.best;
  };
  SearchResult result = search(space, watch, options);
  std::vector<uint64_t> expected(20);
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(counts, expected);
  EXPECT_EQ(last, result.cost);
}

TEST_P(EverySearch, TakesNodesOfTheGreatestWidth) {
  Space space = even(1, 65536);
  Watch watch(space, [](llvm::ArrayRef<uint16_t> leaf) { return leaf[0] == 65535 ? 0. : 1.; });
  SearchOptions options;
  options.budget = 500;
  EXPECT_EQ(search(space, watch, options).evaluations, 500u);
}

/// Always leads to the same leaf below a node.
struct Stubborn : Space {
  using Space::Space;
  void rollout(Choices &path, std::mt19937_64 &) const override {
    while (width(path) > 0)
      path.push_back(width(path) - 1);
  }
};

TEST_P(EverySearch, HeedsTheSpacesRolloutsAndSeesAllTheSame) {
  Space plain = even(4, 3);
  Stubborn space(plain.widths, plain.leaves);
  Watch watch(space, scattered);
  SearchResult result = search(space, watch, {});
  EXPECT_EQ(result.evaluations, 81u);
  EXPECT_TRUE(result.exhausted);
  if (GetParam() != SearchKind::exhaustive) {
    Leaf first = watch.order[0]; // mcts chooses the first decision itself
    EXPECT_EQ(Leaf(first.begin() + 1, first.end()), (Leaf{2, 2, 2}));
  }
}

TEST(Search, ExhaustiveGoesInOrder) {
  Space space = uneven();
  Watch watch(space, scattered);
  runSearch(SearchKind::exhaustive, space, watch, {});
  EXPECT_EQ(watch.order, unevenLeaves());
}

TEST(Search, RandomTakesEachChoiceAsOften) {
  Space space = even(2, 4);
  std::map<Leaf, int> first;
  for (uint64_t seed = 0; seed < 1600; ++seed) {
    Watch watch(space, scattered);
    SearchOptions options;
    options.budget = 1;
    options.seed = seed;
    ++first[copy(runSearch(SearchKind::random, space, watch, options).best)];
  }
  EXPECT_EQ(first.size(), 16u);
  for (const auto &[leaf, count] : first)
    EXPECT_NEAR(count, 100, 50); // five standard deviations
}

} // namespace
