// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search algorithms behind one door. A search is fixed by its kind, the space, the costs and
// the options' budget, seed, inFlight and tuning: neither threads nor timing nor what the store
// already holds change its course.

#ifndef SNC_SEARCH_SEARCH_H
#define SNC_SEARCH_SEARCH_H

#include "search/DecisionSpace.h"
#include <atomic>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace snc {

class ResultStore;

enum class SearchKind {
  mcts,      ///< Monte Carlo tree search: UCT as in SyncNAS (Kang et al., LCTES 2023)
  evolution, ///< regularised evolution (Real et al., AAAI 2019)
  random,    ///< random leaves, none twice
  exhaustive ///< every leaf, in order
};

/// What mcts expects below a node.
enum class UctRule {
  best, ///< the best leaf so far, by its rank
  /// As best; but every other sample is what a model of the costs so far (search/Surrogate.h) holds
  /// to be best. It learns from letters of leaves and pairs of neighbours, and the time it takes
  /// grows with the square of their number: for few letters, and costs that take long.
  surrogate,
  mean ///< the mean of the leaves, scaled to the extremes so far, and random rollouts: SyncNAS
};

struct SearchProgress {
  uint64_t evaluations;
  double best; ///< cost of the best leaf so far; infinity: none feasible yet
};

struct SearchOptions {
  uint64_t budget = 2000; ///< distinct leaves to evaluate, at most
  uint64_t seed = 1;
  /// Leaves whose cost is awaited at once; 0 is 1. Leaf i + inFlight is chosen when the costs of
  /// the first i + 1 are known, whichever else are.
  unsigned inFlight = 1;
  unsigned threads = 1; ///< that evaluate those leaves; 0 is 1

  UctRule uct = UctRule::best;
  /// mcts: weight of sqrt(ln(visits of the parent) / visits) beside rewards in [0, 1]. 2 sqrt(2)
  /// is that of SyncNAS's programs; UCB1 (Auer et al., 2002) has sqrt(2).
  double exploration = 2.8284271247461903;
  /// UctRule::surrogate: what a leaf is expected to cost, with a mean near 0 and a standard
  /// deviation near 1 over the space; any scale of costs. It is believed until costs say otherwise.
  /// Always the same for a leaf; called on the caller's thread, often.
  std::function<double(llvm::ArrayRef<uint16_t>)> prior;
  unsigned population = 50; ///< evolution: strategies alive; 0 is 1
  unsigned tournament = 10; ///< evolution: of these, drawn at random, the best has a child; 0 is 1

  /// Once true, the search ends after the evaluations that are in progress.
  std::atomic<bool> *stop = nullptr;
  ResultStore *store = nullptr; ///< costs known before, and where new ones go; not owned
  /// The leaves whose cost is known, in the order they were chosen; on the caller's thread.
  std::function<void(llvm::ArrayRef<uint16_t> leaf, double cost)> evaluated;
  /// Called on the caller's thread after each of them.
  std::function<void(const SearchProgress &)> progress;
};

struct SearchResult {
  Choices best; ///< empty where no feasible leaf was seen: look at `cost`
  double cost = std::numeric_limits<double>::infinity();
  uint64_t evaluations = 0; ///< distinct leaves evaluated, those the store knew among them
  bool exhausted = false;   ///< the whole space was seen: `best` is its optimum
  /// On each improvement: the number of the evaluation, from 1, and the best cost from then on.
  std::vector<std::pair<uint64_t, double>> history;
};

/// Searches `space` for a leaf of least cost. Of equal costs the one found first is kept.
SearchResult runSearch(SearchKind kind, const DecisionSpace &space, Evaluator &evaluator,
                       const SearchOptions &options);

} // namespace snc

#endif // SNC_SEARCH_SEARCH_H
