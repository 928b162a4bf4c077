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

StrategySpace::StrategySpace(const SplitMenu &menu, int64_t leastSplits, int64_t mostSplits,
                             Rollout rollout)
    : menu(menu), least(leastSplits), policy(rollout) {
  int64_t nodes = menu.nodes();
  std::vector<double> counts(size_t(nodes) + 1, 1);
  Rest &last = rest.emplace_back();
  for (int64_t p = 0; p <= nodes; ++p)
    last.us.push_back(menu.gapUs(p, nodes, p > 0));
  leaves = least == 0;
  while (int64_t(rest.size()) <= mostSplits && rest.back().us[0] < kNever)
    addSplitCount(counts);
  if (rest.back().us[0] == kNever)
    rest.pop_back();
  least = std::min(least, int64_t(rest.size()) - 1);
}

/// One split more. `counts`: leaves behind each node with those so far.
void StrategySpace::addSplitCount(std::vector<double> &counts) {
  int64_t nodes = menu.nodes();
  Rest next;
  const Rest &fewer = rest.back();
  std::vector<double> ways(size_t(nodes) + 1), more(size_t(nodes) + 1);
  for (int64_t b = 0; b < nodes; ++b) {
    auto &runs = next.runs.emplace_back();
    double cheapest = kNever;
    for (const SplitRun &run : menu.runsAt(b)) {
      double behind = fewer.us[size_t(run.end)];
      if (behind == kNever)
        continue;
      runs.push_back(&run);
      cheapest = std::min(cheapest, run.us + behind);
      for (const SplitKindWays &kind : run.kinds)
        ways[size_t(b)] += double(kind.ways.size()) * counts[size_t(run.end)];
    }
    next.cheapestAt.push_back(cheapest);
    if (!runs.empty())
      next.begins.push_back(b);
  }
  next.us.assign(size_t(nodes) + 1, kNever);
  for (int64_t p = nodes; p-- > 0;) {
    more[size_t(p)] = more[size_t(p) + 1] + ways[size_t(p)];
    for (int64_t b : next.begins)
      if (b >= p)
        next.us[size_t(p)] = std::min(next.us[size_t(p)],
                                      menu.gapUs(p, b, (p > 0) + 1) + next.cheapestAt[size_t(b)]);
  }
  counts.swap(more);
  if (int64_t(rest.size()) >= least)
    leaves += counts[0];
  rest.push_back(std::move(next));
}

int64_t StrategySpace::firstBegin(int64_t position, int64_t splits) const {
  const std::vector<int64_t> &begins = rest[size_t(splits)].begins;
  return std::lower_bound(begins.begin(), begins.end(), position) - begins.begin();
}

void StrategySpace::apply(State &s, unsigned choice) const {
  switch (s.level) {
  case State::count:
    s.splits = least + choice;
    s.level = s.splits ? State::begin : State::done;
    break;
  case State::begin:
    s.from = rest[size_t(s.splits)].begins[size_t(firstBegin(s.position, s.splits) + choice)];
    s.us += menu.gapUs(s.position, s.from, (s.position > 0) + 1);
    s.level = State::end;
    break;
  case State::end:
    s.run = rest[size_t(s.splits)].runs[size_t(s.from)][choice];
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
}

StrategySpace::State StrategySpace::decode(llvm::ArrayRef<uint16_t> path) const {
  State s;
  for (uint16_t choice : path)
    apply(s, choice);
  return s;
}

unsigned StrategySpace::choicesAt(const State &s) const {
  switch (s.level) {
  case State::count:
    return unsigned(int64_t(rest.size()) - least);
  case State::begin:
    return unsigned(int64_t(rest[size_t(s.splits)].begins.size()) -
                    firstBegin(s.position, s.splits));
  case State::end:
    return unsigned(rest[size_t(s.splits)].runs[size_t(s.from)].size());
  case State::kind:
    return unsigned(s.run->kinds.size());
  case State::shares:
    return unsigned(s.ways->ways.size());
  case State::done:
    break;
  }
  return 0;
}

unsigned StrategySpace::width(llvm::ArrayRef<uint16_t> path) const {
  return choicesAt(decode(path));
}

static double cheapest(const SplitKindWays &ways) {
  double us = kNever;
  for (const SplitWay &way : ways.ways)
    us = std::min(us, way.us);
  return us;
}

double StrategySpace::bestWith(const State &s, unsigned choice) const {
  switch (s.level) {
  case State::count:
    return rest[size_t(least + choice)].us[0];
  case State::begin: {
    const Rest &r = rest[size_t(s.splits)];
    int64_t from = r.begins[size_t(firstBegin(s.position, s.splits) + choice)];
    return r.cheapestAt[size_t(from)] + menu.gapUs(s.position, from, (s.position > 0) + 1);
  }
  case State::end: {
    const SplitRun &run = *rest[size_t(s.splits)].runs[size_t(s.from)][choice];
    return run.us + rest[size_t(s.splits - 1)].us[size_t(run.end)];
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

/// Uniform in [0, 1), the same with every standard library.
static double unitInterval(std::mt19937_64 &random) { return double(random() >> 11) * 0x1p-53; }

void StrategySpace::rollout(Choices &path, std::mt19937_64 &random) const {
  if (policy == Rollout::uniform)
    return DecisionSpace::rollout(path, random);
  // A choice that makes the whole worse by the temperature is e times less likely. From
  // a percent of the whole, which wanders far, to a hundred-thousandth, which goes down
  // to the nearest optimum of the cost model.
  double temperature = std::max(1e-9, rest[0].us[0] * std::pow(10, -2 - 3 * unitInterval(random)));
  State s = decode(path);
  std::vector<double> weights;
  while (unsigned choices = choicesAt(s)) {
    double least = kNever, sum = 0;
    weights.clear();
    for (unsigned i = 0; i < choices; ++i) {
      weights.push_back(bestWith(s, i));
      least = std::min(least, weights.back());
    }
    for (double &weight : weights)
      sum += weight = std::exp((least - weight) / temperature);
    double drawn = unitInterval(random) * sum;
    unsigned choice = 0;
    while (choice + 1 < choices && drawn >= weights[choice])
      drawn -= weights[choice++];
    path.push_back(uint16_t(choice));
    apply(s, choice);
  }
}

Choices StrategySpace::optimum() const {
  Choices path;
  State s;
  while (unsigned choices = choicesAt(s)) {
    unsigned best = 0;
    for (unsigned i = 1; i < choices; ++i)
      if (bestWith(s, i) < bestWith(s, best))
        best = i;
    path.push_back(uint16_t(best));
    apply(s, best);
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
