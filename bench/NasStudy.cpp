// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NasStudy.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

namespace snc::bench {

static constexpr uint64_t kMarks[] = {10, 20, 50, 100, 145, 300};
static constexpr uint64_t kDrawn = 600; // evaluations

NasStudy::NasStudy(const RewardTable &table, unsigned seeds) : table(table), seeds(seeds) {
  best = table.falling.front();
  near = best - table.entryNoise;
  good = llvm::count_if(table.falling, [&](double score) { return score >= near; });
}

std::string NasStudy::factors(uint64_t median) const {
  if (median == kNever)
    return " | - | -";
  std::string text;
  llvm::raw_string_ostream out(text);
  double count = double(table.falling.size()), expected = (count + 1) / double(good + 1);
  out << llvm::format(" | %.1f | %.1f", expected / double(median),
                      double(randomMedian) / double(median));
  return text;
}

void NasStudy::draw(const Variant &variant, llvm::ArrayRef<SearchResult> results) {
  ScoreCurve curve{variant.name, {}};
  for (uint64_t count = 1; count <= kDrawn && count <= table.falling.size(); ++count) {
    double sum = 0;
    for (const SearchResult &result : results)
      sum -= bestWithin(result, count);
    curve.best.push_back(sum / double(results.size()));
  }
  drawing.curves.push_back(std::move(curve));
}

NasStudy::Row NasStudy::run(const Variant &variant) {
  SyncSpace space(table.stages, variant.order);
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

void NasStudy::writeHead(llvm::raw_ostream &out) const {
  double count = double(table.falling.size());
  out << llvm::format("%.0f strategies of %zu stages, %zu trainings. Best score %.4f, median "
                      "%.4f, least %.4f.\n",
                      count, table.stages, table.trainings, best,
                      table.falling[table.falling.size() / 2], table.falling.back())
      << llvm::format("Noise: a training's score has a standard deviation of %.4f over its "
                      "repeats (pooled over strategies),\nan entry, the mean of a strategy's "
                      "trainings, one of %.4f. %zu strategies are within %.4f of the best:\n"
                      "these are the good ones.\n",
                      table.trainingNoise, table.entryNoise, good, table.entryNoise)
      << llvm::format("Entries have a standard deviation of %.4f; without their noise, %.4f is "
                      "left to the strategies.\n\n",
                      table.spread, table.truth)
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

void NasStudy::write(llvm::raw_ostream &out, llvm::ArrayRef<Variant> variants) {
  writeHead(out);
  std::string means;
  out << "| search | order | good: median | 90 % | best: median | 90 % | exhaustive / good | "
         "random / good |\n|---|---|---|---|---|---|---|---|\n";
  for (const Variant &variant : variants) {
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

} // namespace snc::bench
