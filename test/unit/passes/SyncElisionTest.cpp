// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fewest events: they order all uses, and none could be left out, checked by
// taking each away.

#include "passes/SyncElision.h"

#include "gtest/gtest.h"
#include <random>

using namespace snc;

namespace {

constexpr int64_t A = 0, B = 1, C = 2, All = kAllUnits;
using Uses = std::vector<std::vector<int64_t>>;

std::vector<CallEvent> events(std::vector<int64_t> units, Uses uses) {
  return fewestEvents(units, uses);
}

TEST(SyncElision, NothingNeedsNothing) { EXPECT_TRUE(events({}, {}).empty()); }

TEST(SyncElision, OneUnitNeedsNoEvent) {
  EXPECT_TRUE(events({A, A, A}, {{}, {0}, {0, 1}}).empty());
}

TEST(SyncElision, AUseOfAnotherUnitIsAnEvent) {
  EXPECT_EQ(events({A, B}, {{}, {0}}), (std::vector<CallEvent>{{0, 1}}));
}

TEST(SyncElision, AUseTwiceIsOneEvent) {
  EXPECT_EQ(events({A, B}, {{}, {0, 0}}), (std::vector<CallEvent>{{0, 1}}));
}

TEST(SyncElision, TheLastOfAUnitStandsForThoseBefore) {
  // B uses both of A's calls: waiting for the second is enough.
  EXPECT_EQ(events({A, A, B}, {{}, {}, {0, 1}}), (std::vector<CallEvent>{{1, 2}}));
}

TEST(SyncElision, WhoWaitedOnceKnows) {
  // B waits for A's call before its own first, and uses it again in its second.
  EXPECT_EQ(events({A, B, B}, {{}, {0}, {0}}), (std::vector<CallEvent>{{0, 1}}));
}

TEST(SyncElision, AThirdUnitVouches) {
  // C uses A's and B's calls, but B has waited for A.
  EXPECT_EQ(events({A, B, C}, {{}, {0}, {0, 1}}), (std::vector<CallEvent>{{0, 1}, {1, 2}}));
}

TEST(SyncElision, NeighboursExchangeWhatEachNeeds) {
  // Halos: each unit's second call reads both first ones.
  EXPECT_EQ(events({A, B, A, B}, {{}, {}, {0, 1}, {0, 1}}),
            (std::vector<CallEvent>{{1, 2}, {0, 3}}));
}

TEST(SyncElision, ACallAloneNeedsNoEvents) {
  EXPECT_TRUE(events({A, B, All, A, B}, {{}, {}, {0, 1}, {1, 2}, {0, 2}}).empty());
}

TEST(SyncElision, EventsAreInOrderOfTheWaits) {
  EXPECT_EQ(events({A, B, C, A}, {{}, {}, {0, 1}, {1, 2}}),
            (std::vector<CallEvent>{{0, 2}, {1, 2}, {2, 3}}));
}

TEST(SyncElision, RandomProgramsAreOrderedByEventsThatAreAllNeeded) {
  std::mt19937 random(5);
  size_t found = 0;
  for (int round = 0; round < 3000; ++round) {
    size_t count = 1 + random() % 14, unitCount = 1 + random() % 4;
    std::vector<int64_t> units;
    Uses uses(count);
    for (size_t i = 0; i < count; ++i) {
      units.push_back(random() % 8 ? int64_t(random() % unitCount) : All);
      for (size_t j = 0; j < i; ++j)
        if (random() % 3 == 0)
          uses[i].push_back(int64_t(j));
    }
    auto holds = [&](const std::vector<CallEvent> &some) {
      CallOrder order(units, some);
      for (size_t i = 0; i < count; ++i)
        for (int64_t use : uses[i])
          if (!order.before(use, int64_t(i)))
            return false;
      return true;
    };
    std::vector<CallEvent> all = fewestEvents(units, uses);
    found += all.size();
    ASSERT_TRUE(holds(all)) << "round " << round;
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_NE(units[size_t(all[i].from)], units[size_t(all[i].to)]) << "round " << round;
      EXPECT_LT(all[i].from, all[i].to) << "round " << round;
      std::vector<CallEvent> others(all);
      others.erase(others.begin() + int64_t(i));
      ASSERT_FALSE(holds(others)) << "round " << round << " can do without event " << i;
    }
  }
  EXPECT_GT(found, 3000u) << "the programs drawn have something to order";
}

} // namespace
