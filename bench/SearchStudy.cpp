// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SearchStudy.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>

namespace snc::bench {

namespace {

constexpr uint64_t kNever = UINT64_MAX;

/// Passes costs on and ends the search once the optimum is there.
class UntilOptimum : public Evaluator {
public:
  UntilOptimum(const Subject &subject, std::atomic<bool> &reached)
      : subject(subject), reached(reached) {}
  double cost(llvm::ArrayRef<uint16_t> leaf) override {
    double cost = subject.evaluator.cost(leaf);
    if (cost <= subject.optimum)
      reached = true;
    return cost;
  }

private:
  const Subject &subject;
  std::atomic<bool> &reached;
};

struct Contestant {
  const char *name;
  SearchKind kind;
  UctRule uct = UctRule::best;
};

struct Needs {
  std::vector<uint64_t> optimum, near; ///< evaluations, a number for each seed
  std::vector<double> excess;          ///< of the best cost within the budget, percent
};

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

Needs measure(const Contestant &contestant, const Subject &subject, unsigned seeds,
              SearchOptions options, uint64_t most) {
  Needs needs;
  options.uct = contestant.uct;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    std::atomic<bool> reached = false;
    UntilOptimum evaluator(subject, reached);
    options.seed = seed;
    options.budget = most;
    options.stop = &reached;
    SearchResult result = runSearch(contestant.kind, subject.space, evaluator, options);
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

template <typename T> T quantile(llvm::ArrayRef<T> sorted, double share) {
  return sorted[std::ceil(share * sorted.size()) - 1];
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
                                         {"evolution", SearchKind::evolution},
                                         {"random", SearchKind::random},
                                         {"exhaustive", SearchKind::exhaustive}};
  out << "| space | search | optimum: median | 90 % | good: median | 90 % | good in budget "
         "| excess: median | 90 % |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const Subject &subject : subjects)
    for (const Contestant &contestant : kContestants) {
      // An exhaustive search takes no chances.
      unsigned runs = contestant.kind == SearchKind::exhaustive ? 1 : seeds;
      writeRow(out, subject, contestant, measure(contestant, subject, runs, options, most));
    }
}

} // namespace snc::bench
