// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/strategy/StrategyLayout.h"

#include <algorithm>

namespace snc {

static size_t mostBlocks(const StrategyNetwork &network, size_t stage) {
  size_t most = 0;
  if (stage < network.stages.size())
    for (const auto &branch : network.stages[stage].branches)
      most = std::max(most, branch.size());
  return most;
}

static int64_t widestOf(const StrategyNetwork &network) {
  int64_t widest = std::max({network.stem.outChannels, network.head.outChannels, int64_t(1)});
  for (const StrategyStage &stage : network.stages)
    for (const auto &branch : stage.branches)
      for (const StrategyBlock &block : branch)
        widest = std::max(widest, block.expanded);
  return widest;
}

StrategyLayout::StrategyLayout(const StrategyReport &report)
    : widest(std::max(widestOf(report.base), widestOf(report.chosen))),
      lanes(std::max<size_t>(report.chosen.branches(), 1)) {
  const auto &stages = report.chosen.stages;
  double x = left;
  stemLeft = x + (pitch - boxWidth) / 2;
  x += pitch + fork;
  for (size_t s = 0; s < stages.size(); ++s) {
    begin.push_back(x);
    x += pitch * double(std::max(mostBlocks(report.base, s), mostBlocks(report.chosen, s)));
    end.push_back(x);
    x += stages[s].sync == 'n' ? noJoin : join;
  }
  headLeft = x + (pitch - boxWidth) / 2;
  width = x + pitch + right;
  height = laneY(lanes - 1) + lane - boxHeight / 2;
}

/// A box stays one, however few channels it has.
double StrategyLayout::heightOf(int64_t channels) const {
  return std::clamp(boxHeight * double(channels) / double(widest), 4.0, boxHeight);
}

} // namespace snc
