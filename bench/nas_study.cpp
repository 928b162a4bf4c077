// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// nas_study REWARDS.csv [PROXIES.csv] [SEEDS] [--plot=FILE.svg]: what bench/results/nas_search.md
// holds, to standard output. The tables are described in RewardTable.h.

#include "NasStudy.h"
#include "TriedRules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include <optional>

using namespace snc;
using namespace snc::bench;

namespace {

using Prior = std::function<double(llvm::ArrayRef<uint16_t>)>;

Search ofKind(SearchKind kind, const std::function<void(SearchOptions &)> &change = {}) {
  return [=](const DecisionSpace &space, Evaluator &evaluator, SearchOptions options) {
    if (change)
      change(options);
    return runSearch(kind, space, evaluator, options);
  };
}

Search ofRules(const TriedRules &rules, double exploration) {
  return [=](const DecisionSpace &space, Evaluator &evaluator, SearchOptions options) {
    options.exploration = exploration;
    return searchTried(rules, space, evaluator, options);
  };
}

/// Scores as expected costs of leaves by stages, of mean 0 and deviation 1. `scores` must outlive
/// it.
Prior priorOf(const llvm::StringMap<double> &scores, size_t stages) {
  double mean = 0, squares = 0;
  for (const auto &entry : scores)
    mean += entry.second / scores.size();
  for (const auto &entry : scores)
    squares += (entry.second - mean) * (entry.second - mean) / scores.size();
  double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
  return [&scores, mean, scale,
          space = SyncSpace(stages, SyncOrder::stages)](llvm::ArrayRef<uint16_t> leaf) {
    return (mean - scores.lookup(space.nameOf(leaf))) * scale;
  };
}

/// Spearman's correlation of scores with rewards.
double correlation(const llvm::StringMap<double> &a, const llvm::StringMap<double> &b) {
  auto ranks = [&](const llvm::StringMap<double> &table) {
    std::vector<double> values, ranks;
    for (const auto &entry : a)
      values.push_back(table.lookup(entry.first()));
    std::vector<double> sorted = values;
    llvm::sort(sorted);
    for (double value : values) {
      auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
      ranks.push_back(double(first - sorted.begin() + last - sorted.begin()) / 2);
    }
    return ranks;
  };
  std::vector<double> x = ranks(a), y = ranks(b);
  double mean = double(x.size()) / 2, xy = 0, xx = 0, yy = 0;
  for (auto [p, q] : llvm::zip(x, y)) {
    xy += (p - mean) * (q - mean);
    xx += (p - mean) * (p - mean);
    yy += (q - mean) * (q - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

std::vector<Variant> plainVariants() {
  std::vector<Variant> variants;
  auto mean = [](SearchOptions &options) { options.uct = UctRule::mean; };
  auto surrogate = [](SearchOptions &options) { options.uct = UctRule::surrogate; };
  auto parallel = [](SearchOptions &options) {
    options.uct = UctRule::surrogate;
    options.inFlight = 8;
  };
  constexpr SyncOrder kPublished = SyncOrder::published, kStages = SyncOrder::stages;
  variants.push_back({"random", kStages, ofKind(SearchKind::random), true}); // first: of factors
  variants.push_back({"random", kPublished, ofKind(SearchKind::random)});
  variants.push_back({"mcts, mean (SyncNAS)", kPublished, ofKind(SearchKind::mcts, mean), true});
  variants.push_back({"mcts, mean", kStages, ofKind(SearchKind::mcts, mean)});
  variants.push_back({"mcts", kPublished, ofKind(SearchKind::mcts)});
  variants.push_back({"mcts", kStages, ofKind(SearchKind::mcts), true});
  variants.push_back({"evolution", kPublished, ofKind(SearchKind::evolution)});
  variants.push_back({"evolution", kStages, ofKind(SearchKind::evolution), true});
  for (double equivalence : {10.0, 100.0})
    for (double exploration : {0.1, 0.5}) {
      TriedRules rules;
      rules.equivalence = equivalence;
      std::string name = "tried: RAVE " + std::to_string(int(equivalence)) + ", exploration 0." +
                         std::to_string(int(10 * exploration));
      variants.push_back({name, kStages, ofRules(rules, exploration)});
    }
  variants.push_back({"mcts, surrogate", kPublished, ofKind(SearchKind::mcts, surrogate)});
  variants.push_back({"mcts, surrogate", kStages, ofKind(SearchKind::mcts, surrogate), true});
  variants.push_back({"mcts, surrogate, 8 in flight", kStages, ofKind(SearchKind::mcts, parallel)});
  return variants;
}

void addProxies(const ProxyTable &proxies, size_t stages, std::vector<Variant> &variants) {
  for (auto [kind, scores] : llvm::zip(proxies.kinds, proxies.scores)) {
    Prior prior = priorOf(scores, stages);
    TriedRules inOrder{0, 0, UINT64_MAX, prior}, opening{0, 0, 10, prior}, bias{0, 1, 0, prior};
    auto guided = [prior](SearchOptions &options) {
      options.uct = UctRule::surrogate;
      options.prior = prior;
    };
    variants.push_back({kind + ": in its order", SyncOrder::stages, ofRules(inOrder, 1)});
    variants.push_back(
        {"tried: " + kind + ", its best 10 first", SyncOrder::stages, ofRules(opening, 0.5)});
    variants.push_back(
        {"tried: " + kind + ", progressive bias", SyncOrder::stages, ofRules(bias, 0.5)});
    variants.push_back({"mcts, surrogate, " + kind, SyncOrder::stages,
                        ofKind(SearchKind::mcts, guided), proxies.kinds.size() < 3});
  }
}

void writeCorrelations(const ProxyTable &proxies, const RewardTable &table) {
  llvm::outs() << "Rank correlation (Spearman) of scores without training with the rewards:";
  for (auto [kind, scores] : llvm::zip(proxies.kinds, proxies.scores))
    llvm::outs() << (kind == proxies.kinds[0] ? " " : ", ") << kind
                 << llvm::format(" %.2f", correlation(scores, table.score));
  llvm::outs() << ".\n\n";
}

bool writeFile(llvm::StringRef path, const std::string &text) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error) {
    file << text;
    file.close();
    error = file.error();
  }
  if (error)
    llvm::errs() << path << ": " << error.message() << '\n';
  return !error;
}

template <typename T> std::optional<T> orSay(llvm::Expected<T> read) {
  if (read)
    return std::move(*read);
  llvm::errs() << llvm::toString(read.takeError()) << '\n';
  return std::nullopt;
}

} // namespace

int main(int count, char **arguments) {
  llvm::StringRef plot;
  llvm::SmallVector<llvm::StringRef> words;
  for (int i = 1; i < count; ++i)
    if (llvm::StringRef word = arguments[i]; word.consume_front("--plot="))
      plot = word;
    else
      words.push_back(word);
  unsigned seeds = 200;
  if (words.size() > 1 && llvm::to_integer(words.back(), seeds, 10))
    words.pop_back();
  if (words.empty() || words.size() > 2 || seeds == 0) {
    llvm::errs() << "usage: nas_study REWARDS.csv [PROXIES.csv] [SEEDS] [--plot=FILE.svg]\n";
    return 1;
  }
  auto table = orSay(RewardTable::read(words[0]));
  if (!table)
    return 1;
  NasStudy study(*table, seeds);
  std::vector<Variant> variants = plainVariants();
  std::optional<ProxyTable> proxies;
  llvm::outs() << "Made by `nas_study";
  for (llvm::StringRef word : words)
    llvm::outs() << ' ' << llvm::sys::path::filename(word);
  llvm::outs() << ' ' << seeds << "`.\n\n";
  if (words.size() > 1) {
    proxies = orSay(ProxyTable::read(words[1], table->stages));
    if (!proxies)
      return 1;
    addProxies(*proxies, table->stages, variants);
    writeCorrelations(*proxies, *table);
  }
  study.write(llvm::outs(), variants);
  return plot.empty() || writeFile(plot, scorePlot(study.plot())) ? 0 : 1;
}
