// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search of SyncNAS mode (Kang et al., LCTES 2023, section 4): strategies of syncs, each as
// wide as the latency budget allows, scored by evaluator programs.

#ifndef SNC_NAS_NASSEARCH_H
#define SNC_NAS_NASSEARCH_H

#include "nas/BranchWidths.h"
#include "nas/CandidateStore.h"
#include "nas/SyncStrategy.h"
#include "nas/evaluators/EvaluatorPool.h"
#include "search/Search.h"

namespace snc {

/// What came of one strategy.
struct NasSample {
  Choices leaf;
  std::string name;
  bool invalid = false; ///< no room in the budget for some interval; never evaluated
  CandidateRecord record;
};

struct NasProgress {
  size_t tried = 0, scored = 0, invalid = 0, failed = 0;
  size_t evaluated = 0; ///< of these, by evaluators now and not before
  std::string best;     ///< name; empty: none yet
  double score = 0;     ///< its
};

struct NasSearchResult {
  std::vector<NasSample> samples; ///< in the search's order
  std::optional<Candidate> best;  ///< none where no strategy has a score
  NasProgress counts;
  bool exhausted = false;   ///< every strategy was tried
  bool interrupted = false; ///< by the stop flag; samples are what is known
};

/// The tree that is searched: stage by stage where a surrogate learns, otherwise as SyncNAS's.
SyncSpace searchedSpace(size_t stages, UctRule rule);

/// What `store` knows as `key`, else what an evaluator says to `request`, which is kept there and
/// sets `fresh`, unless null. nullopt where the evaluation was abandoned.
std::optional<CandidateRecord> evaluateOnce(const std::string &key,
                                            const EvaluationRequest &request, EvaluatorPool &pool,
                                            CandidateStore &store, bool *fresh = nullptr);

/// Reward of a strategy is its score, larger is better; one that is invalid or fails has the least
/// (a cost of infinity). `options` as for runSearch, its `threads` and `store` aside: as many
/// candidates are with `pool` as are in flight, and costs are found and kept in `store`. What
/// the store knows is not evaluated again, whatever evaluator it came from. An error where the
/// pool is broken.
llvm::Expected<NasSearchResult> searchStrategies(SearchKind kind, const StagedNetwork &base,
                                                 const BranchWidths &widths, EvaluatorPool &pool,
                                                 CandidateStore &store, SearchOptions options,
                                                 std::function<void(const NasProgress &)> progress);

/// SyncNAS's file of results, {name: score}, of strategies of so many stages.
llvm::Expected<std::map<std::string, double>> readScores(llvm::StringRef path, size_t stages);
/// The same as text.
std::string scoresText(const std::map<std::string, double> &scores);

/// What was searched, for search.json: best, counts, history, samples and tree; docs/nas.md says
/// what each member is.
nlohmann::json toJson(const NasSearchResult &result, const SyncSpace &space);

} // namespace snc

#endif // SNC_NAS_NASSEARCH_H
