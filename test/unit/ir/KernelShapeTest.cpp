// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What strips cut, worked out by hand: n pieces of work for t threads cost
// ceil(n / t) * t / n of an even share.

#include "ir/KernelShape.h"

#include "gtest/gtest.h"

using namespace snc;

namespace {
constexpr int64_t kChannels = 1, kRows = 2;

TEST(StripAxis, RowsWhereTheyComeOutAboutEqual) {
  EXPECT_EQ(stripAxis({1, 96, 14, 14}, 2, 16), kRows) << "14 = 7 + 7";
  EXPECT_EQ(stripAxis({1, 96, 112, 112}, 3, 16), kRows) << "114 / 112";
  EXPECT_EQ(stripAxis({1, 96, 14, 14}, 3, 16), kRows) << "15 / 14, though blocks are 2 + 2 + 2";
  EXPECT_EQ(stripAxis({1, 176, 10, 10}, 11, 16), kRows) << "11 / 10 is the limit";
}

TEST(StripAxis, ChannelsWhereTheyComeOutBetter) {
  EXPECT_EQ(stripAxis({1, 96, 7, 7}, 2, 16), kChannels) << "rows 8 / 7, blocks 6 / 6";
  EXPECT_EQ(stripAxis({1, 128, 14, 14}, 4, 16), kChannels) << "rows 16 / 14, blocks 8 / 8";
  EXPECT_EQ(stripAxis({1, 48, 7, 7}, 3, 16), kChannels) << "rows 9 / 7, blocks 3 / 3";
  EXPECT_EQ(stripAxis({1, 1280, 1, 1}, 2, 16), kChannels) << "one row";
}

TEST(StripAxis, RowsWhereChannelsComeOutWorse) {
  EXPECT_EQ(stripAxis({1, 48, 7, 7}, 2, 16), kRows) << "rows 8 / 7, blocks 4 / 3";
  EXPECT_EQ(stripAxis({1, 16, 7, 7}, 2, 16), kRows) << "one block";
  EXPECT_EQ(stripAxis({1, 96, 14, 14}, 4, 16), kRows) << "rows 16 / 14, blocks 8 / 6";
  EXPECT_EQ(stripAxis({1, 33, 7, 7}, 2, 16), kRows) << "a block of one channel is a block";
}

TEST(StripAxis, ChannelsWhereNeitherIsBetter) {
  EXPECT_EQ(stripAxis({1, 112, 7, 7}, 2, 16), kChannels) << "both 8 / 7";
  EXPECT_EQ(stripAxis({1, 16, 1, 1}, 2, 16), kChannels) << "one of each";
}

TEST(StripAxis, BlocksAreThoseOfTheLayout) {
  EXPECT_EQ(stripAxis({1, 24, 7, 7}, 2, 16), kChannels) << "2 blocks";
  EXPECT_EQ(stripAxis({1, 24, 7, 7}, 2, 8), kRows) << "3 blocks";
  EXPECT_EQ(stripAxis({1, 24, 7, 7}, 2, 0), kChannels) << "24 planes";
}

TEST(StripAxis, OneThreadAndTensorsWithoutRowsHaveChannels) {
  EXPECT_EQ(stripAxis({1, 96, 14, 14}, 1, 16), kChannels);
  EXPECT_EQ(stripAxis({14, 96}, 2, 0), kChannels);
  EXPECT_EQ(stripAxis({}, 2, 0), kChannels);
}
} // namespace
