// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/SplitMenu.h"

#include "ir/CallOrder.h"

#include <numeric>

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

/// Nodes of [begin, end) that are connected within it have one number.
static std::vector<int64_t> components(const NetworkGraph &graph, int64_t begin, int64_t end) {
  std::vector<int64_t> root(static_cast<size_t>(end - begin));
  std::iota(root.begin(), root.end(), int64_t(0));
  auto find = [&](int64_t i) {
    while (root[size_t(i)] != i)
      i = root[size_t(i)];
    return i;
  };
  for (int64_t i = begin; i < end; ++i)
    for (int64_t input : graph.nodes()[size_t(i)].inputs)
      if (input >= begin)
        root[size_t(std::max(find(input - begin), find(i - begin)))] =
            std::min(find(input - begin), find(i - begin));
  for (size_t i = 0; i < root.size(); ++i)
    root[i] = find(int64_t(i));
  return root;
}

/// Longest component first, each to the unit that is done first: the units of
/// the nodes; empty for a run that is one component.
static std::vector<int64_t> assignPaths(const PlanCost &cost, int64_t begin, int64_t end) {
  std::vector<int64_t> root = components(cost.network(), begin, end);
  std::map<int64_t, std::vector<double>> work; // by unit
  for (int64_t i = begin; i < end; ++i)
    for (size_t u = 0; u < cost.planUnits().size(); ++u) {
      auto &sums = work[root[size_t(i - begin)]];
      sums.resize(cost.planUnits().size());
      sums[u] += cost.node(i, int64_t(u));
    }
  if (work.size() < 2)
    return {};
  std::vector<int64_t> order;
  for (auto &[component, sums] : work)
    order.push_back(component);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return work[a][0] != work[b][0] ? work[a][0] > work[b][0] : a < b;
  });
  std::vector<double> clock(cost.planUnits().size());
  std::map<int64_t, int64_t> unitOf;
  for (int64_t component : order) {
    size_t best = 0;
    for (size_t u = 1; u < clock.size(); ++u)
      if (clock[u] + work[component][u] < clock[best] + work[component][best])
        best = u;
    clock[best] += work[component][best];
    unitOf[component] = int64_t(best);
  }
  std::vector<int64_t> units;
  for (int64_t component : root)
    units.push_back(unitOf[component]);
  return units;
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
}

void SplitMenu::addRun(int64_t begin, int64_t end, const MenuOptions &options) {
  SplitRun run{begin, end, {}};
  auto tryWay = [&](PlanSegment segment, SplitKindWays &ways) {
    auto found = cost.segment(segment);
    if (found)
      ways.ways.push_back({segment, found->us});
    return found.has_value();
  };
  auto wanted = [&](SegmentKind kind) {
    return options.kinds.empty() || llvm::is_contained(options.kinds, kind);
  };
  std::vector<std::vector<int64_t>> shares{options.shares};
  if (options.shares.empty())
    shares = shareChoices(cost.planUnits());
  for (SegmentKind kind : {SegmentKind::rows, SegmentKind::channels, SegmentKind::add}) {
    SplitKindWays ways{kind, {}};
    if (!wanted(kind))
      continue;
    for (const std::vector<int64_t> &share : shares)
      // What even shares cannot split, others cannot either, but for grain.
      if (!tryWay({begin, end, kind, 0, share, {}, ""}, ways) && &share == &shares.front())
        break;
    if (!ways.ways.empty())
      run.kinds.push_back(std::move(ways));
  }
  if (cost.planUnits().size() > 1 && wanted(SegmentKind::paths)) {
    SplitKindWays ways{SegmentKind::paths, {}};
    std::vector<int64_t> units = assignPaths(cost, begin, end);
    bool several =
        std::adjacent_find(units.begin(), units.end(), std::not_equal_to<>()) != units.end();
    if (several && tryWay({begin, end, SegmentKind::paths, 0, {}, units, ""}, ways))
      run.kinds.push_back(std::move(ways));
  }
  run.us = std::numeric_limits<double>::infinity();
  for (const SplitKindWays &kind : run.kinds)
    for (const SplitWay &way : kind.ways)
      run.us = std::min(run.us, way.us);
  if (!run.kinds.empty())
    byBegin[size_t(begin)].push_back(std::move(run));
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
