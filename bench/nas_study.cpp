// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// nas_study REWARDS.csv [PROXIES.csv] [SEEDS] [--plot=FILE.svg]: what bench/results/nas_search.md
// holds, to standard output. The tables are described in RewardTable.h.

#include "CurvePlot.h"
#include "RewardTable.h"
#include "SearchRuns.h"
#include "TriedRules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <numeric>
#include <optional>

using namespace snc;
using namespace snc::bench;

namespace {

using Prior = std::function<double(llvm::ArrayRef<uint16_t>)>;
constexpr uint64_t kMarks[] = {10, 20, 50, 100, 145, 300};

struct Variant {
  std::string name;
  SyncOrder order;
  Search search;
  bool drawn = false; ///< in the plot
};

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

/// Scores as expected costs of leaves of `space`, of mean 0 and deviation 1.
Prior priorOf(const llvm::StringMap<double> &scores, const SyncSpace &space) {
  double mean = 0, squares = 0;
  for (const auto &entry : scores)
    mean += entry.second / scores.size();
  for (const auto &entry : scores)
    squares += (entry.second - mean) * (entry.second - mean) / scores.size();
  double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
  return [&scores, &space, mean, scale](llvm::ArrayRef<uint16_t> leaf) {
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

class Study {
public:
  Study(const RewardTable &table, unsigned seeds)
      : table(table), seeds(seeds), published(table.stages),
        byStages(table.stages, SyncOrder::stages) {
    best = table.falling.front();
    near = best - table.entryNoise;
    good = llvm::count_if(table.falling, [&](double score) { return score >= near; });
  }

  void addPlain();
  void addProxies(const ProxyTable &proxies);
  void write(llvm::raw_ostream &out);
  ScorePlot plot() const { return drawing; }

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
  SyncSpace published, byStages;
  double best, near;
  size_t good;
  uint64_t randomMedian = 0; ///< evaluations until a good one, each strategy as likely
  std::vector<Variant> variants;
  ScorePlot drawing;
};

void Study::addPlain() {
  auto mean = [](SearchOptions &options) { options.uct = UctRule::mean; };
  auto surrogate = [](SearchOptions &options) { options.surrogate = true; };
  auto parallel = [](SearchOptions &options) {
    options.surrogate = true;
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
}

void Study::addProxies(const ProxyTable &proxies) {
  for (auto [kind, scores] : llvm::zip(proxies.kinds, proxies.scores)) {
    Prior prior = priorOf(scores, byStages);
    TriedRules inOrder{0, 0, UINT64_MAX, prior}, opening{0, 0, 10, prior}, bias{0, 1, 0, prior};
    auto guided = [prior](SearchOptions &options) {
      options.surrogate = true;
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

std::string Study::factors(uint64_t median) const {
  if (median == kNever)
    return " | - | -";
  std::string text;
  llvm::raw_string_ostream out(text);
  double count = double(table.falling.size()), expected = (count + 1) / double(good + 1);
  out << llvm::format(" | %.1f | %.1f", expected / double(median),
                      double(randomMedian) / double(median));
  return text;
}

void Study::draw(const Variant &variant, llvm::ArrayRef<SearchResult> results) {
  ScoreCurve curve{variant.name, {}};
  for (uint64_t count = 1; count <= 600 && count <= table.falling.size(); ++count) {
    double sum = 0;
    for (const SearchResult &result : results)
      sum -= bestWithin(result, count);
    curve.best.push_back(sum / double(results.size()));
  }
  drawing.curves.push_back(std::move(curve));
}

Study::Row Study::run(const Variant &variant) {
  const SyncSpace &space = variant.order == SyncOrder::stages ? byStages : published;
  RewardCost cost(space, table);
  SearchOptions options;
  options.budget = table.falling.size();
  std::vector<SearchResult> results = runSeeds(variant.search, space, cost, options, -best, seeds);
  std::vector<uint64_t> toGood, toBest;
  for (const SearchResult &result : results) {
    toGood.push_back(firstAtMost(result, -near));
    toBest.push_back(firstAtMost(result, -best));
  }
  llvm::sort(toGood);
  llvm::sort(toBest);
  uint64_t median = quantile(llvm::ArrayRef(toGood), 0.5);
  if (randomMedian == 0)
    randomMedian = median;
  Row row;
  llvm::raw_string_ostream text(row.text), means(row.means);
  const char *order = variant.order == SyncOrder::stages ? "stages" : "published";
  text << "| " << variant.name << " | " << order;
  means << "| " << variant.name << " | " << order;
  for (const auto &needs : {toGood, toBest})
    for (double share : {0.5, 0.9})
      text << " | " << quantile(llvm::ArrayRef(needs), share);
  text << factors(median) << " |\n";
  for (uint64_t mark : kMarks) {
    double sum = 0;
    for (const SearchResult &result : results)
      sum -= bestWithin(result, mark);
    means << llvm::format(" | %.4f", sum / seeds);
  }
  means << " |\n";
  if (variant.drawn)
    draw(variant, results);
  return row;
}

void Study::writeHead(llvm::raw_ostream &out) const {
  double count = double(table.falling.size());
  out << llvm::format("%.0f strategies of %zu stages, %zu trainings. Best score %.4f, median "
                      "%.4f, least %.4f.\n",
                      count, table.stages, table.trainings, best,
                      table.falling[table.falling.size() / 2], table.falling.back())
      << llvm::format("Noise: a training's score has a standard deviation of %.4f over its "
                      "repeats (pooled over strategies),\nan entry, the mean of a strategy's "
                      "trainings, one of %.4f. %zu strategies are within %.4f of the best:\n"
                      "these are the good ones.\n\n",
                      table.trainingNoise, table.entryNoise, good, table.entryNoise)
      << llvm::format("Exhaustive search knows the best after all %.0f evaluations; in random "
                      "order it meets a good one after %.1f\nand the best after %.1f of them on "
                      "average.\n\n",
                      count, (count + 1) / double(good + 1), (count + 1) / 2);
  out << seeds
      << " seeds a row. Evaluations until a good strategy and until the best; the "
         "average of exhaustive search in random\norder and the median of random search "
         "(the first row) over the median until a good one. `stages`: decided stage by "
         "stage,\n`published`: in SyncNAS's order.\n\n";
}

void Study::write(llvm::raw_ostream &out) {
  writeHead(out);
  std::string means;
  out << "| search | order | good: median | 90 % | best: median | 90 % | exhaustive / good | "
         "random / good |\n|---|---|---|---|---|---|---|---|\n";
  for (const Variant &variant : variants) {
    if (getenv("FILTER") && variant.name != "random" && !llvm::StringRef(variant.name).contains(getenv("FILTER"))) continue;
    Row row = run(variant);
    out << row.text;
    out.flush();
    means += row.means;
  }
  out << "\nMean score of the best strategy so far, after\n\n| search | order";
  for (uint64_t mark : kMarks)
    out << " | " << mark;
  out << " |\n|---|---|---|---|---|---|---|---|\n" << means;
  drawing.optimum = best;
  drawing.good = near;
  double spread = best - table.falling[table.falling.size() / 2];
  drawing.least = best - 1.2 * std::max(spread, table.entryNoise);
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
  Study study(*table, seeds);
  study.addPlain();
  std::optional<ProxyTable> proxies;
  llvm::outs() << "Made by `nas_study nas_rewards.csv"
               << (words.size() > 1 ? " nas_proxies.csv" : "") << ' ' << seeds << "`.\n\n";
  if (words.size() > 1) {
    proxies = orSay(ProxyTable::read(words[1], table->stages));
    if (!proxies)
      return 1;
    study.addProxies(*proxies);
    llvm::outs() << "Rank correlation (Spearman) of scores without training with the rewards: ";
    for (auto [kind, scores] : llvm::zip(proxies->kinds, proxies->scores))
      llvm::outs() << (kind == proxies->kinds[0] ? "" : ", ") << kind
                   << llvm::format(" %.2f", correlation(scores, table->score));
    llvm::outs() << ".\n\n";
  }
  study.write(llvm::outs());
  return plot.empty() || writeFile(plot, scorePlot(study.plot())) ? 0 : 1;
}
