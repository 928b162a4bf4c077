// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packed weights against the formulas of ir/SncAttrs.td, read from the packed
// side: for each place in memory, which element belongs there.

#include "codegen/emit/WeightPacker.h"

#include "ir/ConstantData.h"
#include "ir/Layout.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace mlir;
using namespace snc;

namespace {
class WeightPackerTest : public ::testing::Test {
protected:
  WeightPackerTest() { context.loadDialect<SncDialect>(); }

  /// 1, 2, 3, ... in row-major order: no element is zero, all differ.
  ElementsAttr counting(RankedTensorType type) {
    std::vector<float> values(size_t(type.getNumElements()));
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = float(i + 1);
    return makeElements(type, ArrayRef<float>(values), "counting");
  }

  std::vector<float> pack(ArrayRef<int64_t> shape, Attribute layout) {
    auto type = RankedTensorType::get(shape, Float32Type::get(&context), layout);
    std::vector<char> bytes = packTensor(counting(type), type);
    EXPECT_EQ(int64_t(bytes.size()), byteSize(type));
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  PackedAttr packed(StringRef kind, int64_t lanes, int64_t rows = 1, int64_t inputLanes = 1,
                    int64_t groups = 1, bool transposed = false) {
    return PackedAttr::get(&context, kind, lanes, rows, inputLanes, groups, transposed);
  }

  void checkConv(int64_t O, int64_t I, int64_t KH, int64_t KW, PackedAttr layout);
  void checkPanel(int64_t K, int64_t N, bool transposed);

  MLIRContext context;
};

void WeightPackerTest::checkConv(int64_t O, int64_t I, int64_t KH, int64_t KW, PackedAttr layout) {
  int64_t lanes = layout.getLanes(), R = layout.getRows(), IL = layout.getInputLanes();
  int64_t G = layout.getGroups(), perGroup = O / G;
  std::vector<float> values = pack({O, I, KH, KW}, layout);
  size_t at = 0;
  for (int64_t g = 0; g < G; ++g)
    for (int64_t panel = 0; panel * R * lanes < perGroup; ++panel)
      for (int64_t ib = 0; ib * IL < I; ++ib)
        for (int64_t ky = 0; ky < KH; ++ky)
          for (int64_t kx = 0; kx < KW; ++kx)
            for (int64_t il = 0; il < IL; ++il)
              for (int64_t r = 0; r < R; ++r)
                for (int64_t lane = 0; lane < lanes; ++lane, ++at) {
                  int64_t o = (panel * R + r) * lanes + lane, i = ib * IL + il;
                  bool padding = o >= perGroup || i >= I;
                  int64_t row = (g * perGroup + o) * I + i;
                  float expected = padding ? 0 : float((row * KH + ky) * KW + kx + 1);
                  ASSERT_LT(at, values.size());
                  ASSERT_EQ(values[at], expected) << "o " << o << " i " << i << " at " << at;
                }
  EXPECT_EQ(at, values.size());
}

void WeightPackerTest::checkPanel(int64_t K, int64_t N, bool transposed) {
  std::vector<float> values = transposed ? pack({N, K}, packed("panel", 4, 1, 1, 1, true))
                                         : pack({K, N}, packed("panel", 4));
  size_t at = 0;
  for (int64_t panel = 0; panel * 4 < N; ++panel)
    for (int64_t k = 0; k < K; ++k)
      for (int64_t q = 0; q < 4; ++q, ++at) {
        int64_t n = panel * 4 + q;
        int64_t element = transposed ? n * K + k : k * N + n;
        ASSERT_EQ(values[at], n < N ? float(element + 1) : 0.0f) << "k " << k << " n " << n;
      }
  EXPECT_EQ(at, values.size());
}
} // namespace

TEST_F(WeightPackerTest, ConvolutionOfWholeBlocks) {
  checkConv(16, 8, 3, 3, packed("conv", 8, 2, 4));
}

TEST_F(WeightPackerTest, ConvolutionPadsChannelsOnBothSides) {
  checkConv(21, 5, 2, 3, packed("conv", 4, 3, 4));
}

TEST_F(WeightPackerTest, ConvolutionOfPlainInput) { checkConv(24, 3, 3, 3, packed("conv", 8, 3)); }

TEST_F(WeightPackerTest, ConvolutionByGroups) {
  checkConv(12, 3, 1, 3, packed("conv", 4, 1, 2, 2));
}

TEST_F(WeightPackerTest, Depthwise) {
  const int64_t C = 11, KH = 3, KW = 2, lanes = 4;
  std::vector<float> values = pack({C, 1, KH, KW}, packed("depthwise", lanes));
  size_t at = 0;
  for (int64_t block = 0; block * lanes < C; ++block)
    for (int64_t tap = 0; tap < KH * KW; ++tap)
      for (int64_t lane = 0; lane < lanes; ++lane, ++at) {
        int64_t c = block * lanes + lane;
        ASSERT_EQ(values[at], c < C ? float(c * KH * KW + tap + 1) : 0.0f) << "c " << c;
      }
  EXPECT_EQ(at, values.size());
}

/// A filter's transform is the polynomial (x, y) -> sum of g[j][i] y^j x^i at the points
/// 0, 1, -1, 2, -2 and infinity (its leading coefficient), over the points' factors.
TEST_F(WeightPackerTest, WinogradEvaluatesFilters) {
  const int64_t O = 5, I = 3, lanes = 4, R = 1, IL = 2, P = 6;
  const double at[] = {0, 1, -1, 2, -2}, factor[] = {4, -6, -6, 24, 24, 1};
  auto power = [&](int64_t p, int64_t k) {
    double value = p == P - 1 ? double(k == 2) : std::pow(at[p], double(k));
    return value / factor[p];
  };
  std::vector<float> values = pack({O, I, 3, 3}, packed("winograd", lanes, R, IL));
  size_t n = 0;
  for (int64_t panel = 0; panel * lanes < O; ++panel)
    for (int64_t p = 0; p < P * P; ++p)
      for (int64_t k = 0; k < 4; ++k)
        for (int64_t lane = 0; lane < lanes; ++lane, ++n) {
          int64_t o = panel * lanes + lane;
          double expected = 0;
          for (int64_t t = 0; t < 9 && o < O && k < I; ++t)
            expected += double((o * I + k) * 9 + t + 1) * power(p / P, t / 3) * power(p % P, t % 3);
          ASSERT_LT(n, values.size());
          ASSERT_NEAR(values[n], expected, 1e-4) << "o " << o << " k " << k << " p " << p;
        }
  EXPECT_EQ(n, values.size());
}

TEST_F(WeightPackerTest, PanelOfMatrix) { checkPanel(5, 10, false); }

TEST_F(WeightPackerTest, PanelOfTransposedMatrix) { checkPanel(5, 10, true); }

TEST_F(WeightPackerTest, BlockedVectorIsPaddedAtItsEnd) {
  std::vector<float> values = pack({5}, BlockedAttr::get(&context, 4));
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4, 5, 0, 0, 0}));
}

