// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/SyncStrategy.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <set>

using namespace snc;

namespace {

SyncStrategy letters(llvm::StringRef text) {
  SyncStrategy strategy;
  for (char letter : text)
    strategy.push_back(SyncKind(letter));
  return strategy;
}

// The names of the three published searched networks, beside their published letters.
TEST(SyncStrategy, NamesAreSyncNas) {
  EXPECT_EQ(nameOf(letters("annnana")), "sync3_046_aaa");
  EXPECT_EQ(nameOf(letters("cnnnana")), "sync3_046_caa");
  EXPECT_EQ(nameOf(letters("nnnnaaa")), "sync3_456_aaa");
  EXPECT_EQ(nameOf(letters("nnnnnnc")), "sync1_6_c");
}

TEST(SyncStrategy, PlacesOfManyStagesHaveDashes) {
  SyncStrategy strategy(12, SyncKind::none);
  strategy[1] = SyncKind::add;
  strategy[11] = SyncKind::concat;
  EXPECT_EQ(nameOf(strategy), "sync2_1-11_ac");
  EXPECT_EQ(strategyNamed("sync2_1-11_ac", 12), strategy);
}

TEST(SyncStrategy, NamesThatAreNoneAreRefused) {
  for (const char *name :
       {"", "sync", "sync3_046_aa", "sync2_046_aaa", "sync3_045_aaa", "sync3_406_aaa",
        "sync3_006_aaa", "sync3_046_aan", "sync3_046_aaa_", "sync0__", "sync1_7_a", "sync1_x_a",
        "sync3_046_AAA", "3_046_aaa", "sync-1_6_a"})
    EXPECT_EQ(strategyNamed(name, 7), std::nullopt) << name;
}

// Each letter string of n, a, c that ends in a or c is there exactly once: 3^6 x 2.
TEST(SyncSpace, HoldsEveryStrategyOnce) {
  for (SyncOrder order : {SyncOrder::published, SyncOrder::stages}) {
    SyncSpace space(7, order);
    std::vector<Choices> all;
    forEachLeaf(space, [&](const Choices &leaf) { all.push_back(leaf); });
    EXPECT_EQ(all.size(), 1458u);
    EXPECT_EQ(space.size(), 1458);
    std::set<std::string> found;
    for (const Choices &leaf : all) {
      SyncStrategy strategy = space.strategyOf(leaf);
      std::string text;
      for (SyncKind kind : strategy)
        text += char(kind);
      EXPECT_EQ(text.size(), 7u);
      EXPECT_NE(text.back(), 'n');
      EXPECT_TRUE(found.insert(text).second) << text;
      EXPECT_EQ(space.leafOf(strategy), leaf) << text;
      EXPECT_EQ(strategyNamed(space.nameOf(leaf), 7), strategy) << text;
      for (size_t i = 0; i < 7; ++i) // none, add, concat; there is no none behind the last
        EXPECT_EQ("nac"[space.lettersOf(leaf)[i] + (i == 6)], text[i]);
    }
  }
}

// SyncNAS's order: the first decision is the number of syncs, and each place leaves room for the
// rest: with six of seven syncs there are two places for the first one.
TEST(SyncSpace, DecidesInTheOrderOfSyncNas) {
  SyncSpace space(7);
  EXPECT_EQ(space.width({}), 7u);
  EXPECT_EQ(space.width({0}), 2u); // one sync: its kind
  EXPECT_EQ(space.width({1}), 6u); // two: the first is behind stage 0 to 5
  EXPECT_EQ(space.width({5}), 2u);
  EXPECT_EQ(space.width({6}), 1u);
  EXPECT_EQ(space.nameOf({2, 0, 3, 0, 1, 0}), "sync3_046_aca");
}

TEST(SyncSpace, OneStageHasOneSync) {
  SyncSpace space(1);
  EXPECT_EQ(space.size(), 2);
  EXPECT_EQ(space.nameOf({0, 1}), "sync1_0_c");
}

} // namespace
