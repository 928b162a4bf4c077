// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of a search's page, each as HTML; private to codegen/report. Empty where
// the report holds nothing to show.

#ifndef SNC_CODEGEN_REPORT_STRATEGY_STRATEGYPARTS_H
#define SNC_CODEGEN_REPORT_STRATEGY_STRATEGYPARTS_H

#include "codegen/report/StrategyReport.h"

namespace snc {

/// The style sheet on top of reportStyle().
const char *strategyStyle();

std::string strategyFigure(const StrategyReport &report);
std::string strategyTimeline(const StrategyReport &report);
std::string frontDrawing(const StrategyReport &report);
/// The best score so far.
std::string scoreCurve(const StrategyReport &report);
std::string searchTreeDrawing(const StrategyReport &report);
/// The chosen network's numbers against the base's.
std::string strategyTable(const StrategyReport &report);

/// Samples that none other is better than in score or latency and as good in both, by
/// latency; equals are all among them.
std::vector<size_t> frontOf(const std::vector<StrategySample> &samples);

/// Positions in `tree` that are worth drawing, ascending: with at least `least` of the root's
/// visits, their parents shown, at most `most`, and those with the most visits.
std::vector<size_t> shownNodes(const std::vector<StrategyNode> &tree, double least, size_t most);

/// A score with five significant digits.
std::string scoreText(double score);
/// "1.23 M", of a thousand each: parameters, multiply-accumulates.
std::string largeText(int64_t count);
/// "3", "3+5+7".
std::string kernelsText(const StrategyBlock &block);
/// "stage 2, block 0: ..." with all numbers, for tooltips.
std::string blockText(const StrategyBlock &block, int64_t stage, size_t index);
/// The class that colours a branch.
std::string laneClass(size_t branch);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_STRATEGY_STRATEGYPARTS_H
