// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all search algorithms share: evaluating batches of leaves on threads or from the store,
// the budget, interruption and the best leaf so far.

#ifndef SNC_SEARCH_RECORDER_H
#define SNC_SEARCH_RECORDER_H

#include "search/Search.h"

namespace snc {

/// One search's record. For one thread.
class Recorder {
public:
  Recorder(Evaluator &evaluator, const SearchOptions &options)
      : evaluator(evaluator), options(options) {}

  /// How many leaves the next batch may have; 0: the search is over.
  size_t batchSize() const;

  /// The costs of `leaves`, all of them new, at most batchSize(). Empty when the search was
  /// interrupted; the record then has those that were evaluated.
  std::vector<double> evaluate(llvm::ArrayRef<Choices> leaves);

  SearchResult take(bool exhausted);

private:
  bool stopped() const { return options.stop && options.stop->load(); }
  double costOf(llvm::ArrayRef<uint16_t> leaf);
  void record(const Choices &leaf, double cost);

  Evaluator &evaluator;
  const SearchOptions &options;
  SearchResult result;
};

SearchResult searchMcts(const DecisionSpace &, Evaluator &, const SearchOptions &);
SearchResult searchEvolution(const DecisionSpace &, Evaluator &, const SearchOptions &);
SearchResult searchRandom(const DecisionSpace &, Evaluator &, const SearchOptions &);
SearchResult searchExhaustive(const DecisionSpace &, Evaluator &, const SearchOptions &);

} // namespace snc

#endif // SNC_SEARCH_RECORDER_H
