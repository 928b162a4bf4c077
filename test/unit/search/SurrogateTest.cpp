// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Monte Carlo tree search with a surrogate: it wins where letters add up, overcomes priors that
// mislead, and keeps what every search promises.

#include "SearchSpaces.h"

using namespace snc;
using namespace snc::test;

namespace {

SearchOptions withSurrogate(uint64_t seed) {
  SearchOptions options;
  options.uct = UctRule::surrogate;
  options.seed = seed;
  return options;
}

/// Evaluations until `cost` is 0.
uint64_t needed(const DecisionSpace &space, const Watch::Cost &cost, const SearchOptions &options) {
  Watch watch(space, cost);
  SearchResult result = runSearch(SearchKind::mcts, space, watch, options);
  EXPECT_EQ(result.cost, 0);
  return result.history.empty() ? 0 : result.history.back().first;
}

// 4^10 leaves, ten times as many features as a search of 150 can have leaves of: the one leaf that
// costs nothing is found all the same.
TEST(Surrogate, FindsTheOptimumWhereLettersAddUp) {
  Space space = even(10, 4);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SearchOptions options = withSurrogate(seed);
    options.budget = 150;
    EXPECT_LE(needed(space, distance, options), 150u);
  }
}

// A leaf that is good against all that its letters say is found by the other samples.
TEST(Surrogate, IsNotAllThereIs) {
  Space space = even(3, 6);
  auto cost = [](llvm::ArrayRef<uint16_t> leaf) {
    bool hidden = leaf[0] == 5 && leaf[1] == 5 && leaf[2] == 5;
    return hidden ? 0. : 1. + leaf[0] + leaf[1] + leaf[2];
  };
  for (uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_LT(needed(space, cost, withSurrogate(seed)), 216u);
}

// Leaf (4, 4, 4, 4) of 5^4 costs nothing.
double farthest(llvm::ArrayRef<uint16_t> leaf) {
  double cost = 0;
  for (uint16_t letter : leaf)
    cost += 4 - letter;
  return cost;
}

TEST(Surrogate, BelievesAPriorAtFirst) {
  Space space = even(4, 5);
  SearchOptions options = withSurrogate(1);
  options.prior = [](llvm::ArrayRef<uint16_t> leaf) { return (farthest(leaf) - 8) / 2.8; };
  EXPECT_EQ(needed(space, farthest, options), 1u);
}

TEST(Surrogate, OvercomesAPriorThatMisleads) {
  Space space = even(4, 5);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SearchOptions options = withSurrogate(seed);
    options.prior = [](llvm::ArrayRef<uint16_t> leaf) { return (8 - farthest(leaf)) / 2.8; };
    EXPECT_LE(needed(space, farthest, options), 60u); // of 625
  }
}

TEST(Surrogate, SeesEveryLeafOnce) {
  for (const Space &space : {even(3, 3), uneven(), even(0, 1), even(5, 1)})
    for (unsigned inFlight : {1u, 3u, 100u}) {
      Watch watch(space, scattered);
      SearchOptions options = withSurrogate(4);
      options.inFlight = inFlight;
      SearchResult result = runSearch(SearchKind::mcts, space, watch, options);
      EXPECT_TRUE(result.exhausted);
      EXPECT_EQ(double(result.evaluations), space.size());
    }
}

// Spaces too large to list, as well.
TEST(Surrogate, IsFixedBySeedNotByThreads) {
  for (const Space &space : {even(4, 4), even(9, 4)}) {
    auto run = [&](uint64_t seed, unsigned threads) {
      Watch watch(space, scattered);
      SearchOptions options = withSurrogate(seed);
      options.budget = 60;
      options.inFlight = 4;
      options.threads = threads;
      return runSearch(SearchKind::mcts, space, watch, options);
    };
    expectSame(run(1, 1), run(1, 4));
    EXPECT_NE(run(1, 1).history, run(3, 1).history);
  }
}

// What is in flight counts as what is guessed: the next samples are not its like.
TEST(Surrogate, SpreadsSamplesInFlight) {
  Space space = even(2, 4);
  Watch watch(space, scattered);
  SearchOptions options = withSurrogate(1);
  options.budget = options.inFlight = 8; // four are the surrogate's
  runSearch(SearchKind::mcts, space, watch, options);
  std::map<uint16_t, int> first, second;
  for (size_t i = 0; i < 8; i += 2) {
    ++first[watch.order[i][0]];
    ++second[watch.order[i][1]];
  }
  EXPECT_GE(first.size(), 3u);
  EXPECT_GE(second.size(), 3u);
}

TEST(Surrogate, TakesCostsBeyondReason) {
  Space space = even(4, 3);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (double odd : {kInfinity, -1e308, 1e308, std::nan("")}) {
    Watch watch(
        space, [&](llvm::ArrayRef<uint16_t> leaf) { return leaf[1] == 1 ? odd : scattered(leaf); });
    SearchResult result = runSearch(SearchKind::mcts, space, watch, withSurrogate(2));
    EXPECT_EQ(result.evaluations, 81u);
  }
  Watch none(space, [](llvm::ArrayRef<uint16_t>) { return kInfinity; });
  EXPECT_EQ(runSearch(SearchKind::mcts, space, none, withSurrogate(2)).evaluations, 81u);
}

} // namespace
