// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SearchRuns.h"

namespace snc::bench {

/// Passes costs on and ends the search once the optimum is there.
class UntilOptimum : public Evaluator {
public:
  UntilOptimum(Evaluator &evaluator, double optimum, std::atomic<bool> &reached)
      : evaluator(evaluator), optimum(optimum), reached(reached) {}
  double cost(llvm::ArrayRef<uint16_t> leaf) override {
    double cost = evaluator.cost(leaf);
    if (cost <= optimum)
      reached = true;
    return cost;
  }

private:
  Evaluator &evaluator;
  double optimum;
  std::atomic<bool> &reached;
};

std::vector<SearchResult> runSeeds(const Search &search, const DecisionSpace &space,
                                   Evaluator &evaluator, SearchOptions options, double optimum,
                                   unsigned seeds) {
  std::vector<SearchResult> results;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    std::atomic<bool> reached = false;
    UntilOptimum watched(evaluator, optimum, reached);
    options.seed = seed;
    options.stop = &reached;
    results.push_back(search(space, watched, options));
  }
  return results;
}

uint64_t firstAtMost(const SearchResult &result, double cost) {
  for (auto [evaluation, best] : result.history)
    if (best <= cost)
      return evaluation;
  return kNever;
}

double bestWithin(const SearchResult &result, uint64_t budget) {
  double least = std::numeric_limits<double>::infinity();
  for (auto [evaluation, best] : result.history)
    if (evaluation <= budget)
      least = best;
  return least;
}

} // namespace snc::bench
