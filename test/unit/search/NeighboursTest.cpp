// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the searches draw by chance.

#include "search/Neighbours.h"
#include "SearchSpaces.h"
#include "search/Random.h"

using namespace snc;
using namespace snc::test;

namespace {

TEST(Neighbours, DifferFirstInOneDecision) {
  Space space = uneven();
  std::mt19937_64 random(3);
  auto near = [&](const Leaf &leaf) {
    std::map<Leaf, int> found;
    for (int i = 0; i < 1200; ++i)
      ++found[copy(neighbour(space, leaf, random))];
    return found;
  };
  // Its last decision is the only other one with a choice besides the first.
  std::map<Leaf, int> chain = near({2, 0, 0, 0, 0, 1});
  EXPECT_NEAR((chain[{2, 0, 0, 0, 0, 0}]), 600, 100);
  EXPECT_NEAR((chain[{0}]), 300, 80);
  EXPECT_NEAR((chain[{1, 0}]), 300, 80); // its 0 is followed
  EXPECT_EQ(chain.size(), 3u);
  // A short leaf ends before a long one does: a rollout.
  std::map<Leaf, int> alone = near({0});
  EXPECT_EQ(alone.count({0}), 0u);
  EXPECT_EQ(alone.size(), 7u);
  // A choice beyond the width is taken modulo: 3 of (1, 1, 3) at a place with one choice.
  EXPECT_TRUE(near({1, 1, 3}).count({2, 0, 0, 0, 0, 0}));

  Space chainOnly = even(5, 1);
  EXPECT_EQ(copy(neighbour(chainOnly, Leaf(5, 0), random)), Leaf(5, 0));
}

TEST(Random, BelowIsInRangeAndEven) {
  std::mt19937_64 random(7);
  int count[3] = {};
  for (int i = 0; i < 30000; ++i)
    ++count[randomBelow(random, 3)];
  for (int each : count)
    EXPECT_NEAR(each, 10000, 500);
  EXPECT_EQ(randomBelow(random, 1), 0u);
  // Of 2^64 numbers a third is uneven here: plain modulo would favour the lower half.
  uint64_t large = UINT64_MAX / 3 * 2;
  int low = 0;
  for (int i = 0; i < 10000; ++i) {
    uint64_t drawn = randomBelow(random, large);
    EXPECT_LT(drawn, large);
    low += drawn < large / 2;
  }
  EXPECT_NEAR(low, 5000, 300);
}

} // namespace
