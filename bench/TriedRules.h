// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of Monte Carlo tree search that were tried on rewards of strategies and are not part of
// search/: what they give is in bench/results/nas_search.md.

#ifndef SNC_BENCH_TRIEDRULES_H
#define SNC_BENCH_TRIEDRULES_H

#include "search/Search.h"

namespace snc::bench {

struct TriedRules {
  /// RAVE (Gelly and Silver, Artificial Intelligence, 2011): the mean of all leaves with the same
  /// choice at the same depth, whatever the rest, counts as much as a node's own value at about
  /// so many visits. 0: no RAVE.
  double equivalence = 0;
  /// Progressive bias (Chaslot et al., 2008): bias / (1 + visits) times the greatest prior reward
  /// below a node is added to its value. Untried choices come by their priors.
  double bias = 0;
  /// The best so many leaves by the prior are evaluated first; the tree knows them then.
  uint64_t opening = 0;
  /// Expected cost of a leaf, as SearchOptions::prior. Empty: neither bias nor opening.
  std::function<double(llvm::ArrayRef<uint16_t>)> prior;
};

/// UCT on best leaves (UctRule::best, without the turns) with these rules; one sample at a time.
/// The space is small: its leaves are listed.
SearchResult searchTried(const TriedRules &rules, const DecisionSpace &space, Evaluator &evaluator,
                         const SearchOptions &options);

} // namespace snc::bench

#endif // SNC_BENCH_TRIEDRULES_H
