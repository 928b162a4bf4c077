// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/LaneChart.h"
#include "codegen/report/Page.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/strategy/StrategyParts.h"

#include <algorithm>
#include <cmath>

namespace snc {

namespace {

/// Null for what is none, or not of the network.
const StrategyBlock *blockOf(const StrategyReport &report, const StrategySpan &span) {
  const auto &stages = report.chosen.stages;
  if (span.kind != StrategySpan::block || span.stage < 0 || size_t(span.stage) >= stages.size())
    return nullptr;
  const auto &branches = stages[size_t(span.stage)].branches;
  if (size_t(span.unit) >= branches.size())
    return nullptr;
  const auto &blocks = branches[size_t(span.unit)];
  bool known = span.index >= 0 && size_t(span.index) < blocks.size();
  return known ? &blocks[size_t(span.index)] : nullptr;
}

std::string tooltip(const StrategyReport &report, const StrategySpan &span) {
  std::string where = span.stage < 0 ? "the stem" : "stage " + std::to_string(span.stage);
  std::string what;
  switch (span.kind) {
  case StrategySpan::stem:
    what = "stem";
    break;
  case StrategySpan::head:
    what = "head";
    break;
  case StrategySpan::wait:
    what = "waits";
    break;
  case StrategySpan::sync:
    what = "sync behind " + where;
    break;
  case StrategySpan::copy:
    what = "copies behind " + where;
    break;
  case StrategySpan::sum:
    what = "sum behind " + where;
    break;
  case StrategySpan::block:
    if (const StrategyBlock *block = blockOf(report, span))
      what = blockText(*block, span.stage, size_t(span.index));
    break;
  }
  return what + " \u00b7 " + timeText(span.end - span.begin) + ", from " + timeText(span.begin);
}

std::string classOf(const StrategySpan &span) {
  switch (span.kind) {
  case StrategySpan::wait:
    return "wait";
  case StrategySpan::sync:
    return "sync";
  case StrategySpan::copy:
    return "copy";
  case StrategySpan::sum:
    return "sum";
  case StrategySpan::block:
    return "box " + laneClass(size_t(span.unit));
  default:
    return "box k-all";
  }
}

void drawSpan(const StrategyReport &report, const StrategySpan &span, LaneChart &chart) {
  double wide = chart.span(span.unit, span.begin, span.end, span.kind == StrategySpan::wait,
                           classOf(span), tooltip(report, span));
  std::string name = span.kind == StrategySpan::stem   ? "stem"
                     : span.kind == StrategySpan::head ? "head"
                     : span.kind == StrategySpan::block
                         ? std::to_string(span.stage) + "." + std::to_string(span.index)
                         : "";
  if (!name.empty() && wide > double(name.size()) * 7 + 4)
    chart.words(span.unit, span.begin, wide / 2, name, "mid", Svg::middle);
}

bool isShown(const StrategyReport &report, const StrategySpan &span) {
  return span.unit >= 0 && size_t(span.unit) < report.units.size() && std::isfinite(span.begin) &&
         std::isfinite(span.end) && span.begin >= 0 && span.begin <= span.end;
}

const char kLegend[] =
    "<div class=\"legend\"><span>2.0: block 0 of stage 2</span>"
    "<span><i class=\"swatch syncs\"></i>sync</span><span><i class=\"swatch "
    "copies\"></i>copies</span>"
    "<span><i class=\"swatch sums\"></i>sum</span><span><i class=\"swatch waits\"></i>waits</span>"
    "</div>\n";

} // namespace

std::string strategyTimeline(const StrategyReport &report) {
  double end = 0;
  for (const StrategySpan &span : report.timeline)
    if (isShown(report, span))
      end = std::max(end, span.end);
  if (end < 1e-3) // a nanosecond
    return "";
  LaneChart chart(
      {.labels = 140, .width = 820, .right = 30, .below = 4, .steps = 7, .nameLength = 18}, end,
      report.units);
  for (const StrategySpan &span : report.timeline)
    if (isShown(report, span))
      drawSpan(report, span, chart);
  return kLegend + scrolled(chart.str());
}

} // namespace snc
