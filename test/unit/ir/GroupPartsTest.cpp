// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/GroupParts.h"
#include <gtest/gtest.h>

using namespace snc;

namespace {
/// A window of `taps` places over planes of 28 x 28, blocks of 16.
GroupedShape shape(int64_t groups, int64_t in, int64_t out, int64_t taps) {
  return {groups, in, out, taps, 1, 784, 784, 16, 16, 1};
}

using Parts = llvm::SmallVector<GroupPart, 0>;

TEST(GroupParts, GroupsOfWholeBlocksStandAlone) {
  EXPECT_EQ(groupParts(shape(2, 48, 48, 1)), (Parts{{0, 48, 0, 48}, {48, 96, 48, 96}}));
  EXPECT_EQ(groupParts(shape(3, 32, 16, 9)),
            (Parts{{0, 16, 0, 32}, {16, 32, 32, 64}, {32, 48, 64, 96}}));
}

TEST(GroupParts, NarrowGroupsShareABlock) {
  Parts parts = groupParts(shape(32, 4, 4, 9));
  ASSERT_EQ(parts.size(), 8u);
  for (int64_t i = 0; i < 8; ++i)
    EXPECT_EQ(parts[size_t(i)], (GroupPart{16 * i, 16 * i + 16, 16 * i, 16 * i + 16}));
}

TEST(GroupParts, ABlockThatTwoGroupsShareIsAPartOfItsOwn) {
  // 3 x 3: two copies of 24 channels are less than products with 24 zeros.
  EXPECT_EQ(groupParts(shape(2, 24, 24, 9)),
            (Parts{{0, 16, 0, 24}, {16, 32, 0, 48}, {32, 48, 24, 48}}));
}

TEST(GroupParts, PointwiseOnesReadWholeBlocks) {
  // Channels 0 to 23 and 24 to 47 of 240 are blocks 0, 1 and 1, 2.
  for (GroupPart part : groupParts(shape(10, 24, 24, 1))) {
    EXPECT_EQ(part.inBegin % 16, 0);
    EXPECT_TRUE(part.inEnd % 16 == 0 || part.inEnd == 240);
  }
}

TEST(GroupParts, SmallPlanesAreNotWorthManyKernels) {
  GroupedShape small = shape(2, 24, 24, 1);
  small.inPixels = small.outPixels = 1;
  EXPECT_EQ(groupParts(small), (Parts{{0, 48, 0, 48}}));
  small.threads = 16;
  EXPECT_EQ(groupParts(small), (Parts{{0, 48, 0, 48}}));
}

TEST(GroupParts, ThereIsALimit) {
  GroupedShape many = shape(8192, 16, 16, 9);
  EXPECT_TRUE(groupParts(many).empty());
}

/// Parts cover all outputs in order, end with blocks, and read what their groups read.
TEST(GroupParts, AnyShape) {
  for (int64_t groups : {2, 3, 5, 8, 31, 64})
    for (int64_t in : {1, 2, 5, 16, 24})
      for (int64_t out : {1, 3, 8, 20, 32})
        for (int64_t images : {1, 3}) {
          GroupedShape s = shape(groups, in, out, in % 2 ? 1 : 9);
          s.images = images;
          int64_t end = 0;
          for (GroupPart part : groupParts(s)) {
            EXPECT_EQ(part.outBegin, end);
            EXPECT_LT(part.outBegin, part.outEnd);
            EXPECT_LE(part.inBegin, part.outBegin / out * in);
            EXPECT_GE(part.inEnd, (part.outEnd + out - 1) / out * in);
            EXPECT_LE(part.inEnd, groups * in);
            EXPECT_GE(part.inBegin, 0);
            EXPECT_TRUE(part.outEnd % 16 == 0 || part.outEnd == groups * out);
            end = part.outEnd;
          }
          EXPECT_EQ(end, groups * out);
        }
}
} // namespace
