// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SearchStudy.h"
#include "SearchRuns.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

namespace snc::bench {

namespace {

struct Contestant {
  const char *name;
  SearchKind kind;
  UctRule uct = UctRule::best;
};

struct Needs {
  std::vector<uint64_t> optimum, near; ///< evaluations, a number for each seed
  std::vector<double> excess;          ///< of the best cost within the budget, percent
};

Needs measure(const Contestant &contestant, const Subject &subject, unsigned seeds,
              SearchOptions options, uint64_t most) {
  Needs needs;
  options.uct = contestant.uct;
  options.budget = most;
  auto search = [&](const DecisionSpace &space, Evaluator &evaluator, const SearchOptions &own) {
    return runSearch(contestant.kind, space, evaluator, own);
  };
  for (const SearchResult &result :
       runSeeds(search, subject.space, subject.evaluator, options, subject.optimum, seeds)) {
    needs.optimum.push_back(firstAtMost(result, subject.optimum));
    needs.near.push_back(firstAtMost(result, subject.near));
    double best = bestWithin(result, subject.budget);
    needs.excess.push_back(100 * (best / subject.optimum - 1));
  }
  llvm::sort(needs.optimum);
  llvm::sort(needs.near);
  llvm::sort(needs.excess);
  return needs;
}

/// Median and 90th percentile.
void writeNumbers(llvm::raw_ostream &out, llvm::ArrayRef<uint64_t> sorted) {
  for (double share : {0.5, 0.9}) {
    uint64_t value = quantile(sorted, share);
    out << " | " << (value == kNever ? "-" : std::to_string(value));
  }
}

void writeRow(llvm::raw_ostream &out, const Subject &subject, const Contestant &contestant,
              const Needs &needs) {
  auto within = llvm::count_if(needs.near, [&](uint64_t n) { return n <= subject.budget; });
  out << "| " << subject.name << " | " << contestant.name;
  writeNumbers(out, needs.optimum);
  writeNumbers(out, needs.near);
  out << llvm::format(" | %.0f %%", 100.0 * within / needs.near.size());
  for (double share : {0.5, 0.9})
    out << llvm::format(" | %.1f %%", std::max(quantile(llvm::ArrayRef(needs.excess), share), 0.0));
  out << " |\n";
  out.flush();
}

} // namespace

void writeStudy(llvm::raw_ostream &out, llvm::ArrayRef<Subject> subjects, unsigned seeds,
                const SearchOptions &options, uint64_t most) {
  constexpr Contestant kContestants[] = {{"mcts", SearchKind::mcts, UctRule::best},
                                         {"mcts, mean", SearchKind::mcts, UctRule::mean},
                                         {"mcts, surrogate", SearchKind::mcts, UctRule::surrogate},
                                         {"evolution", SearchKind::evolution},
                                         {"random", SearchKind::random},
                                         {"exhaustive", SearchKind::exhaustive}};
  out << "| space | search | optimum: median | 90 % | good: median | 90 % | good in budget "
         "| excess: median | 90 % |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const Subject &subject : subjects)
    for (const Contestant &contestant : kContestants) {
      if (contestant.uct == UctRule::surrogate && !subject.surrogate)
        continue;
      // An exhaustive search takes no chances.
      unsigned runs = contestant.kind == SearchKind::exhaustive ? 1 : seeds;
      writeRow(out, subject, contestant, measure(contestant, subject, runs, options, most));
    }
}

} // namespace snc::bench
