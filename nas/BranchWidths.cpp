// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/BranchWidths.h"

#include "nas/SyncStrategy.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>
#include <numeric>

namespace snc {

BranchWidths::BranchWidths(StagedNetwork given, const CostModel &costs, std::vector<PlanUnit> units,
                           const WidthOptions &options)
    : base(std::move(given)), options(options), cost(costs, std::move(units), base.act) {
  baseLatency = std::numeric_limits<double>::infinity();
  for (size_t unit = 0; unit < cost.planUnits().size(); ++unit) {
    std::vector<double> stages;
    for (const StageSpec &stage : base.stages) {
      double sum = 0;
      for (const BlockSpec &block : stage.branches.front())
        sum += cost.blockUs(block, unit);
      stages.push_back(sum);
    }
    double total = cost.kernelsUs(stemKernel(base), unit) + cost.kernelsUs(headKernels(base), unit);
    total = std::accumulate(stages.begin(), stages.end(), total);
    if (total < baseLatency) {
      baseLatency = total;
      bestUnit = unit;
      stageUs = stages;
    }
  }
  budget = options.budgetUs > 0 ? options.budgetUs : options.budgetScale * baseLatency;
}

/// The base's blocks in each branch; of a stage that is concatenated, a part of its channels.
StagedNetwork BranchWidths::branched(llvm::ArrayRef<SyncKind> strategy) const {
  StagedNetwork network = base;
  size_t count = cost.planUnits().size();
  network.name = nameOf(strategy);
  for (size_t s = 0; s < network.stages.size(); ++s) {
    StageSpec &stage = network.stages[s];
    stage.sync = strategy[s];
    stage.branches.resize(count, stage.branches.front());
    for (size_t b = 0; b < count && stage.sync == SyncKind::concat; ++b)
      for (auto [i, block] : llvm::enumerate(stage.branches[b])) {
        auto part = [&](int64_t channels) {
          return channels / int64_t(count) + (int64_t(b) < channels % int64_t(count));
        };
        block.outChannels = part(block.outChannels);
        if (i > 0)
          block.inChannels = part(block.inChannels);
        // Parts that groups do not divide have none.
        if (block.inChannels % block.expandGroups || block.inChannels / block.expandGroups < 2)
          block.expandGroups = 1;
        if (block.outChannels % block.projectGroups)
          block.projectGroups = 1;
      }
  }
  return network;
}

double BranchWidths::us(const Blocks &blocks, size_t unit) const {
  double sum = 0;
  for (const BlockSpec *block : blocks)
    sum += cost.blockUs(*block, unit);
  return sum;
}

/// Of expanded channels, which the groups have to divide.
int64_t BranchWidths::stepOf(const BlockSpec &block) const {
  return std::lcm(options.step, block.expandedGroups());
}

/// Sets `share` of the `full` widths.
void BranchWidths::setWidths(const Blocks &blocks, llvm::ArrayRef<int64_t> full,
                             double share) const {
  for (auto [block, width] : llvm::zip_equal(blocks, full)) {
    int64_t step = stepOf(*block);
    auto steps = int64_t(std::floor(double(width) * share / double(step)));
    auto least = std::max(options.least, int64_t(block->kernels.size()));
    if (int64_t groups = block->expandedGroups(); groups > 1)
      least = std::max(least + (groups - least % groups) % groups, 2 * groups);
    block->expanded = std::max(steps * step, least);
  }
}

/// Sets the widths of a branch within an interval; false where there is no room.
bool BranchWidths::fill(const Blocks &blocks, size_t unit, double budgetUs) const {
  std::vector<int64_t> full;
  for (BlockSpec *block : blocks)
    full.push_back(block->expanded);
  auto usAt = [&](double share) {
    setWidths(blocks, full, share);
    return us(blocks, unit);
  };
  constexpr double kWidest = 4; // times the base's
  constexpr int kHalvings = 12; // finer than one step of the widest block
  if (usAt(0) > budgetUs)
    return false;
  double fits = 0, over = kWidest;
  for (int i = 0; i < kHalvings; ++i) {
    double middle = (fits + over) / 2;
    (usAt(middle) <= budgetUs ? fits : over) = middle;
  }
  double spent = usAt(fits);
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t i = 0; i < blocks.size(); ++i) {
      BlockSpec wider = *blocks[i];
      wider.expanded += stepOf(wider);
      double more = cost.blockUs(wider, unit) - cost.blockUs(*blocks[i], unit);
      if (spent + more > budgetUs || double(wider.expanded) > kWidest * double(full[i]))
        continue;
      *blocks[i] = wider;
      spent += more;
      grown = true;
    }
  }
  return true;
}

std::vector<IntervalCost> BranchWidths::intervalsOf(const StagedNetwork &network) const {
  std::vector<IntervalCost> intervals;
  size_t begin = 0;
  for (auto [s, stage] : llvm::enumerate(network.stages)) {
    if (stage.sync == SyncKind::none)
      continue;
    llvm::SmallVector<int64_t> channels;
    for (const auto &branch : stage.branches)
      channels.push_back(branch.back().outChannels);
    double joinUs = cost.joinUs(stage.sync, channels, stage.branches[0].back().outSize());
    intervals.push_back({begin, s + 1, 0, {}, joinUs});
    begin = s + 1;
  }
  return intervals;
}

std::optional<Candidate> BranchWidths::candidate(llvm::ArrayRef<SyncKind> strategy) const {
  Candidate result{branched(strategy), 0, {}};
  result.intervals = intervalsOf(result.network);
  result.us = cost.kernelsUs(stemKernel(base)) + cost.kernelsUs(headKernels(base)) +
              cost.forkUs(base.stem.outChannels, base.inSize() / base.stem.stride);
  for (const IntervalCost &interval : result.intervals)
    result.us += interval.joinUs;
  double share = (budget - result.us) / std::accumulate(stageUs.begin(), stageUs.end(), 0.0);
  double left = 0; // by the intervals so far
  for (IntervalCost &interval : result.intervals) {
    for (size_t s = interval.begin; s < interval.end; ++s)
      left += stageUs[s] * share;
    interval.budgetUs = left;
    for (size_t unit = 0; unit < cost.planUnits().size(); ++unit) {
      Blocks blocks;
      for (size_t s = interval.begin; s < interval.end; ++s)
        for (BlockSpec &block : result.network.stages[s].branches[unit])
          blocks.push_back(&block);
      if (!fill(blocks, unit, interval.budgetUs))
        return std::nullopt;
      interval.unitUs.push_back(us(blocks, unit));
    }
    double slowest = *llvm::max_element(interval.unitUs);
    left -= slowest;
    result.us += slowest;
  }
  return result;
}

} // namespace snc
