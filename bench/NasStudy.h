// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many evaluations searches need on a table of rewards of strategies.

#ifndef SNC_BENCH_NASSTUDY_H
#define SNC_BENCH_NASSTUDY_H

#include "CurvePlot.h"
#include "RewardTable.h"
#include "SearchRuns.h"
#include "llvm/Support/raw_ostream.h"

namespace snc::bench {

/// A search to be compared.
struct Variant {
  std::string name;
  SyncOrder order;
  Search search;
  bool drawn = false; ///< in the plot
};

/// One study of a table, which must outlive it.
class NasStudy {
public:
  NasStudy(const RewardTable &table, unsigned seeds);

  /// Writes what the table is and, over the seeds, for each variant
  /// * medians and 90th percentiles of the evaluations until a good strategy, one whose score is
  ///   within the noise of an entry of the best, and until the best,
  /// * how many times fewer the former are than those of exhaustive search in random order (on
  ///   average) and of the first variant, which is random search,
  /// * the mean score of the best strategy after some numbers of evaluations.
  void write(llvm::raw_ostream &out, llvm::ArrayRef<Variant> variants);

  /// The curves of the variants written that are drawn.
  const ScorePlot &plot() const { return drawing; }

private:
  struct Row {
    std::string text, means;
  };
  void writeHead(llvm::raw_ostream &out) const;
  Row run(const Variant &variant);
  std::string factors(uint64_t median) const;
  void draw(const Variant &variant, llvm::ArrayRef<SearchResult> results);

  const RewardTable &table;
  unsigned seeds;
  double best, near;         ///< scores: of the best strategy, least of a good one
  size_t good;               ///< strategies
  uint64_t randomMedian = 0; ///< evaluations until a good one; 0: not measured yet
  ScorePlot drawing;
};

} // namespace snc::bench

#endif // SNC_BENCH_NASSTUDY_H
