// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a leaf will cost, learned from those evaluated: ridge regression, that is Bayesian linear
// regression (Bishop, Pattern Recognition and Machine Learning, 2006, section 3.3), over a leaf's
// letters, neighbouring pairs of letters, and a score known beforehand.

#ifndef SNC_SEARCH_LETTERMODEL_H
#define SNC_SEARCH_LETTERMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <vector>

namespace snc {

/// For one thread.
class LetterModel {
public:
  /// A leaf's features: indices of those that are 1, and a score beforehand (0: none).
  struct Features {
    llvm::SmallVector<uint32_t, 32> ones;
    double prior = 0;
  };
  struct Guess {
    double cost;      ///< mean of the posterior
    double deviation; ///< standard deviation of that mean, in units of the residuals'
  };

  LetterModel();

  /// Letters not met before get new features.
  Features featuresOf(llvm::ArrayRef<uint16_t> letters, double prior);

  /// An evaluated leaf. Takes O(features^2).
  void add(Features leaf);

  /// Fits the costs, one for each leaf added, in that order. Takes O(features^2).
  void fit(llvm::ArrayRef<double> costs);

  Guess guess(const Features &leaf) const;

private:
  uint32_t featureOf(uint64_t key);
  double &at(size_t row, size_t column) { return inverse[row * capacity + column]; }
  double at(size_t row, size_t column) const { return inverse[row * capacity + column]; }
  void grow();
  /// Rows of the inverse covariance, summed as the features say.
  void project(const Features &leaf, std::vector<double> &column) const;

  llvm::DenseMap<uint64_t, uint32_t> index; ///< of features by place and letters
  size_t count = 0, capacity = 0;           ///< features: in use, room
  std::vector<double> inverse;              ///< (ridge I + X^T X)^-1
  std::vector<double> weights;
  std::vector<Features> leaves;
};

} // namespace snc

#endif // SNC_SEARCH_LETTERMODEL_H
