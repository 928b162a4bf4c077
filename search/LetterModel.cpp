// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/LetterModel.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

namespace snc {

// Precision of a weight before anything is known, in units of the residuals' precision.
static double knob(const char *name, double otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atof(text) : otherwise;
}
static const double kRidge = knob("RIDGE", 1);
static const double kPairRidge = knob("PAIR", 0.5); // scale of pair features
static const double kInterceptVariance = 100;

static constexpr uint32_t kIntercept = 0, kPrior = 1;

LetterModel::LetterModel() {
  grow();
  count = 2;
  at(kIntercept, kIntercept) = kInterceptVariance;
}

void LetterModel::grow() {
  size_t more = std::max<size_t>(64, 2 * capacity);
  std::vector<double> larger(more * more, 0);
  for (size_t row = 0; row < count; ++row)
    std::copy_n(&inverse[row * capacity], count, &larger[row * more]);
  for (size_t i = count; i < more; ++i)
    larger[i * more + i] = 1 / kRidge;
  inverse = std::move(larger);
  capacity = more;
  weights.resize(more, 0);
}

uint32_t LetterModel::featureOf(uint64_t key) {
  auto [found, isNew] = index.try_emplace(key, count);
  if (isNew) {
    if (count == capacity)
      grow();
    ++count;
    if (key & 1)
      at(count - 1, count - 1) = kPairRidge / kRidge;
  }
  return found->second;
}

LetterModel::Features LetterModel::featuresOf(llvm::ArrayRef<uint16_t> letters, double prior) {
  Features leaf;
  leaf.prior = prior;
  for (size_t i = 0; i < letters.size(); ++i) {
    uint64_t place = uint64_t(i) << 40 | uint64_t(letters[i]) << 1;
    leaf.ones.push_back(featureOf(place));
    if (i > 0 && kPairRidge > 0)
      leaf.ones.push_back(featureOf(place | uint64_t(letters[i - 1]) << 20 | 1));
  }
  return leaf;
}

void LetterModel::project(const Features &leaf, std::vector<double> &column) const {
  column.assign(count, 0);
  auto add = [&](uint32_t feature, double value) {
    const double *row = &inverse[feature * capacity];
    for (size_t i = 0; i < count; ++i)
      column[i] += value * row[i];
  };
  add(kIntercept, 1);
  if (leaf.prior != 0)
    add(kPrior, leaf.prior);
  for (uint32_t feature : leaf.ones)
    add(feature, 1);
}

static double dot(const LetterModel::Features &leaf, llvm::ArrayRef<double> values) {
  double sum = values[kIntercept] + leaf.prior * values[kPrior];
  for (uint32_t feature : leaf.ones)
    sum += values[feature];
  return sum;
}

void LetterModel::add(Features leaf) {
  // Sherman and Morrison (1950): (A + x x^T)^-1 = A^-1 - (A^-1 x)(A^-1 x)^T / (1 + x^T A^-1 x).
  std::vector<double> column;
  project(leaf, column);
  double scale = 1 / (1 + dot(leaf, column));
  for (size_t row = 0; row < count; ++row) {
    double factor = column[row] * scale;
    for (size_t i = 0; i < count; ++i)
      at(row, i) -= factor * column[i];
  }
  leaves.push_back(std::move(leaf));
}

void LetterModel::fit(llvm::ArrayRef<double> costs) {
  assert(costs.size() == leaves.size());
  std::vector<double> sums(count, 0);
  for (size_t i = 0; i < costs.size(); ++i) {
    sums[kIntercept] += costs[i];
    sums[kPrior] += leaves[i].prior * costs[i];
    for (uint32_t feature : leaves[i].ones)
      sums[feature] += costs[i];
  }
  for (size_t row = 0; row < count; ++row) {
    double weight = 0;
    for (size_t i = 0; i < count; ++i)
      weight += at(row, i) * sums[i];
    weights[row] = weight;
  }
}

LetterModel::Guess LetterModel::guess(const Features &leaf) const {
  double variance = 0;
  auto row = [&](uint32_t feature) {
    return dot(leaf, llvm::ArrayRef(&inverse[feature * capacity], capacity));
  };
  variance = row(kIntercept) + leaf.prior * row(kPrior);
  for (uint32_t feature : leaf.ones)
    variance += row(feature);
  return {dot(leaf, weights), std::sqrt(std::max(variance, 0.0))};
}

} // namespace snc
