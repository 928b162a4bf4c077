// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many evaluations each search needs on spaces whose optimum is known.

#ifndef SNC_BENCH_SEARCHSTUDY_H
#define SNC_BENCH_SEARCHSTUDY_H

#include "search/Search.h"
#include "llvm/Support/raw_ostream.h"

namespace snc::bench {

/// A space, its costs and what is known of them. Not owning.
struct Subject {
  std::string name;
  const DecisionSpace &space;
  Evaluator &evaluator;
  double optimum;  ///< least cost of all leaves
  double near;     ///< costs up to this are good ones
  uint64_t budget; ///< evaluations at which the searches are compared
};

/// For each subject and search a Markdown table's row: median and 90th percentile, over `seeds`
/// seeds, of the evaluations before the optimum and before a good leaf, and how many of the seeds
/// have a good leaf within the subject's budget.
/// `options`: all but seed and budget; a search runs to the optimum, at most `most` evaluations.
void writeStudy(llvm::raw_ostream &out, llvm::ArrayRef<Subject> subjects, unsigned seeds,
                const SearchOptions &options, uint64_t most);

} // namespace snc::bench

#endif // SNC_BENCH_SEARCHSTUDY_H
