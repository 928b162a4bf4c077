// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/WeightSource.h"

#include "search/Random.h"

#include <cmath>

namespace snc {

namespace {
/// Real numbers by means that the standard library has no say in.
class Draw {
public:
  explicit Draw(uint64_t seed) : random(seed) {}

  /// In [-1, 1).
  double even() { return double(random() >> 11) * 0x1p-52 - 1; }

  /// Of the standard normal distribution: Marsaglia's polar form of Box and Muller's method.
  double normal() {
    if (kept) {
      kept = false;
      return second;
    }
    double x, y, square;
    do {
      x = even();
      y = even();
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double scale = std::sqrt(-2 * std::log(square) / square);
    second = y * scale;
    kept = true;
    return x * scale;
  }

private:
  std::mt19937_64 random;
  double second = 0;
  bool kept = false;
};
} // namespace

static std::vector<float> drawn(const Parameter &parameter, Draw &draw) {
  std::vector<float> values(size_t(parameter.elements()), 0.0f);
  const auto &shape = parameter.shape;
  if (parameter.kind == ParameterKind::conv) {
    double deviation = std::sqrt(2.0 / double(shape[0] * shape[2] * shape[3]));
    for (float &value : values)
      value = float(draw.normal() * deviation);
  } else if (parameter.kind == ParameterKind::linear) {
    double bound = std::sqrt(3.0 / double(shape[0]));
    for (float &value : values)
      value = float(draw.even() * bound);
  } else if (parameter.kind == ParameterKind::scale || parameter.kind == ParameterKind::variance) {
    std::fill(values.begin(), values.end(), 1.0f);
  }
  return values;
}

NetworkWeights initialWeights(const StagedNetwork &network, uint64_t seed) {
  NetworkWeights weights;
  Draw draw(seed);
  for (const Parameter &parameter : parametersOf(network))
    weights[parameter.name] = drawn(parameter, draw);
  return weights;
}

} // namespace snc
