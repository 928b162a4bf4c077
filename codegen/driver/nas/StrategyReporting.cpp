// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/nas/StrategyReporting.h"

#include "codegen/report/Report.h"

#include "llvm/ADT/STLExtras.h"
#include <nlohmann/json.hpp>

namespace snc {

namespace {

StrategyBlock blockOf(const StagedNetwork &network, const BlockSpec &block, double us) {
  return {block.inSize,   block.stride,         block.inChannels,
          block.expanded, block.outChannels,    {block.kernels.begin(), block.kernels.end()},
          block.squeezed, network.actOf(block), us};
}

StrategyEnd endOf(const ConvSpec &conv, double us) {
  return {conv.inChannels, conv.outChannels, conv.kernel, conv.stride, us};
}

/// Branch i on unit `first` + i; joins and latency are the caller's.
StrategyNetwork networkOf(const StagedNetwork &network, const BlockCost &cost, size_t first) {
  StrategyNetwork result;
  result.name = network.name;
  result.hidden = network.hidden;
  result.classes = network.classes;
  result.parameters = network.parameters();
  result.macs = network.macs();
  for (auto [s, stage] : llvm::enumerate(network.stages)) {
    StrategyStage &to = result.stages.emplace_back();
    to.sync = char(stage.sync);
    to.channels = network.channelsAfter(s);
    for (auto [b, branch] : llvm::enumerate(stage.branches)) {
      auto &blocks = to.branches.emplace_back();
      for (const BlockSpec &block : branch)
        blocks.push_back(blockOf(network, block, cost.blockUs(block, first + b)));
    }
  }
  return result;
}

StrategyNetwork baseOf(const StagedNetwork &base, const BranchWidths &widths) {
  const BlockCost &cost = widths.costs();
  size_t unit = widths.baseUnit();
  StrategyNetwork result = networkOf(base, cost, unit);
  result.stem = endOf(base.stem, cost.kernelsUs(stemKernel(base), unit));
  result.head = endOf(base.head, cost.kernelsUs(headKernels(base), unit));
  result.us = widths.baseUs();
  return result;
}

StrategyNetwork chosenOf(const Candidate &best, const BlockCost &cost) {
  const StagedNetwork &network = best.network;
  StrategyNetwork result = networkOf(network, cost, 0);
  result.stem = endOf(network.stem, cost.kernelsUs(stemKernel(network)));
  result.head = endOf(network.head, cost.kernelsUs(headKernels(network)));
  for (const IntervalCost &interval : best.intervals)
    result.stages[interval.end - 1].joinUs = interval.joinUs;
  result.us = best.us;
  return result;
}

std::optional<double> numberOf(const nlohmann::json &value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

} // namespace

StrategyReport makeStrategyReport(const StagedNetwork &base, const BranchWidths &widths,
                                  const NasSearchResult &result, const nlohmann::json &searched) {
  const BlockCost &cost = widths.costs();
  StrategyReport report;
  for (const PlanUnit &unit : cost.planUnits())
    report.units.push_back(unit.name + ", " + unitText(unit));
  report.baseUnit = widths.baseUnit();
  report.budgetUs = widths.budgetUs();
  report.base = baseOf(base, widths);
  report.chosen = chosenOf(*result.best, cost);
  report.chosen.score = result.counts.score;
  report.timeline = timelineOf(*result.best, cost);
  for (const NasSample &sample : result.samples) {
    if (sample.record.score)
      report.samples.push_back({sample.name, sample.record.latencyUs, *sample.record.score});
    if (sample.name == result.counts.best)
      report.chosenPath.assign(sample.leaf.begin(), sample.leaf.end());
  }
  for (const nlohmann::json &node : searched.at("tree"))
    report.tree.push_back({node.at("path"), node.at("prefix"), node.at("visits"), node.at("scored"),
                           numberOf(node.at("mean")), numberOf(node.at("best"))});
  for (const nlohmann::json &entry : searched.at("history"))
    report.history.push_back({entry.at("sample"), entry.at("score")});
  const NasProgress &counts = result.counts;
  report.tried = counts.tried;
  report.scored = counts.scored;
  report.invalid = counts.invalid;
  report.failed = counts.failed;
  report.exhausted = result.exhausted;
  report.interrupted = result.interrupted;
  return report;
}

} // namespace snc
