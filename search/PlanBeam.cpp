// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/PlanBeam.h"

#include "search/DeviceRun.h"

namespace snc {

namespace {
/// A way to run all nodes before some one.
struct Way {
  DeviceRun run;
  PlanSegment last;
  int64_t from = -1; ///< position among the ways at the node that `last` begins at
  bool split = false;
  double us = 0;
};

class Beam {
public:
  Beam(const PlanCost &cost, const SplitMenu &menu, const BeamOptions &options)
      : cost(cost), menu(menu), options(options), ways(size_t(menu.nodes()) + 1) {}

  BeamResult run();

private:
  void extend(int64_t node);
  void tryWay(int64_t node, size_t from, const PlanSegment &segment);
  void prune(std::vector<Way> &candidates);
  BranchPlan planOf(const Way &way) const;

  const PlanCost &cost;
  const SplitMenu &menu;
  const BeamOptions &options;
  std::vector<std::vector<Way>> ways; ///< by node: that end before it
};
} // namespace

void Beam::tryWay(int64_t node, size_t from, const PlanSegment &segment) {
  const SegmentWork *work = cost.work(segment);
  if (!work)
    return;
  const Way &before = ways[size_t(node)][from];
  Way way{before.run, segment, int64_t(from), before.split || segment.isSplit(), 0};
  way.run.add(segment, *work);
  way.us = segment.end == menu.nodes() ? DeviceRun(way.run).finish() : way.run.us();
  ways[size_t(segment.end)].push_back(std::move(way));
}

/// The best of each sort, then the best of all.
void Beam::prune(std::vector<Way> &candidates) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < candidates.size(); ++i)
    order.push_back({candidates[i].us, i});
  std::sort(order.begin(), order.end());
  std::map<std::vector<int64_t>, size_t> kept;
  std::vector<Way> best;
  for (auto [us, i] : order) {
    Way &way = candidates[i];
    std::vector<int64_t> sort{int64_t(way.last.kind), way.last.unit, way.split};
    sort.insert(sort.end(), way.last.shares.begin(), way.last.shares.end());
    if (best.size() < options.width && kept[sort]++ < options.alike)
      best.push_back(std::move(way));
  }
  candidates = std::move(best);
}

void Beam::extend(int64_t node) {
  // Splits that by themselves take far longer than one unit is no way to go.
  constexpr double kWorthTrying = 2;
  for (size_t from = 0; from < ways[size_t(node)].size(); ++from) {
    for (int64_t unit = 0; unit < int64_t(menu.units().size()); ++unit)
      tryWay(node, from, {node, node + 1, SegmentKind::single, unit, {}, {}, ""});
    for (const SplitRun &run : menu.runsAt(node)) {
      double alone = menu.gapUs(run.begin, run.end, 0);
      for (const SplitKindWays &kind : run.kinds)
        for (const SplitWay &way : kind.ways)
          if (way.us < kWorthTrying * alone)
            tryWay(node, from, way.segment);
    }
  }
}

/// Neighbours on one unit become one segment.
BranchPlan Beam::planOf(const Way &last) const {
  std::vector<PlanSegment> segments;
  for (const Way *way = &last; way->from >= 0;
       way = &ways[size_t(way->last.begin)][size_t(way->from)])
    segments.push_back(way->last);
  BranchPlan plan{menu.nodes(), menu.units().vec(), {}};
  for (const PlanSegment &segment : llvm::reverse(segments)) {
    bool goesOn = !plan.segments.empty() && !segment.isSplit() && !plan.segments.back().isSplit() &&
                  plan.segments.back().unit == segment.unit;
    if (goesOn)
      plan.segments.back().end = segment.end;
    else
      plan.segments.push_back(segment);
  }
  return plan;
}

BeamResult Beam::run() {
  ways[0].push_back({DeviceRun(cost), {}, -1, false, 0});
  for (int64_t node = 0; node < menu.nodes(); ++node) {
    if (options.stop && options.stop())
      return {};
    prune(ways[size_t(node)]);
    extend(node);
  }
  BeamResult result;
  double best = std::numeric_limits<double>::infinity(), split = best;
  for (const Way &way : ways.back()) {
    if (way.us < best) {
      best = way.us;
      result.best = planOf(way);
    }
    if (way.split && way.us < split) {
      split = way.us;
      result.split = planOf(way);
    }
  }
  return result;
}

BeamResult searchBeam(const PlanCost &cost, const SplitMenu &menu, const BeamOptions &options) {
  return Beam(cost, menu, options).run();
}

} // namespace snc
