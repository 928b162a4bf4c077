// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of calls against a closure by Warshall, and steps against the
// promises that the executor lives on.

#include "ir/CallOrder.h"

#include "gtest/gtest.h"
#include <random>

using namespace snc;

namespace {

constexpr int64_t A = 0, B = 1, All = kAllUnits;

std::vector<CallStep> steps(std::vector<int64_t> units, std::vector<CallEvent> events) {
  return stepsOf(units, events);
}

struct RandomProgram {
  std::vector<int64_t> units;
  std::vector<CallEvent> events;
};

/// Calls of up to three units, some alone, and events that lead forward.
RandomProgram randomProgram(std::mt19937 &random) {
  RandomProgram p;
  size_t count = 1 + random() % 12;
  for (size_t i = 0; i < count; ++i)
    p.units.push_back(random() % 6 ? int64_t(random() % 3) : All);
  for (size_t to = 1; to < count; ++to)
    for (size_t from = 0; from < to; ++from)
      if (random() % 5 == 0 && p.units[from] != p.units[to] && p.units[from] != All &&
          p.units[to] != All)
        p.events.push_back({int64_t(from), int64_t(to)});
  return p;
}

/// reach[a][b]: a is done before b begins; from the definition, pair by pair.
std::vector<std::vector<bool>> closure(const RandomProgram &p) {
  size_t n = p.units.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n));
  for (size_t b = 0; b < n; ++b)
    for (size_t a = 0; a < b; ++a)
      reach[a][b] = p.units[a] == p.units[b] || p.units[a] == All || p.units[b] == All;
  for (const CallEvent &e : p.events)
    reach[size_t(e.from)][size_t(e.to)] = true;
  for (size_t k = 0; k < n; ++k)
    for (size_t a = 0; a < n; ++a)
      for (size_t b = 0; b < n; ++b)
        reach[a][b] = reach[a][b] || (reach[a][k] && reach[k][b]);
  return reach;
}

TEST(CallOrder, CallsOfAUnitRunInOrder) {
  CallOrder order({A, A, A}, {});
  EXPECT_TRUE(order.before(0, 1));
  EXPECT_TRUE(order.before(0, 2));
  EXPECT_FALSE(order.before(2, 0));
  EXPECT_TRUE(order.ordered(2, 0));
}

TEST(CallOrder, UnitsDoNotWaitUnasked) {
  CallOrder order({A, B}, {});
  EXPECT_FALSE(order.before(0, 1));
  EXPECT_FALSE(order.ordered(0, 1));
}

TEST(CallOrder, NoCallIsBeforeItself) {
  CallOrder order({A, All, B}, {});
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_FALSE(order.before(i, i)) << i;
}

TEST(CallOrder, AnEventOrdersWhatIsBeforeItAndBehindIt) {
  // A: 0 1 4, B: 2 3 5; call 3 waits for call 1.
  CallOrder order({A, A, B, B, A, B}, {{1, 3}});
  EXPECT_TRUE(order.before(1, 3));
  EXPECT_TRUE(order.before(0, 3)) << "what the unit did earlier";
  EXPECT_TRUE(order.before(0, 5)) << "what follows the one that waits";
  EXPECT_FALSE(order.ordered(0, 2)) << "what came before the wait";
  EXPECT_FALSE(order.ordered(4, 3)) << "what came after the event";
}

TEST(CallOrder, AnEventCarriesThroughAThirdUnit) {
  CallOrder order({A, B, 2}, {{0, 1}, {1, 2}});
  EXPECT_TRUE(order.before(0, 2));
}

TEST(CallOrder, ACallAloneMeetsAll) {
  CallOrder order({A, B, All, A, B}, {});
  for (int64_t i : {0, 1}) {
    EXPECT_TRUE(order.before(i, 2)) << i;
    EXPECT_TRUE(order.before(2, i + 3)) << i;
    EXPECT_TRUE(order.before(i, 4 - i)) << "across the meeting, unit to unit";
  }
  EXPECT_FALSE(order.ordered(3, 4));
}

TEST(CallOrder, NothingIsInOrderTrivially) {
  CallOrder order({}, {});
  EXPECT_TRUE(stepsOf({}, {}).empty());
}

