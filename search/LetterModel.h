// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a leaf will cost, learned from leaves that are known: Bayesian linear regression (Bishop,
// Pattern Recognition and Machine Learning, 2006, section 3.3), that is ridge regression, over a
// leaf's letters, its pairs of neighbouring letters, and a score known beforehand.

#ifndef SNC_SEARCH_LETTERMODEL_H
#define SNC_SEARCH_LETTERMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <vector>

namespace snc {

/// Costs have a mean near 0 and a standard deviation near 1, and so has the prior score, which
/// is expected to rise with the cost; it is 0 where there is none. Not for several threads at
/// once.
class LetterModel {
public:
  struct Guess {
    double cost = 0;
    double deviation = 0; ///< how uncertain it is: the posterior's standard deviation
  };

  LetterModel();

  /// Another leaf that fit() has a cost for. Takes O(features^2).
  void add(llvm::ArrayRef<uint16_t> letters, double prior);

  /// Learns the costs of all leaves that were added, in that order. Takes O(features^2).
  void fit(llvm::ArrayRef<double> costs);

  Guess guess(llvm::ArrayRef<uint16_t> letters, double prior) const;

private:
  /// Indices of features that are 1, beside the constant and the prior.
  struct Features {
    llvm::SmallVector<uint32_t, 32> ones;
    double prior = 0, unmetVariance = 0; ///< of what features not met yet will add
  };

  Features featuresOf(llvm::ArrayRef<uint16_t> letters, double prior) const;
  void meet(uint64_t key, double variance);
  void grow();
  double dot(const Features &leaf, const double *values) const;

  llvm::DenseMap<uint64_t, uint32_t> index; ///< of features, by place and letters
  uint32_t count = 0, capacity = 0;         ///< features met; room for
  std::vector<double> covariance;           ///< of the weights, capacity x capacity
  std::vector<double> weights;              ///< their means
  std::vector<Features> leaves;
};

} // namespace snc

#endif // SNC_SEARCH_LETTERMODEL_H
