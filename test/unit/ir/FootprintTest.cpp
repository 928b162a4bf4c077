// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Overlaps against sets of bytes; footprints of types against the address of
// each element, from the layouts' definition.

#include "ir/Layout.h"
#include "ir/ProgramAccess.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>
#include <set>

using namespace snc;

namespace {

std::set<int64_t> bytesOf(const Footprint &f) {
  std::set<int64_t> bytes;
  for (int64_t i = 0; i < f.count; ++i)
    for (int64_t b = 0; b < f.length; ++b)
      bytes.insert(f.offset + i * f.stride + b);
  return bytes;
}

bool meet(const Footprint &a, const Footprint &b) {
  std::set<int64_t> bytes = bytesOf(a);
  for (int64_t byte : bytesOf(b))
    if (bytes.contains(byte))
      return true;
  return false;
}

TEST(Footprint, RunsOverlapWhereTheyShareAByte) {
  EXPECT_TRUE((Footprint{0, 8}.overlaps({7, 1})));
  EXPECT_TRUE((Footprint{0, 8}.overlaps({0, 8})));
  EXPECT_TRUE((Footprint{2, 1}.overlaps({0, 8})));
  EXPECT_FALSE((Footprint{0, 8}.overlaps({8, 8}))) << "neighbours";
  EXPECT_FALSE((Footprint{8, 8}.overlaps({0, 8})));
}

TEST(Footprint, UpperAndLowerRowsOfPlanesAreApart) {
  // Planes of 5 rows of 4 bytes, 3 times: rows 0 to 2, rows 3 and 4.
  Footprint upper{0, 12, 20, 3}, lower{12, 8, 20, 3};
  EXPECT_FALSE(upper.overlaps(lower));
  EXPECT_FALSE(lower.overlaps(upper));
  EXPECT_TRUE((Footprint{0, 16, 20, 3}.overlaps(lower))) << "row 3 is in both";
}

TEST(Footprint, AWindowMeetsARunWhereItHasRows) {
  Footprint lower{12, 8, 20, 3}; // bytes 12 to 19, 32 to 39, 52 to 59
  EXPECT_TRUE((Footprint{0, 60}.overlaps(lower))) << "the whole";
  EXPECT_TRUE((Footprint{36, 1}.overlaps(lower)));
  EXPECT_FALSE((Footprint{20, 12}.overlaps(lower))) << "between two of its rows";
  EXPECT_FALSE((Footprint{60, 12}.overlaps(lower))) << "behind it";
  EXPECT_FALSE((Footprint{0, 12}.overlaps(lower))) << "before it";
}

TEST(Footprint, NeverMissesAByteInCommon) {
  std::mt19937 random(3);
  auto draw = [&] {
    int64_t stride = random() % 3 ? int64_t(1 + random() % 9) : 0;
    int64_t length = int64_t(1 + random() % 9), count = stride ? int64_t(1 + random() % 4) : 1;
    return Footprint{int64_t(random() % 40), length, stride, count};
  };
  for (int round = 0; round < 50000; ++round) {
    Footprint a = draw(), b = draw();
    ASSERT_EQ(a.overlaps(b), b.overlaps(a)) << "in both directions, round " << round;
    if (meet(a, b))
      ASSERT_TRUE(a.overlaps(b)) << "round " << round;
  }
}

TEST(Footprint, SeesThatRowsOfOneBufferAreApart) {
  // Rows [begin, end) of planes that are `rows` high: apart exactly where no row is in both.
  const int64_t rows = 6, bytes = 4, planes = 3;
  auto window = [&](int64_t begin, int64_t end) {
    return Footprint{begin * bytes, (end - begin) * bytes, rows * bytes, planes};
  };
  for (int64_t a = 0; a < rows; ++a)
    for (int64_t b = a + 1; b <= rows; ++b)
      for (int64_t c = 0; c < rows; ++c)
        for (int64_t d = c + 1; d <= rows; ++d)
          EXPECT_EQ(window(a, b).overlaps(window(c, d)), a < d && c < b)
              << "rows " << a << " to " << b << " and " << c << " to " << d;
}

class TypeFootprint : public ::testing::Test {
protected:
  TypeFootprint() { context.loadDialect<SncDialect>(); }

  mlir::RankedTensorType type(std::vector<int64_t> shape, mlir::Attribute encoding = {}) {
    return mlir::RankedTensorType::get(shape, mlir::Float32Type::get(&context), encoding);
  }
  /// Bytes of the elements of an N x C x H x W at `offset`, channels in blocks of
  /// `lanes` (1: plain), planes `pitch` rows high.
  static std::set<int64_t> elements(std::vector<int64_t> s, int64_t lanes, int64_t pitch,
                                    int64_t offset) {
    std::set<int64_t> bytes;
    int64_t blocks = (s[1] + lanes - 1) / lanes;
    for (int64_t n = 0; n < s[0]; ++n)
      for (int64_t c = 0; c < blocks * lanes; ++c)
        for (int64_t y = 0; y < s[2]; ++y)
          for (int64_t x = 0; x < s[3]; ++x) {
            int64_t plane = n * blocks + c / lanes;
            int64_t at = ((plane * pitch + y) * s[3] + x) * lanes + c % lanes;
            for (int64_t b = 0; b < 4; ++b)
              bytes.insert(offset + at * 4 + b);
          }
    return bytes;
  }

  mlir::MLIRContext context;
};

TEST_F(TypeFootprint, ADenseTensorIsOneRun) {
  Footprint f = footprintOf(type({1, 3, 4, 5}), 64);
  EXPECT_EQ(bytesOf(f), elements({1, 3, 4, 5}, 1, 4, 64));
  f = footprintOf(type({2, 10, 4, 5}, BlockedAttr::get(&context, 8)), 0);
  EXPECT_EQ(bytesOf(f), elements({2, 10, 4, 5}, 8, 4, 0)) << "padded lanes included";
  f = footprintOf(type({7}), 4);
  EXPECT_EQ(f.offset, 4);
  EXPECT_EQ(f.length, 28);
}

TEST_F(TypeFootprint, AWindowLeavesOutTheOtherRows) {
  Footprint f = footprintOf(type({1, 3, 2, 5}, WindowAttr::get(&context, 7)), 40);
  EXPECT_EQ(bytesOf(f), elements({1, 3, 2, 5}, 1, 7, 40));
  f = footprintOf(type({2, 3, 2, 5}, WindowAttr::get(&context, 7)), 40);
  EXPECT_EQ(bytesOf(f), elements({2, 3, 2, 5}, 1, 7, 40)) << "several pictures";
  f = footprintOf(type({1, 20, 3, 2}, BlockedAttr::get(&context, 8, 9)), 128);
  EXPECT_EQ(bytesOf(f), elements({1, 20, 3, 2}, 8, 9, 128));
}

TEST_F(TypeFootprint, EndsWhereTheTypeDoes) {
  for (auto [t, offset] : {std::pair(type({1, 3, 2, 5}, WindowAttr::get(&context, 7)), 40),
                           std::pair(type({1, 20, 3, 2}, BlockedAttr::get(&context, 8, 9)), 0),
                           std::pair(type({1, 20, 3, 2}, BlockedAttr::get(&context, 8)), 4)}) {
    std::set<int64_t> bytes = bytesOf(footprintOf(t, offset));
    EXPECT_EQ(*bytes.rbegin() + 1 - offset, byteSize(t));
  }
}

} // namespace