TEST_F(WeightPackerTest, BlockedActivation) {
  const int64_t N = 2, C = 6, H = 2, W = 3, lanes = 4;
  std::vector<float> values = pack({N, C, H, W}, BlockedAttr::get(&context, lanes));
  size_t at = 0;
  for (int64_t n = 0; n < N; ++n)
    for (int64_t block = 0; block < 2; ++block)
      for (int64_t y = 0; y < H; ++y)
        for (int64_t x = 0; x < W; ++x)
          for (int64_t lane = 0; lane < lanes; ++lane, ++at) {
            int64_t c = block * lanes + lane;
            float expected = c < C ? float(((n * C + c) * H + y) * W + x + 1) : 0.0f;
            ASSERT_EQ(values[at], expected) << "c " << c << " y " << y << " x " << x;
          }
  EXPECT_EQ(at, values.size());
}

TEST_F(WeightPackerTest, PlainIsCopiedAndSplatExpanded) {
  EXPECT_EQ(pack({3}, {}), (std::vector<float>{1, 2, 3}));
  auto type = RankedTensorType::get({4}, Float32Type::get(&context));
  std::vector<char> bytes = packTensor(DenseElementsAttr::get(type, 2.5f), type);
  std::vector<float> values(4);
  ASSERT_EQ(bytes.size(), 16u);
  std::memcpy(values.data(), bytes.data(), 16);
  EXPECT_EQ(values, std::vector<float>(4, 2.5f));
}
