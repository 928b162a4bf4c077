// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/StrategyReporting.h"

#include "llvm/ADT/STLExtras.h"

namespace snc {

namespace {

class Timeline {
public:
  Timeline(const Candidate &candidate, const BlockCost &cost)
      : candidate(candidate), network(candidate.network), cost(cost),
        units(cost.planUnits().size()) {}
  std::vector<StrategySpan> run();

private:
  using Kind = StrategySpan::Kind;
  /// On all units, from now on.
  void together(Kind kind, double us, int64_t stage = -1);
  void alone(Kind kind, llvm::ArrayRef<KernelShape> kernels);
  void fork();
  void branches(const IntervalCost &interval);
  void join(const IntervalCost &interval);

  const Candidate &candidate;
  const StagedNetwork &network;
  const BlockCost &cost;
  size_t units;
  double now = 0;
  std::vector<StrategySpan> spans;
};

void Timeline::together(Kind kind, double us, int64_t stage) {
  if (us <= 0)
    return;
  for (size_t unit = 0; unit < units; ++unit)
    spans.push_back({kind, int64_t(unit), now, now + us, stage});
  now += us;
}

/// Stem or head: on the unit that is as fast as BlockCost says, or on all.
void Timeline::alone(Kind kind, llvm::ArrayRef<KernelShape> kernels) {
  double us = cost.kernelsUs(kernels);
  auto isFastest = [&](size_t unit) { return cost.kernelsUs(kernels, unit) <= us; };
  auto all = llvm::seq<size_t>(0, units);
  auto fastest = llvm::find_if(all, isFastest);
  if (fastest == all.end())
    return together(kind, us);
  for (size_t unit : all)
    spans.push_back({unit == *fastest ? kind : Kind::wait, int64_t(unit), now, now + us});
  now += us;
}

void Timeline::fork() {
  int64_t channels = network.stem.outChannels, size = network.inSize() / network.stem.stride;
  double sync = cost.forkUs(0, size);
  together(Kind::sync, sync);
  together(Kind::copy, cost.forkUs(channels, size) - sync);
}

void Timeline::branches(const IntervalCost &interval) {
  double end = now + *llvm::max_element(interval.unitUs);
  for (size_t unit = 0; unit < units; ++unit) {
    double at = now;
    for (size_t s = interval.begin; s < interval.end; ++s)
      for (auto [i, block] : llvm::enumerate(network.stages[s].branches[unit])) {
        double us = cost.blockUs(block, unit);
        spans.push_back({Kind::block, int64_t(unit), at, at + us, int64_t(s), int64_t(i)});
        at += us;
      }
    // A nanosecond may be left by rounding.
    if (end - at > 1e-3)
      spans.push_back({Kind::wait, int64_t(unit), at, end, int64_t(interval.end) - 1});
  }
  now = end;
}

/// A concatenation has no sums; one of no channels no copies.
void Timeline::join(const IntervalCost &interval) {
  const StageSpec &stage = network.stages[interval.end - 1];
  int64_t size = stage.branches[0].back().outSize(), last = int64_t(interval.end) - 1;
  llvm::SmallVector<int64_t> channels, none(units, 0);
  for (const auto &branch : stage.branches)
    channels.push_back(branch.back().outChannels);
  double sync = cost.joinUs(SyncKind::concat, none, size);
  double crossing = cost.joinUs(SyncKind::concat, channels, size);
  together(Kind::sync, sync, last);
  together(Kind::copy, crossing - sync, last);
  together(Kind::sum, interval.joinUs - crossing, last);
}

std::vector<StrategySpan> Timeline::run() {
  alone(Kind::stem, stemKernel(network));
  fork();
  for (const IntervalCost &interval : candidate.intervals) {
    branches(interval);
    join(interval);
  }
  alone(Kind::head, headKernels(network));
  llvm::sort(spans, [](const StrategySpan &a, const StrategySpan &b) {
    return std::tie(a.unit, a.begin, a.end) < std::tie(b.unit, b.begin, b.end);
  });
  return std::move(spans);
}

} // namespace

std::vector<StrategySpan> timelineOf(const Candidate &candidate, const BlockCost &cost) {
  return Timeline(candidate, cost).run();
}

} // namespace snc
