// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/StrategySpace.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snc {

static constexpr double kNever = std::numeric_limits<double>::infinity();

/// The next decision to make, and what was decided before.
struct StrategySpace::State {
  enum Level { count, begin, end, kind, shares, done };
  Level level = count;
  int64_t splits = 0;   ///< still to place, the current one included
  int64_t position = 0; ///< nodes before it are decided
  int64_t from = 0;     ///< begin of the current split
  const SplitRun *run = nullptr;
  const SplitKindWays *ways = nullptr;
  double us = 0; ///< of what is decided
  llvm::SmallVector<const SplitWay *> chosen;
};

StrategySpace::StrategySpace(const SplitMenu &menu, int64_t mostSplits, Rollout rollout)
    : menu(menu), most(mostSplits), policy(rollout) {
  findRests();
}

/// Fills `rest`, and counts leaves the same way.
void StrategySpace::findRests() {
  int64_t nodes = menu.nodes();
  std::vector<double> counts(size_t(nodes) + 1, 1), next;
  std::vector<double> &last = rest.emplace_back();
  for (int64_t p = 0; p <= nodes; ++p)
    last.push_back(menu.gapUs(p, nodes, p > 0));
  leaves = 1;
  for (int64_t k = 1; k <= most; ++k) {
    std::vector<double> costs(size_t(nodes) + 1, kNever);
    next.assign(size_t(nodes) + 1, 0);
    for (int64_t p = nodes; p-- > 0;)
      for (int64_t b = p; b < nodes; ++b) {
        double gap = menu.gapUs(p, b, (p > 0) + 1);
        for (const SplitRun &run : menu.runsAt(b)) {
          double behind = rest[size_t(k - 1)][size_t(run.end)];
          costs[size_t(p)] = std::min(costs[size_t(p)], gap + run.best().us + behind);
          double ways = 0;
          for (const SplitKindWays &kind : run.kinds)
            ways += double(kind.ways.size());
          next[size_t(p)] += ways * counts[size_t(run.end)];
        }
      }
    if (costs[0] == kNever)
      break;
    rest.push_back(std::move(costs));
    counts.swap(next);
    leaves += counts[0];
  }
}

std::vector<int64_t> StrategySpace::begins(int64_t position, int64_t splits) const {
  std::vector<int64_t> result;
  for (int64_t b = position; b < menu.nodes(); ++b)
    if (!runs(b, splits).empty())
      result.push_back(b);
  return result;
}

std::vector<const SplitRun *> StrategySpace::runs(int64_t begin, int64_t splits) const {
  std::vector<const SplitRun *> result;
  for (const SplitRun &run : menu.runsAt(begin))
    if (rest[size_t(splits - 1)][size_t(run.end)] < kNever)
      result.push_back(&run);
  return result;
}

StrategySpace::State StrategySpace::decode(llvm::ArrayRef<uint16_t> path) const {
  State s;
  for (uint16_t choice : path)
    switch (s.level) {
    case State::count:
      s.splits = choice;
      s.level = choice ? State::begin : State::done;
      break;
    case State::begin:
      s.from = begins(s.position, s.splits)[choice];
      s.us += menu.gapUs(s.position, s.from, (s.position > 0) + 1);
      s.level = State::end;
      break;
    case State::end:
      s.run = runs(s.from, s.splits)[choice];
      s.level = State::kind;
      break;
    case State::kind:
      s.ways = &s.run->kinds[choice];
      s.level = State::shares;
      break;
    case State::shares:
      s.chosen.push_back(&s.ways->ways[choice]);
      s.us += s.chosen.back()->us;
      s.position = s.run->end;
      s.level = --s.splits ? State::begin : State::done;
      break;
    case State::done:
      break;
    }
  return s;
}

unsigned StrategySpace::width(llvm::ArrayRef<uint16_t> path) const {
  State s = decode(path);
  switch (s.level) {
  case State::count:
    return unsigned(rest.size());
  case State::begin:
    return unsigned(begins(s.position, s.splits).size());
  case State::end:
    return unsigned(runs(s.from, s.splits).size());
  case State::kind:
    return unsigned(s.run->kinds.size());
  case State::shares:
    return unsigned(s.ways->ways.size());
  case State::done:
    break;
  }
  return 0;
}

static double cheapest(const SplitKindWays &ways) {
  double us = kNever;
  for (const SplitWay &way : ways.ways)
    us = std::min(us, way.us);
  return us;
}

double StrategySpace::bestWith(const State &s, unsigned choice) const {
  auto behind = [&](const SplitRun &run) { return rest[size_t(s.splits - 1)][size_t(run.end)]; };
  switch (s.level) {
  case State::count:
    return rest[choice][0];
  case State::begin: {
    int64_t from = begins(s.position, s.splits)[choice];
    double us = kNever;
    for (const SplitRun *run : runs(from, s.splits))
      us = std::min(us, run->best().us + behind(*run));
    return us + menu.gapUs(s.position, from, (s.position > 0) + 1);
  }
  case State::end: {
    const SplitRun &run = *runs(s.from, s.splits)[choice];
    return run.best().us + behind(run);
  }
  case State::kind:
    return cheapest(s.run->kinds[choice]);
  case State::shares:
    return s.ways->ways[choice].us;
  case State::done:
    break;
  }
  return kNever;
}

void StrategySpace::rollout(Choices &path, std::mt19937_64 &random) const {
  if (policy == Rollout::uniform)
    return DecisionSpace::rollout(path, random);
  // Choices a percent of the whole worse than the best are e times less likely.
  double temperature = std::max(1e-9, rest[0][0] * 0.01);
  while (unsigned choices = width(path)) {
    State s = decode(path);
    std::vector<double> weights;
    double least = kNever, sum = 0;
    for (unsigned i = 0; i < choices; ++i) {
      weights.push_back(bestWith(s, i));
      least = std::min(least, weights.back());
    }
    for (double &weight : weights)
      sum += weight = std::exp((least - weight) / temperature);
    double drawn = double(random() >> 11) * 0x1p-53 * sum;
    unsigned choice = 0;
    while (choice + 1 < choices && drawn >= weights[choice])
      drawn -= weights[choice++];
    path.push_back(uint16_t(choice));
  }
}

Choices StrategySpace::optimum() const {
  Choices path;
  while (unsigned choices = width(path)) {
    State s = decode(path);
    unsigned best = 0;
    for (unsigned i = 1; i < choices; ++i)
      if (bestWith(s, i) < bestWith(s, best))
        best = i;
    path.push_back(uint16_t(best));
  }
  return path;
}

double StrategySpace::costOf(llvm::ArrayRef<uint16_t> leaf) const {
  State s = decode(leaf);
  return s.us + menu.gapUs(s.position, menu.nodes(), s.position > 0);
}

BranchPlan StrategySpace::planOf(llvm::ArrayRef<uint16_t> leaf) const {
  BranchPlan plan{menu.nodes(), menu.units().vec(), {}};
  int64_t position = 0;
  auto addGap = [&](int64_t to) {
    if (position < to)
      plan.segments.push_back(menu.gap(position, to));
  };
  for (const SplitWay *way : decode(leaf).chosen) {
    addGap(way->segment.begin);
    plan.segments.push_back(way->segment);
    position = way->segment.end;
  }
  addGap(menu.nodes());
  return plan;
}

std::string StrategySpace::nameOf(llvm::ArrayRef<uint16_t> leaf) const {
  return planOf(leaf).strategy();
}

} // namespace snc
