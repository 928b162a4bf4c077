// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/WinogradWeights.h"

#include "ir/Winograd.h"

#include <cstring>

namespace snc {

namespace {
constexpr int kPoints = winograd::kPoints;

/// G of F(4, 3): the filter as a polynomial at the points 0, 1, -1, 2, -2, infinity,
/// scaled. Lavin & Gray, arXiv 1509.09308, section 4.3.
constexpr double kFilter[kPoints][3] = {
    {1.0 / 4, 0, 0},
    {-1.0 / 6, -1.0 / 6, -1.0 / 6},
    {-1.0 / 6, 1.0 / 6, -1.0 / 6},
    {1.0 / 24, 1.0 / 12, 1.0 / 6},
    {1.0 / 24, -1.0 / 12, 1.0 / 6},
    {0, 0, 1},
};

double transformed(const float *g, int i, int j) {
  double sum = 0;
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 3; ++x)
      sum += kFilter[i][y] * double(g[y * 3 + x]) * kFilter[j][x];
  return sum;
}
} // namespace

std::vector<char> packWinograd(PackedAttr packed, llvm::ArrayRef<int64_t> shape,
                               llvm::ArrayRef<char> weights) {
  int64_t lanes = packed.getLanes(), rows = packed.getRows();
  int64_t inputs = int64_t(llvm::alignTo(uint64_t(shape[1]), uint64_t(packed.getInputLanes())));
  int64_t panels = int64_t(llvm::divideCeil(uint64_t(shape[0]), uint64_t(lanes * rows)));
  std::vector<float> result(size_t(kPoints * kPoints * panels * inputs * rows * lanes), 0.0f);
  for (int64_t o = 0; o < shape[0]; ++o)
    for (int64_t k = 0; k < shape[1]; ++k) {
      float g[9];
      std::memcpy(g, weights.data() + size_t(o * shape[1] + k) * sizeof g, sizeof g);
      int64_t block = o / lanes;
      for (int p = 0; p < kPoints * kPoints; ++p) {
        int64_t point = block / rows * kPoints * kPoints + p;
        int64_t at = ((point * inputs + k) * rows + block % rows) * lanes + o % lanes;
        result[size_t(at)] = float(transformed(g, p / kPoints, p % kPoints));
      }
    }
  std::vector<char> bytes(result.size() * sizeof(float));
  std::memcpy(bytes.data(), result.data(), bytes.size());
  return bytes;
}

} // namespace snc
