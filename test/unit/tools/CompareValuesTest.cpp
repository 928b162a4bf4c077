// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layouts and parts of values, against elements placed by hand.

#include "tools/run/CompareValues.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

using namespace snc::run;

namespace {

KernelValue floats(std::vector<int64_t> shape, int64_t lanes, int64_t rows, uint64_t elements) {
  return {0, "float", std::move(shape), lanes, rows, elements * 4};
}

const char *bytesOf(const std::vector<float> &values) {
  return reinterpret_cast<const char *>(values.data());
}

DenseTensor counting(std::vector<int64_t> shape) {
  DenseTensor dense{std::move(shape), {}};
  int64_t count = 1;
  for (int64_t extent : dense.shape)
    count *= extent;
  for (int64_t i = 0; i < count; ++i)
    dense.values.push_back(double(i * i % 101)); // no part is like another
  return dense;
}

/// The part [begin, end) along `axis` of a tensor of rank 3.
DenseTensor cut(const DenseTensor &whole, size_t axis, int64_t begin, int64_t end) {
  DenseTensor part{whole.shape, {}};
  part.shape[axis] = end - begin;
  for (int64_t a = 0; a < whole.shape[0]; ++a)
    for (int64_t b = 0; b < whole.shape[1]; ++b)
      for (int64_t c = 0; c < whole.shape[2]; ++c) {
        int64_t at[] = {a, b, c};
        if (at[axis] >= begin && at[axis] < end)
          part.values.push_back(
              whole.values[size_t((a * whole.shape[1] + b) * whole.shape[2] + c)]);
      }
  return part;
}

TEST(Unpack, BlocksOfChannels) {
  // 1 x 3 x 2 x 1 in blocks of 2: (c0 c1) of row 0, of row 1, then (c2, padding).
  std::vector<float> memory = {1, 2, 3, 4, 5, -1, 6, -1};
  DenseTensor dense = unpack(floats({1, 3, 2, 1}, 2, 2, 8), bytesOf(memory));
  EXPECT_EQ(dense.values, (std::vector<double>{1, 3, 2, 4, 5, 6}));
}

TEST(Unpack, Halves) {
  // 1, -2, the largest, the smallest normal, the smallest, minus infinity, and no number.
  std::vector<uint16_t> memory = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0xfc00, 0x7e01};
  KernelValue value{0, "half", {7}, 0, 0, 14};
  DenseTensor dense = unpack(value, reinterpret_cast<const char *>(memory.data()));
  EXPECT_TRUE(std::isnan(dense.values.back()));
  dense.values.pop_back();
  EXPECT_EQ(dense.values, (std::vector<double>{1, -2, 65504, 0x1p-14, 0x1p-24,
                                               -std::numeric_limits<double>::infinity()}));
}

TEST(Unpack, WindowsOfRows) {
  // One row of two planes that are three rows high.
  std::vector<float> memory = {1, 2, -1, -1, -1, -1, 3, 4};
  DenseTensor dense = unpack(floats({1, 2, 1, 2}, 0, 3, 8), bytesOf(memory));
  EXPECT_EQ(dense.values, (std::vector<double>{1, 2, 3, 4}));
}

TEST(Unpack, OtherTypesAndRanks) {
  const int8_t bytes[] = {-1, 2, -3};
  KernelValue value{0, "int8_t", {3}, 0, 0, 3};
  EXPECT_EQ(unpack(value, reinterpret_cast<const char *>(bytes)).values,
            (std::vector<double>{-1, 2, -3}));
  value = {0, "double", {}, 0, 0, 8};
  const double one = 0.1;
  EXPECT_EQ(unpack(value, reinterpret_cast<const char *>(&one)).values, std::vector<double>{0.1});
}

TEST(Unpack, RefusesWhatDoesNotFit) {
  std::vector<float> memory(8);
  EXPECT_THROW(unpack(floats({1, 3, 2, 1}, 2, 2, 6), bytesOf(memory)), RunError);
  EXPECT_THROW(unpack(floats({1, 3, -2, 1}, 2, 2, 8), bytesOf(memory)), RunError);
  EXPECT_THROW(unpack(floats({9}, 0, 0, 8), bytesOf(memory)), RunError);
  EXPECT_THROW(unpack({0, "quarter", {1}, 0, 0, 4}, bytesOf(memory)), RunError);
}

TEST(Compare, TellsWhereAndHowMuch) {
  DenseTensor cpu{{2, 3}, {0, 1, 2, 3, 4, 10}}, gpu = cpu;
  EXPECT_EQ(compare(gpu, cpu, 0).relative, 0);
  gpu.values[4] = 4.5;
  gpu.values[1] = 1.001;
  Difference d = compare(gpu, cpu, 1e-3);
  EXPECT_NEAR(d.relative, 0.05, 1e-12); // of the range, 10
  EXPECT_EQ(d.at, (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(d.part, 4.5);
  EXPECT_EQ(d.whole, 4);
  EXPECT_EQ(d.beyond, 1u);
  EXPECT_EQ(d.axis, -1);
}

TEST(Compare, FindsParts) {
  DenseTensor whole = counting({3, 5, 7});
  for (size_t axis = 0; axis < 3; ++axis)
    for (int64_t begin = 0; begin + 2 <= whole.shape[axis]; ++begin) {
      if (whole.shape[axis] == 2)
        continue;
      DenseTensor part = cut(whole, axis, begin, begin + 2);
      Difference d = compare(part, whole, 1e-6);
      EXPECT_EQ(d.relative, 0) << axis << " " << begin;
      EXPECT_EQ(d.axis, int(axis));
      EXPECT_EQ(d.begin, begin);
      part.values[1] += 50; // still known by the rest
      d = compare(part, whole, 1e-6);
      EXPECT_EQ(d.begin, begin);
      EXPECT_EQ(d.beyond, 1u);
      EXPECT_GT(d.relative, 0.4);
    }
}

TEST(Compare, ValuesThatAreNoNumbers) {
  double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  DenseTensor cpu{{4}, {1, nan, inf, 3}}, gpu = cpu;
  EXPECT_EQ(compare(gpu, cpu, 1e-3).relative, 0);
  gpu.values[3] = nan;
  EXPECT_EQ(compare(gpu, cpu, 1e-3).relative, inf);
  gpu.values[3] = 3;
  gpu.values[2] = -inf;
  EXPECT_EQ(compare(gpu, cpu, 1e-3).beyond, 1u);
  EXPECT_EQ(compare({{2}, {0, 0}}, {{2}, {0, 0}}, 0).relative, 0); // no range
  EXPECT_EQ(compare({{0}, {}}, {{0}, {}}, 0).relative, 0);
}

TEST(Compare, RefusesOtherShapes) {
  DenseTensor whole = counting({3, 5, 7});
  EXPECT_THROW(compare(counting({3, 5}), whole, 0), RunError);
  EXPECT_THROW(compare(counting({2, 5, 6}), whole, 0), RunError); // two axes
  EXPECT_THROW(compare(counting({4, 5, 7}), whole, 0), RunError);
}

} // namespace
