// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/SplitMenu.h"

#include "ir/CallOrder.h"
#include "search/PathChoices.h"

namespace snc {

/// `shares` spread by the units' threads, but for `without`, which has none.
static std::vector<int64_t> byThreads(llvm::ArrayRef<PlanUnit> units, int64_t shares,
                                      std::optional<int64_t> without) {
  auto threadsOf = [&](size_t u) { return without == int64_t(u) ? 0 : units[u].threads; };
  int64_t threads = 0, sum = 0, given = 0;
  for (size_t u = 0; u < units.size(); ++u)
    threads += threadsOf(u);
  std::vector<int64_t> result;
  for (size_t u = 0; u < units.size(); ++u) {
    sum += threadsOf(u);
    int64_t upTo = shares * sum / threads;
    result.push_back(upTo - given);
    given = upTo;
  }
  return result;
}

/// Shares to try, an even one first: all eighths of two units; of more units
/// even ones and those by their threads, with a GPU for each share that it can have.
static std::vector<std::vector<int64_t>> shareChoices(llvm::ArrayRef<PlanUnit> units) {
  std::vector<std::vector<int64_t>> choices;
  size_t count = units.size();
  std::vector<int64_t> even(count, kShares / int64_t(count));
  for (size_t i = 0; i < size_t(kShares) % count; ++i)
    ++even[i];
  if (count < 2 || even.back() == 0)
    return choices;
  choices.push_back(even);
  if (count == 2) {
    for (int64_t first = 1; first < kShares; ++first)
      if (first != even.front())
        choices.push_back({first, kShares - first});
    return choices;
  }
  if (std::optional<int64_t> gpu = gpuOf(units)) {
    for (int64_t share = 1; share < kShares; ++share)
      if (auto choice = byThreads(units, kShares - share, gpu); choice != even) {
        choice[size_t(*gpu)] = share;
        choices.push_back(std::move(choice));
      }
  } else if (auto choice = byThreads(units, kShares, gpu); choice != even) {
    choices.push_back(std::move(choice));
  }
  return choices;
}

static double cheapestOf(const SplitRun &run) {
  double us = std::numeric_limits<double>::infinity();
  for (const SplitKindWays &kind : run.kinds)
    for (const SplitWay &way : kind.ways)
      us = std::min(us, way.us);
  return us;
}

SplitMenu::SplitMenu(const PlanCost &cost, const MenuOptions &options)
    : cost(cost), byBegin(size_t(cost.network().size())) {
  int64_t count = cost.network().size();
  for (int64_t unit = kAllUnits; unit < int64_t(cost.planUnits().size()); ++unit) {
    auto &sum = sums.emplace_back(1, 0.0);
    for (int64_t i = 0; i < count; ++i)
      sum.push_back(sum.back() + cost.node(i, unit));
  }
  for (int64_t begin = 0; begin < count && !(options.stop && options.stop()); ++begin)
    for (int64_t end = begin + 1; end <= std::min(count, begin + options.longest); ++end) {
      if (options.takes && !options.takes(cost.network().nodes()[size_t(end - 1)]))
        break;
      addRun(begin, end, options);
    }
  addRegions(options);
}

bool SplitMenu::tryWay(PlanSegment segment, SplitKindWays &ways) const {
  auto found = cost.segment(segment);
  if (found)
    ways.ways.push_back({std::move(segment), found->us});
  return found.has_value();
}

void SplitMenu::addRun(int64_t begin, int64_t end, const MenuOptions &options) {
  SplitRun run{begin, end, {}};
  std::vector<std::vector<int64_t>> shares{options.shares};
  if (options.shares.empty())
    shares = shareChoices(cost.planUnits());
  for (SegmentKind kind : {SegmentKind::rows, SegmentKind::channels, SegmentKind::add}) {
    SplitKindWays ways{kind, {}};
    if (!options.wants(kind))
      continue;
    for (const std::vector<int64_t> &share : shares)
      // What even shares cannot split, others cannot either, but for grain.
      if (!tryWay({begin, end, kind, 0, share, {}, ""}, ways) && &share == &shares.front())
        break;
    if (!ways.ways.empty())
      run.kinds.push_back(std::move(ways));
  }
  if (cost.planUnits().size() > 1 && options.wants(SegmentKind::paths)) {
    SplitKindWays ways{SegmentKind::paths, {}};
    std::vector<int64_t> units = longestFirst(cost, begin, cost.network().parts(begin, end));
    if (isSpread(units) && tryWay({begin, end, SegmentKind::paths, 0, {}, units, ""}, ways))
      run.kinds.push_back(std::move(ways));
  }
  if (run.kinds.empty())
    return;
  run.us = cheapestOf(run);
  byBegin[size_t(begin)].push_back(std::move(run));
}

/// Behind the short runs: their paths are there already.
void SplitMenu::addRegions(const MenuOptions &options) {
  bool wanted = options.wants(SegmentKind::paths);
  if (cost.planUnits().size() < 2)
    return;
  for (const ModelRegion &region : modelBranchesOf(cost.network()).regions) {
    if (options.takesRegion ? !options.takesRegion(region) : !wanted)
      continue;
    SplitKindWays ways{SegmentKind::paths, {}};
    for (std::vector<int64_t> &units : regionChoices(cost, region)) {
      if (options.stop && options.stop())
        return;
      tryWay({region.begin, region.end, SegmentKind::paths, 0, {}, std::move(units), ""}, ways);
    }
    if (ways.ways.empty())
      continue;
    std::vector<SplitRun> &runs = byBegin[size_t(region.begin)];
    auto at = llvm::find_if(runs, [&](const SplitRun &run) { return run.end >= region.end; });
    if (at == runs.end() || at->end > region.end)
      at = runs.insert(at, {region.begin, region.end, {}});
    llvm::erase_if(at->kinds, [](auto &kind) { return kind.kind == SegmentKind::paths; });
    at->kinds.push_back(std::move(ways));
    at->us = cheapestOf(*at);
  }
}

std::pair<int64_t, double> SplitMenu::bestGap(int64_t begin, int64_t end, int turns) const {
  std::pair<int64_t, double> best{kAllUnits, std::numeric_limits<double>::infinity()};
  if (begin == end)
    return {kAllUnits, 0};
  for (size_t i = 0; i < sums.size(); ++i) {
    double us = sums[i][size_t(end)] - sums[i][size_t(begin)];
    us += i == 0 ? turns * cost.turnUs() : 0;
    bool redundant = i == 0 && cost.planUnits().size() == 1;
    if (us < best.second && !redundant)
      best = {int64_t(i) - 1, us};
  }
  return best;
}

PlanSegment SplitMenu::gap(int64_t begin, int64_t end) const {
  int turns = (begin > 0) + (end < nodes());
  int64_t unit = bestGap(begin, end, turns).first;
  PlanSegment segment;
  segment.begin = begin;
  segment.end = end;
  segment.kind = unit == kAllUnits ? SegmentKind::all : SegmentKind::single;
  segment.unit = std::max<int64_t>(0, unit);
  return segment;
}

double SplitMenu::gapUs(int64_t begin, int64_t end, int turns) const {
  return bestGap(begin, end, turns).second;
}

} // namespace snc
