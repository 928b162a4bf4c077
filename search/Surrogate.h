// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guess at the best unseen leaf, by a model of the costs so far: optimism in the face of
// uncertainty, as in LinUCB (Li et al., WWW 2010).

#ifndef SNC_SEARCH_SURROGATE_H
#define SNC_SEARCH_SURROGATE_H

#include "search/LetterModel.h"
#include "search/SearchTree.h"
#include <functional>

namespace snc {

/// One search's. For one thread.
class Surrogate {
public:
  using Prior = std::function<double(llvm::ArrayRef<uint16_t>)>;

  /// `space` must outlive it; `prior` may be empty.
  Surrogate(const DecisionSpace &space, Prior prior);

  /// A leaf that is evaluated from now on, by its number in the tree. Until its cost is known it
  /// is taken to cost what is guessed (kriging believer: Ginsbourger et al., 2010), so that the
  /// next guess goes elsewhere.
  void sampled(SearchTree::Id id, llvm::ArrayRef<uint16_t> leaf);

  /// What a sampled leaf costs; infinity: it is not feasible.
  void learned(SearchTree::Id id, double cost);

  /// Of the leaves that are not in `tree` the one whose guessed cost less its deviation is least:
  /// of all where there are few, otherwise of some drawn at random and near `best` (empty: none
  /// yet). Empty: none was drawn.
  Choices propose(const SearchTree &tree, llvm::ArrayRef<uint16_t> best, std::mt19937_64 &random);

private:
  struct Proposal {
    Choices leaf;
    double bound = 0;    ///< guess less deviation
    unsigned equals = 0; ///< leaves that had this bound, each as likely to be here
  };
  double priorOf(llvm::ArrayRef<uint16_t> leaf) const { return prior ? prior(leaf) : 0; }
  void refit();
  void consider(const SearchTree &tree, llvm::ArrayRef<uint16_t> leaf, std::mt19937_64 &random,
                Proposal &least) const;

  const DecisionSpace &space;
  Prior prior;
  LetterModel model;
  std::vector<Choices> all;                        ///< leaves, where they are few
  std::vector<double> costs;                       ///< by sample; NaN: in flight
  std::vector<double> believed;                    ///< by sample, in the model's units
  llvm::DenseMap<SearchTree::Id, size_t> numberOf; ///< of samples in flight
  size_t fresh = 0;                                ///< samples and costs since the model's fit
};

} // namespace snc

#endif // SNC_SEARCH_SURROGATE_H
