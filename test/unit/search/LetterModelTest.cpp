// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model against ridge regression written out.

#include "search/LetterModel.h"
#include "gtest/gtest.h"
#include <cmath>
#include <map>
#include <random>

using namespace snc;

namespace {

using Word = std::vector<uint16_t>;
using Matrix = std::vector<std::vector<double>>;

/// Solves A x = b by elimination; A is positive definite.
std::vector<double> solve(Matrix a, std::vector<double> b) {
  size_t n = b.size();
  for (size_t k = 0; k < n; ++k)
    for (size_t i = k + 1; i < n; ++i) {
      double factor = a[i][k] / a[k][k];
      for (size_t j = k; j < n; ++j)
        a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  for (size_t k = n; k-- > 0;) {
    for (size_t j = k + 1; j < n; ++j)
      b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

/// Posterior of weights with prior N(mean, variance) and observations of variance 1: all letters
/// and pairs of `places` letters of `width` kinds, known or not.
struct Plain {
  Plain(size_t places, size_t width) : places(places), width(width) {
    count = 2 + places * width + (places - 1) * width * width;
  }
  std::vector<double> row(const Word &word, double prior) const {
    std::vector<double> x(count, 0);
    x[0] = 1;
    x[1] = prior;
    for (size_t i = 0; i < places; ++i)
      x[2 + i * width + word[i]] = 1;
    for (size_t i = 1; i < places; ++i)
      x[2 + places * width + ((i - 1) * width + word[i - 1]) * width + word[i]] = 1;
    return x;
  }
  double precision(size_t i) const {
    return i == 0 ? 0.01 : i == 1 ? 4 : i < 2 + places * width ? 1 : 2;
  }
  LetterModel::Guess guess(const std::vector<Word> &words, const std::vector<double> &priors,
                           const std::vector<double> &costs, const Word &word, double prior) const {
    Matrix a(count, std::vector<double>(count, 0));
    std::vector<double> b(count, 0), x = row(word, prior);
    for (size_t i = 0; i < count; ++i)
      a[i][i] = precision(i);
    b[1] = precision(1) * 0.7; // priors are believed so much beforehand
    for (size_t k = 0; k < words.size(); ++k) {
      std::vector<double> r = row(words[k], priors[k]);
      for (size_t i = 0; i < count; ++i) {
        b[i] += r[i] * costs[k];
        for (size_t j = 0; j < count; ++j)
          a[i][j] += r[i] * r[j];
      }
    }
    std::vector<double> weights = solve(a, b), column = solve(a, x);
    LetterModel::Guess result;
    double variance = 0;
    for (size_t i = 0; i < count; ++i) {
      result.cost += weights[i] * x[i];
      variance += column[i] * x[i];
    }
    result.deviation = std::sqrt(variance);
    return result;
  }
  size_t places, width, count;
};

// 5 places of 4 letters: 86 features, more than there is room for at first.
TEST(LetterModel, IsRidgeRegression) {
  Plain plain(5, 4);
  LetterModel model;
  std::mt19937_64 random(3);
  auto draw = [&] {
    Word word;
    for (int i = 0; i < 5; ++i)
      word.push_back(random() % 4);
    return word;
  };
  auto number = [&] { return double(random() % 2001) / 1000 - 1; };
  std::vector<Word> words;
  std::vector<double> priors, costs;
  for (int sample = 0; sample < 60; ++sample) {
    words.push_back(draw());
    priors.push_back(number());
    costs.push_back(number());
    model.add(words.back(), priors.back());
    model.fit(costs);
    if (sample % 10 > 1)
      continue;
    for (const Word &word : {words.front(), words.back(), draw(), draw()}) {
      double prior = number();
      LetterModel::Guess expected = plain.guess(words, priors, costs, word, prior);
      LetterModel::Guess got = model.guess(word, prior);
      EXPECT_NEAR(got.cost, expected.cost, 1e-9);
      EXPECT_NEAR(got.deviation, expected.deviation, 1e-9);
    }
  }
}

TEST(LetterModel, KnowsNothingAtFirst) {
  LetterModel model;
  Word word{0, 7};
  EXPECT_EQ(model.guess(word, 0).cost, 0);
  // Constant, two letters, one pair.
  EXPECT_NEAR(model.guess(word, 0).deviation, std::sqrt(100 + 1 + 1 + 0.5), 1e-12);
  EXPECT_NEAR(model.guess({}, 0).deviation, 10, 1e-12);
}

TEST(LetterModel, WordsMayDifferInLength) {
  LetterModel model;
  model.add({}, 0);
  model.add({1}, 0);
  model.add({1, 65535}, 0);
  model.fit({0, 1, 3});
  EXPECT_LT(model.guess({}, 0).cost, model.guess({1}, 0).cost);
  EXPECT_LT(model.guess({1}, 0).cost, model.guess({1, 65535}, 0).cost);
}

} // namespace
