// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A report of a search to test with.

#ifndef SNC_TEST_UNIT_CODEGEN_REPORT_STRATEGYSAMPLES_H
#define SNC_TEST_UNIT_CODEGEN_REPORT_STRATEGYSAMPLES_H

#include "codegen/report/StrategyReport.h"

namespace snc {

/// Two stages: a block, and two blocks of which the first has mixed kernels and the second
/// squeeze and excitation. Found: two branches, concat behind stage 0 and add behind stage 1,
/// 900 us against 1000;
/// six strategies tried, one of them invalid.
inline StrategyReport strategySample() {
  auto block = [](int64_t size, int64_t stride, int64_t in, int64_t expanded, int64_t out) {
    return StrategyBlock{size, stride, in, expanded, out, {3}, 0, "ReLU6", double(expanded)};
  };
  auto branch = [&](int64_t out0, int64_t exp0, int64_t exp1, int64_t exp2) {
    StrategyBlock mixed = block(16, 2, 8, exp1, 12), gated = block(8, 1, 12, exp2, 12);
    mixed.kernels = {3, 5, 7};
    gated.squeezed = 6;
    return std::vector<std::vector<StrategyBlock>>{{block(16, 1, 4, exp0, out0)}, {mixed, gated}};
  };
  auto network = [](const char *name, std::vector<std::vector<std::vector<StrategyBlock>>> all) {
    StrategyNetwork result;
    result.name = name;
    result.stem = {3, 4, 3, 2, 30};
    result.head = {12, 40, 1, 1, 50};
    result.classes = 10;
    for (size_t s = 0; s < 2; ++s) {
      StrategyStage &stage = result.stages.emplace_back();
      for (auto &branch : all)
        stage.branches.push_back(branch[s]);
      stage.channels = s ? 12 : 8;
    }
    return result;
  };
  StrategyReport report;
  report.version = "1.2.3";
  report.target = "x86-64-v3";
  report.units = {"cpu0, 2 threads", "cpu1, 1 thread"};
  report.budgetUs = 950;
  report.base = network("tiny", {branch(8, 24, 48, 72)});
  report.base.us = 1000;
  report.base.parameters = 4000;
  report.base.macs = 1'500'000;
  report.chosen = network("sync2_01_ca", {branch(4, 16, 32, 48), branch(4, 8, 20, 28)});
  report.chosen.stages[0].sync = 'c';
  report.chosen.stages[0].joinUs = 12;
  report.chosen.stages[1].sync = 'a';
  report.chosen.us = 900;
  report.chosen.parameters = 5000;
  report.chosen.macs = 1'200'000;
  report.chosen.score = 0.75;
  report.timeline = {
      {StrategySpan::stem, 0, 0, 30},         {StrategySpan::sync, 0, 30, 32},
      {StrategySpan::copy, 0, 32, 40},        {StrategySpan::block, 0, 40, 300, 0, 0},
      {StrategySpan::sum, 0, 300, 301, 0},    {StrategySpan::wait, 1, 0, 30},
      {StrategySpan::block, 1, 40, 290, 0, 0}};
  report.samples = {{"sync1_1_a", 700, 0.5},
                    {"sync1_1_c", 720, 0.4},
                    {"sync2_01_aa", 800, 0.7},
                    {"sync2_01_ca", 900, 0.75},
                    {"sync2_01_ac", 905, 0.75}};
  auto node = [](std::vector<uint16_t> path, const char *prefix, uint64_t visits, double best) {
    return StrategyNode{path, prefix, visits, visits, best - 0.05, best};
  };
  report.tree = {node({}, "", 6, 0.75),
                 node({0}, "sync1", 2, 0.5),
                 node({0, 0}, "sync1_1_a", 1, 0.5),
                 node({0, 1}, "sync1_1_c", 1, 0.4),
                 node({1}, "sync2", 4, 0.75),
                 node({1, 0}, "sync2_01", 4, 0.75)};
  report.tree[3].mean = report.tree[3].best = std::nullopt;
  report.chosenPath = {1, 0, 1, 0};
  report.history = {{1, 0.5}, {3, 0.7}, {4, 0.75}};
  report.tried = 6;
  report.scored = 5;
  report.invalid = 1;
  report.options = {{"seed", "1"}, {"search", "mcts"}};
  return report;
}

} // namespace snc

#endif // SNC_TEST_UNIT_CODEGEN_REPORT_STRATEGYSAMPLES_H
