// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No two live blocks overlap, whatever the lifetimes; known cases reach their
// optimum; tiny cases are measured against every order of placement.

#include "passes/ArenaPlanner.h"

#include "gtest/gtest.h"
#include <algorithm>
#include <numeric>
#include <random>

using namespace snc;

namespace {

/// Checked call by call, unlike the pairwise check under test.
void expectNoOverlap(const std::vector<ArenaBlock> &blocks, const ArenaPlan &plan) {
  int64_t last = 0;
  for (const ArenaBlock &b : blocks)
    last = std::max(last, b.end);
  for (int64_t call = 0; call <= last; ++call) {
    std::vector<std::pair<int64_t, int64_t>> live;
    for (size_t i = 0; i < blocks.size(); ++i)
      if (blocks[i].begin <= call && call <= blocks[i].end)
        live.push_back({plan.offsets[i], plan.offsets[i] + blocks[i].size});
    std::sort(live.begin(), live.end());
    for (size_t i = 1; i < live.size(); ++i)
      ASSERT_LE(live[i - 1].second, live[i].first) << "at call " << call;
  }
}

std::vector<ArenaBlock> randomBlocks(std::mt19937 &random, int count, int calls, int maxSize) {
  std::vector<ArenaBlock> blocks;
  for (int i = 0; i < count; ++i) {
    int64_t a = random() % calls, b = std::min<int64_t>(calls - 1, a + random() % 6);
    blocks.push_back({int64_t(1 + random() % maxSize), a, b});
  }
  return blocks;
}

TEST(ArenaPlanner, NothingNeedsNothing) {
  ArenaPlan plan = planArena({}, 64);
  EXPECT_EQ(plan.size, 0);
  EXPECT_EQ(arenaLowerBound({}), 0);
}

TEST(ArenaPlanner, AChainNeedsTwoNeighbours) {
  // 0 feeds 1 feeds 2 feeds 3: only neighbours live together.
  std::vector<ArenaBlock> blocks{{128, 0, 1}, {256, 1, 2}, {64, 2, 3}, {192, 3, 3}};
  EXPECT_EQ(arenaLowerBound(blocks), 128 + 256);
  EXPECT_EQ(planArena(blocks, 64).size, 128 + 256);
}

TEST(ArenaPlanner, ABlockEndsWithItsLastCall) {
  // The second starts at the call that still reads the first.
  std::vector<ArenaBlock> together{{64, 0, 1}, {64, 1, 2}}, apart{{64, 0, 1}, {64, 2, 3}};
  EXPECT_EQ(planArena(together, 64).size, 128);
  EXPECT_EQ(planArena(apart, 64).size, 64);
}

TEST(ArenaPlanner, RandomPlansAreValid) {
  std::mt19937 random(1);
  for (int round = 0; round < 400; ++round) {
    auto blocks = randomBlocks(random, 1 + random() % 60, 1 + random() % 40, 5000);
    ArenaPlan plan = planArena(blocks, 64);
    ASSERT_EQ(plan.offsets.size(), blocks.size());
    expectNoOverlap(blocks, plan);
    int64_t sum = 0;
    for (size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(plan.offsets[i] % 64, 0);
      EXPECT_GE(plan.offsets[i], 0);
      EXPECT_LE(plan.offsets[i] + blocks[i].size, plan.size);
      sum += (blocks[i].size + 63) / 64 * 64;
    }
    EXPECT_GE(plan.size, arenaLowerBound(blocks));
    EXPECT_LE(plan.size, sum);
    EXPECT_TRUE(isValidPlan(blocks, plan, 64));
  }
}

/// The best plan there is: some order of placing blocks at the lowest free
/// offset reaches the optimum.
int64_t bruteForce(const std::vector<ArenaBlock> &blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), 0);
  int64_t best = INT64_MAX;
  do {
    std::vector<int64_t> offsets(blocks.size(), -1);
    int64_t size = 0;
    for (size_t i : order) {
      int64_t offset = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (size_t j = 0; j < blocks.size(); ++j) {
          bool together = offsets[j] >= 0 && blocks[i].begin <= blocks[j].end &&
                          blocks[j].begin <= blocks[i].end;
          if (together && offset < offsets[j] + blocks[j].size &&
              offsets[j] < offset + blocks[i].size) {
            offset = offsets[j] + blocks[j].size;
            moved = true;
          }
        }
      }
      offsets[i] = offset;
      size = std::max(size, offset + blocks[i].size);
    }
    best = std::min(best, size);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(ArenaPlanner, TinyPlansAreOptimalOrClose) {
  std::mt19937 random(2);
  int optimal = 0;
  const int rounds = 200;
  for (int round = 0; round < rounds; ++round) {
    auto blocks = randomBlocks(random, 2 + random() % 5, 6, 9);
    int64_t best = bruteForce(blocks), got = planArena(blocks, 1).size;
    EXPECT_GE(got, best);
    EXPECT_GE(best, arenaLowerBound(blocks));
    EXPECT_LE(got * 2, best * 3);
    optimal += got == best;
  }
  EXPECT_GE(optimal, rounds * 95 / 100);
}

TEST(ArenaPlanner, TheCheckSeesEachFault) {
  std::vector<ArenaBlock> blocks{{64, 0, 1}, {64, 1, 2}};
  EXPECT_TRUE(isValidPlan(blocks, {{0, 64}, 128}, 64));
  EXPECT_FALSE(isValidPlan(blocks, {{0, 0}, 128}, 64)) << "overlap";
  EXPECT_FALSE(isValidPlan(blocks, {{0, 32}, 128}, 64)) << "alignment";
  EXPECT_FALSE(isValidPlan(blocks, {{0, 64}, 100}, 64)) << "arena too small";
  EXPECT_FALSE(isValidPlan(blocks, {{0}, 128}, 64)) << "an offset is missing";
}

} // namespace
