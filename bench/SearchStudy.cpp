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

struct Needs {
  std::vector<uint64_t> optimum, near; ///< evaluations, a number for each seed
};

uint64_t firstAtMost(const SearchResult &result, double cost) {
  for (auto [evaluation, best] : result.history)
    if (best <= cost)
      return evaluation;
  return kNever;
}

Needs measure(SearchKind kind, const Subject &subject, unsigned seeds, SearchOptions options,
              uint64_t most) {
  Needs needs;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    std::atomic<bool> reached = false;
    UntilOptimum evaluator(subject, reached);
    options.seed = seed;
    options.budget = most;
    options.stop = &reached;
    SearchResult result = runSearch(kind, subject.space, evaluator, options);
    needs.optimum.push_back(firstAtMost(result, subject.optimum));
    needs.near.push_back(firstAtMost(result, subject.near));
  }
  llvm::sort(needs.optimum);
  llvm::sort(needs.near);
  return needs;
}

std::string quantile(llvm::ArrayRef<uint64_t> sorted, double share) {
  uint64_t value = sorted[std::ceil(share * sorted.size()) - 1];
  return value == kNever ? "-" : std::to_string(value);
}

void writeRow(llvm::raw_ostream &out, const Subject &subject, const char *search,
              const Needs &needs) {
  auto within = llvm::count_if(needs.near, [&](uint64_t n) { return n <= subject.budget; });
  out << "| " << subject.name << " | " << search;
  for (const auto *list : {&needs.optimum, &needs.near})
    out << " | " << quantile(*list, 0.5) << " | " << quantile(*list, 0.9);
  out << " | " << llvm::format("%.0f %%", 100.0 * within / needs.near.size()) << " of "
      << subject.budget << " |\n";
  out.flush();
}

} // namespace

void writeStudy(llvm::raw_ostream &out, llvm::ArrayRef<Subject> subjects, unsigned seeds,
                const SearchOptions &options, uint64_t most) {
  out << "| space | search | optimum, median | 90 % | good, median | 90 % | good within |\n"
      << "|---|---|---|---|---|---|---|\n";
  for (const Subject &subject : subjects) {
    for (auto [name, kind] : {std::pair("mcts", SearchKind::mcts),
                              std::pair("evolution", SearchKind::evolution),
                              std::pair("random", SearchKind::random)})
      writeRow(out, subject, name, measure(kind, subject, seeds, options, most));
    // One seed is all, as it takes no chances.
    writeRow(out, subject, "exhaustive",
             measure(SearchKind::exhaustive, subject, 1, options, most));
  }
}

} // namespace snc::bench
