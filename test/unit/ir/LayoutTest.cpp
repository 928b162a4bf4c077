// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layouts in numbers, worked out by hand.

#include "ir/Layout.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace snc;
using mlir::RankedTensorType;
using Numbers = llvm::SmallVector<int64_t>;

namespace {

class Layout : public ::testing::Test {
protected:
  Layout() { context.loadDialect<SncDialect>(); }

  RankedTensorType plain(std::vector<int64_t> shape) {
    return RankedTensorType::get(shape, mlir::Float32Type::get(&context));
  }
  RankedTensorType blocked(std::vector<int64_t> shape, int64_t lanes, int64_t pitch = 0) {
    return withLayout(plain(shape), BlockedAttr::get(&context, lanes, pitch));
  }
  RankedTensorType window(std::vector<int64_t> shape, int64_t pitch) {
    return withLayout(plain(shape), WindowAttr::get(&context, pitch));
  }

  mlir::MLIRContext context;
};

TEST_F(Layout, PlainIsRowMajor) {
  EXPECT_EQ(physicalExtents(plain({2, 3, 4, 5})), (Numbers{5, 4, 3, 2}));
  EXPECT_EQ(physicalStrides(plain({2, 3, 4, 5})), (Numbers{1, 5, 20, 60}));
  EXPECT_EQ(byteSize(plain({2, 3, 4, 5})), 480);
  EXPECT_EQ(planeRows(plain({2, 3, 4, 5})), 4);
  EXPECT_EQ(byteSize(plain({})), 4) << "a scalar";
}

TEST_F(Layout, BlocksArePadded) {
  EXPECT_EQ(physicalExtents(blocked({1, 10, 4, 5}, 8)), (Numbers{8, 5, 4, 2, 1}));
  EXPECT_EQ(physicalStrides(blocked({1, 10, 4, 5}, 8)), (Numbers{1, 8, 40, 160, 320}));
  EXPECT_EQ(byteSize(blocked({1, 10, 4, 5}, 8)), 8 * 5 * 4 * 2 * 4);
  EXPECT_EQ(physicalExtents(blocked({10}, 8)), (Numbers{8, 2}));
}

TEST_F(Layout, AWindowKeepsTheStridesOfTheWhole) {
  // 2 rows of planes that are 4 high.
  EXPECT_EQ(physicalExtents(window({1, 3, 2, 5}, 4)), (Numbers{5, 2, 3, 1}));
  EXPECT_EQ(physicalStrides(window({1, 3, 2, 5}, 4)), (Numbers{1, 5, 20, 60}));
  EXPECT_EQ(planeRows(window({1, 3, 2, 5}, 4)), 4);
  EXPECT_EQ(physicalExtents(blocked({1, 16, 2, 5}, 8, 4)), (Numbers{8, 5, 2, 2, 1}));
  EXPECT_EQ(physicalStrides(blocked({1, 16, 2, 5}, 8, 4)), (Numbers{1, 8, 40, 160, 320}));
  EXPECT_EQ(planeRows(blocked({1, 16, 2, 5}, 8, 4)), 4);
}

TEST_F(Layout, AWindowEndsBehindItsLastRow) {
  // Two planes of 4 rows, and 2 rows of the third; not what lies below them.
  EXPECT_EQ(byteSize(window({1, 3, 2, 5}, 4)), (2 * 20 + 2 * 5) * 4);
  EXPECT_EQ(byteSize(blocked({1, 16, 2, 5}, 8, 4)), (160 + 2 * 40) * 4);
  EXPECT_EQ(byteSize(window({1, 1, 2, 5}, 4)), 40) << "one plane has nothing in between";
}

TEST_F(Layout, AsWindowKeepsShapeAndLanes) {
  EXPECT_EQ(asWindow(plain({1, 3, 2, 5}), 4), window({1, 3, 2, 5}, 4));
  EXPECT_EQ(asWindow(blocked({1, 16, 2, 5}, 8), 4), blocked({1, 16, 2, 5}, 8, 4));
  EXPECT_EQ(asWindow(plain({1, 3, 2, 5}), 2), plain({1, 3, 2, 5})) << "all rows are no window";
  EXPECT_EQ(asWindow(window({1, 3, 2, 5}, 4), 9), window({1, 3, 2, 5}, 9)) << "of a window";
}

TEST_F(Layout, LanesAreThoseOfTheBlocks) {
  EXPECT_EQ(blockedLanes(plain({1, 16, 2, 5})), 0);
  EXPECT_EQ(blockedLanes(window({1, 16, 2, 5}, 4)), 0);
  EXPECT_EQ(blockedLanes(blocked({1, 16, 2, 5}, 8, 4)), 8);
}

TEST_F(Layout, SameBytesWhereBlocksMoveNothing) {
  EXPECT_TRUE(sameBytes(plain({1, 16, 1, 1}), blocked({1, 16, 1, 1}, 8)));
  EXPECT_TRUE(sameBytes(blocked({16}, 8), plain({16})));
  EXPECT_FALSE(sameBytes(plain({1, 10, 1, 1}), blocked({1, 10, 1, 1}, 8))) << "padding";
  EXPECT_FALSE(sameBytes(plain({1, 16, 1, 2}), blocked({1, 16, 1, 2}, 8))) << "order";
  EXPECT_FALSE(sameBytes(blocked({1, 16, 1, 1}, 8), blocked({1, 16, 1, 1}, 16)));
  EXPECT_FALSE(sameBytes(plain({1, 16, 1, 1}), plain({16, 1, 1, 1}))) << "another shape";
}

TEST_F(Layout, AWindowIsOnlyLikeItself) {
  EXPECT_TRUE(sameBytes(window({1, 3, 2, 5}, 4), window({1, 3, 2, 5}, 4)));
  EXPECT_FALSE(sameBytes(window({1, 3, 2, 5}, 4), window({1, 3, 2, 5}, 6)));
  EXPECT_FALSE(sameBytes(window({1, 3, 2, 5}, 4), plain({1, 3, 2, 5})));
  EXPECT_FALSE(sameBytes(blocked({1, 16, 1, 1}, 8, 4), plain({1, 16, 1, 1})));
}

TEST_F(Layout, BlocksAreWideUnlessHalfOfOneIsEnough) {
  EXPECT_EQ(preferredLanes(1, 16), 0) << "one channel is plain";
  EXPECT_EQ(preferredLanes(32, 16), 16);
  EXPECT_EQ(preferredLanes(24, 16), 16) << "two wide vectors instead of three narrow ones";
  EXPECT_EQ(preferredLanes(8, 16), 8);
  EXPECT_EQ(preferredLanes(9, 16), 16);
  EXPECT_EQ(preferredLanes(3, 16), 8);
  EXPECT_EQ(preferredLanes(10, 16), 16);
  EXPECT_EQ(preferredLanes(3, 8), 8);
}

} // namespace
