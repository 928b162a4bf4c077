// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all search algorithms share: evaluating leaves on threads or from the store, the budget,
// interruption and the best leaf so far.

#ifndef SNC_SEARCH_RECORDER_H
#define SNC_SEARCH_RECORDER_H

#include "search/Search.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace snc {

/// One search's record. For one thread.
class Recorder {
public:
  Recorder(Evaluator &evaluator, const SearchOptions &options)
      : evaluator(evaluator), options(options) {}

  /// True when there is no leaf that was not drawn before.
  using Exhausted = llvm::function_ref<bool()>;
  /// Such a leaf.
  using Draw = llvm::function_ref<Choices()>;
  /// The cost of a leaf that was drawn.
  using Learn = llvm::function_ref<void(const Choices &leaf, double cost)>;

  /// The whole search. Leaves are drawn and learned in turns that inFlight alone determines:
  /// each is learned in the order drawn, and none is drawn but for those that may be in flight.
  /// When it is interrupted, the record has all leaves that were evaluated.
  SearchResult run(Exhausted exhausted, Draw draw, Learn learn);

private:
  class Helpers;
  bool stopped() const { return evaluator.gaveUp() || (options.stop && options.stop->load()); }
  std::optional<double> costOf(llvm::ArrayRef<uint16_t> leaf);
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
