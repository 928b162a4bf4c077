// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// That UCT goes where it should, and that the searches that learn do learn.

#include "SearchSpaces.h"

using namespace snc;
using namespace snc::test;

namespace {

TEST(Mcts, AndEvolutionLearnWhereChoicesAddUp) {
  Space space = even(10, 4); // a million leaves
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SearchOptions options;
    options.seed = seed;
    auto least = [&](SearchKind kind) {
      Watch watch(space, distance);
      return runSearch(kind, space, watch, options).cost;
    };
    EXPECT_EQ(least(SearchKind::mcts), 0);
    EXPECT_EQ(least(SearchKind::evolution), 0);
    EXPECT_GE(least(SearchKind::random), 2); // learns nothing; 14 leaves of a million cost less
  }
}

TEST(Mcts, SpreadsSamplesInFlight) {
  // Nothing is known in the first batch: only virtual losses tell the nodes apart.
  Space space = even(2, 4);
  for (UctRule rule : {UctRule::best, UctRule::mean}) {
    Watch watch(space, scattered);
    SearchOptions options;
    options.uct = rule;
    options.budget = options.inFlight = 12;
    runSearch(SearchKind::mcts, space, watch, options);
    std::map<uint16_t, int> below;
    for (const Leaf &leaf : watch.order)
      ++below[leaf[0]];
    EXPECT_EQ(below, (std::map<uint16_t, int>{{0, 3}, {1, 3}, {2, 3}, {3, 3}}));
  }
}

TEST(Mcts, TriesEveryChoiceThenGoesWhereItIsBest) {
  Space space = even(2, 8);
  Watch watch(space, [](llvm::ArrayRef<uint16_t> leaf) { return leaf[0] == 5 ? 1. : 2.; });
  SearchOptions options;
  options.budget = 8 + 7; // the rest below 5
  options.exploration = 0;
  runSearch(SearchKind::mcts, space, watch, options);
  std::map<uint16_t, int> below;
  for (size_t i = 0; i < watch.order.size(); ++i)
    ++below[watch.order[i][0]];
  EXPECT_EQ(below.size(), 8u);
  EXPECT_EQ(below[5], 8);
}

} // namespace
