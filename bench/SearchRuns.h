// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs of a search with many seeds, and what they needed.

#ifndef SNC_BENCH_SEARCHRUNS_H
#define SNC_BENCH_SEARCHRUNS_H

#include "search/Search.h"
#include <cmath>

namespace snc::bench {

constexpr uint64_t kNever = UINT64_MAX;

using Search =
    std::function<SearchResult(const DecisionSpace &, Evaluator &, const SearchOptions &)>;

/// Results with seeds 1 to `seeds`. A search ends at a leaf that costs `optimum` or less, or with
/// the options' budget. `options`: all but seed and stop.
std::vector<SearchResult> runSeeds(const Search &search, const DecisionSpace &space,
                                   Evaluator &evaluator, SearchOptions options, double optimum,
                                   unsigned seeds);

/// The evaluation, from 1, of the first leaf that costs `cost` or less; kNever: there was none.
uint64_t firstAtMost(const SearchResult &result, double cost);

/// Least cost of the first `budget` evaluations.
double bestWithin(const SearchResult &result, uint64_t budget);

/// The least element such that `share`, in (0, 1], of all are not above it. `sorted` rises.
template <typename T> T quantile(llvm::ArrayRef<T> sorted, double share) {
  return sorted[size_t(std::ceil(share * double(sorted.size()))) - 1];
}

} // namespace snc::bench

#endif // SNC_BENCH_SEARCHRUNS_H
