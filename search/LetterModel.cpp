// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/LetterModel.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>
#include <cmath>

namespace snc {

// Variances of weights before anything is known; of what the features do not explain it is 1.
static constexpr double kConstantVariance = 100, kLetterVariance = 1, kPairVariance = 0.5;
static constexpr double kPriorVariance = 0.25;
static constexpr double kPriorWeight = 0.7; // a prior is believed until costs say otherwise
static constexpr uint32_t kConstant = 0, kPrior = 1;

static uint64_t letterKey(size_t place, uint16_t letter) {
  return uint64_t(place) << 33 | uint64_t(letter) << 17;
}

static uint64_t pairKey(size_t place, uint16_t before, uint16_t letter) {
  return letterKey(place, letter) | uint64_t(before) << 1 | 1;
}

LetterModel::LetterModel() {
  grow();
  count = 2;
  covariance[size_t(kConstant) * capacity + kConstant] = kConstantVariance;
  covariance[size_t(kPrior) * capacity + kPrior] = kPriorVariance;
  weights[kPrior] = kPriorWeight;
}

void LetterModel::grow() {
  uint32_t more = std::max(64u, 2 * capacity);
  std::vector<double> larger(size_t(more) * more, 0);
  for (size_t row = 0; row < count; ++row)
    std::copy_n(&covariance[row * capacity], count, &larger[row * more]);
  covariance = std::move(larger);
  capacity = more;
  weights.resize(more, 0);
}

void LetterModel::meet(uint64_t key, double variance) {
  if (!index.try_emplace(key, count).second)
    return;
  if (count == capacity)
    grow();
  covariance[size_t(count) * capacity + count] = variance;
  ++count;
}

LetterModel::Features LetterModel::featuresOf(llvm::ArrayRef<uint16_t> letters,
                                              double prior) const {
  Features leaf;
  leaf.prior = prior;
  auto take = [&](uint64_t key, double variance) {
    auto found = index.find(key);
    if (found == index.end())
      leaf.unmetVariance += variance;
    else
      leaf.ones.push_back(found->second);
  };
  for (size_t i = 0; i < letters.size(); ++i) {
    take(letterKey(i, letters[i]), kLetterVariance);
    if (i > 0)
      take(pairKey(i, letters[i - 1], letters[i]), kPairVariance);
  }
  return leaf;
}

double LetterModel::dot(const Features &leaf, const double *values) const {
  double sum = values[kConstant] + leaf.prior * values[kPrior];
  for (uint32_t feature : leaf.ones)
    sum += values[feature];
  return sum;
}

void LetterModel::add(llvm::ArrayRef<uint16_t> letters, double prior) {
  for (size_t i = 0; i < letters.size(); ++i) {
    meet(letterKey(i, letters[i]), kLetterVariance);
    if (i > 0)
      meet(pairKey(i, letters[i - 1], letters[i]), kPairVariance);
  }
  // Sherman and Morrison (1950): (A + x x^T)^-1 is C - C x (C x)^T / (1 + x^T C x) with C = A^-1.
  Features leaf = featuresOf(letters, prior);
  std::vector<double> column(count);
  for (size_t row = 0; row < count; ++row)
    column[row] = dot(leaf, &covariance[row * capacity]);
  double scale = 1 / (1 + dot(leaf, column.data()));
  for (size_t row = 0; row < count; ++row)
    for (size_t i = 0; i < count; ++i)
      covariance[row * capacity + i] -= column[row] * scale * column[i];
  leaves.push_back(std::move(leaf));
}

void LetterModel::fit(llvm::ArrayRef<double> costs) {
  assert(costs.size() == leaves.size() && "a cost for each leaf");
  std::vector<double> sums(count, 0); // X^T of what the believed prior leaves over
  for (auto [leaf, cost] : llvm::zip(leaves, costs)) {
    double rest = cost - kPriorWeight * leaf.prior;
    sums[kConstant] += rest;
    sums[kPrior] += leaf.prior * rest;
    for (uint32_t feature : leaf.ones)
      sums[feature] += rest;
  }
  for (size_t row = 0; row < count; ++row) {
    double weight = row == kPrior ? kPriorWeight : 0;
    for (size_t i = 0; i < count; ++i)
      weight += covariance[row * capacity + i] * sums[i];
    weights[row] = weight;
  }
}

LetterModel::Guess LetterModel::guess(llvm::ArrayRef<uint16_t> letters, double prior) const {
  Features leaf = featuresOf(letters, prior);
  auto row = [&](uint32_t feature) { return dot(leaf, &covariance[size_t(feature) * capacity]); };
  double variance = leaf.unmetVariance + row(kConstant) + leaf.prior * row(kPrior);
  for (uint32_t feature : leaf.ones)
    variance += row(feature);
  return {dot(leaf, weights.data()), std::sqrt(std::max(variance, 0.0))};
}

} // namespace snc