TEST(CallOrder, IsTheClosureOfItsParts) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    RandomProgram p = randomProgram(random);
    CallOrder order(p.units, p.events);
    auto reach = closure(p);
    for (size_t a = 0; a < p.units.size(); ++a)
      for (size_t b = 0; b < p.units.size(); ++b)
        ASSERT_EQ(order.before(int64_t(a), int64_t(b)), reach[a][b])
            << "round " << round << ", calls " << a << " and " << b;
  }
}

TEST(CallSteps, WithoutUnitsThereIsOneStep) {
  EXPECT_EQ(steps({All, All, All}, {}), (std::vector<CallStep>{{0, 0}, {0, 0}, {0, 0}}));
}

TEST(CallSteps, UnitsThatDoNotWaitAreOneStepEach) {
  EXPECT_EQ(steps({A, B, A, B}, {}), (std::vector<CallStep>{{0, 0}, {0, 0}, {0, 0}, {0, 0}}));
}

TEST(CallSteps, PhasesEndWhereUnitsMeet) {
  EXPECT_EQ(steps({All, A, B, All, All, B}, {}),
            (std::vector<CallStep>{{0, 0}, {1, 0}, {1, 0}, {2, 0}, {2, 0}, {3, 0}}));
}

TEST(CallSteps, AWaitBeginsAStep) {
  // B's second call waits for A: it is a step of its own, above A's.
  EXPECT_EQ(steps({A, B, B}, {{0, 2}}), (std::vector<CallStep>{{0, 0}, {0, 0}, {0, 1}}));
}

TEST(CallSteps, ASignalEndsAStep) {
  // What A does after B's event would only delay it.
  EXPECT_EQ(steps({A, A, B}, {{0, 2}}), (std::vector<CallStep>{{0, 0}, {0, 1}, {0, 1}}));
}

TEST(CallSteps, AFirstCallThatWaitsIsAboveWhatItFollows) {
  // 0 -> 1 -> 2 over three units.
  EXPECT_EQ(steps({A, B, 2}, {{0, 1}, {1, 2}}), (std::vector<CallStep>{{0, 0}, {0, 1}, {0, 2}}));
}

TEST(CallSteps, TheLevelIsAboveTheHighestOfSeveral) {
  // Call 3 of unit 2 follows level 0 (call 0) and level 1 (call 1).
  EXPECT_EQ(steps({A, B, A, 2}, {{0, 1}, {0, 3}, {1, 3}}),
            (std::vector<CallStep>{{0, 0}, {0, 1}, {0, 1}, {0, 2}}));
}

/// Everything that runs before a step, as the executor guarantees it: its waits
/// and the unit's steps before it are done, whole.
TEST(CallSteps, KeepTheOrderWhenStepsRunWhole) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    RandomProgram p = randomProgram(random);
    std::vector<CallStep> step = stepsOf(p.units, p.events);
    ASSERT_EQ(step.size(), p.units.size());
    size_t n = p.units.size();
    for (size_t b = 0; b < n; ++b)
      for (size_t a = 0; a < b; ++a) {
        ASSERT_LE(step[a].phase, step[b].phase) << round;
        bool meets = p.units[a] == All || p.units[b] == All;
        if (meets && p.units[a] != p.units[b])
          EXPECT_LT(step[a].phase, step[b].phase) << round;
        if (p.units[a] == p.units[b])
          EXPECT_LE(step[a], step[b]) << round;
      }
    for (const CallEvent &e : p.events) {
      CallStep from = step[size_t(e.from)], to = step[size_t(e.to)];
      EXPECT_LT(from, to) << round;
      for (size_t i = 0; i < n; ++i) {
        if (p.units[i] == p.units[size_t(e.to)] && int64_t(i) < e.to && from.phase == to.phase)
          EXPECT_LT(step[i], to) << "round " << round << ": a call before the wait waits too";
        if (p.units[i] == p.units[size_t(e.from)] && int64_t(i) > e.from)
          EXPECT_LT(from, step[i]) << "round " << round << ": a call behind the event delays it";
      }
    }
  }
}

} // namespace
