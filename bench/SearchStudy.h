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
  double optimum;         ///< least cost of all leaves
  double near;            ///< costs up to this are good ones
  uint64_t budget;        ///< evaluations at which the searches are compared
  bool surrogate = false; ///< UctRule::surrogate is compared, too: leaves have few letters
};

/// Writes a Markdown table with a row for each subject and search, over `seeds` seeds:
/// * medians and 90th percentiles of the evaluations to the optimum and to a good leaf ("-": not
///   within `most`),
/// * the share of seeds that have a good leaf within the subject's budget,
/// * by how much the best cost within that budget exceeds the optimum, which is above 0.
/// `options`: all but seed, budget, stop and UCT rule. A search ends at the optimum or after
/// `most` evaluations.
void writeStudy(llvm::raw_ostream &out, llvm::ArrayRef<Subject> subjects, unsigned seeds,
                const SearchOptions &options, uint64_t most);

} // namespace snc::bench

#endif // SNC_BENCH_SEARCHSTUDY_H
