// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"
#include "codegen/report/Page.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"
#include "codegen/report/strategy/StrategyParts.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace snc {

namespace {

constexpr double kLabels = 140, kTop = 24, kLane = 34, kGap = 8, kWidth = 820;

class Timeline {
public:
  Timeline(const StrategyReport &report, double end)
      : report(report), scale(kWidth / end),
        bottom(kTop + double(report.units.size()) * (kLane + kGap)),
        svg(kLabels + kWidth + 30, bottom + 4, "time", "The run, a row a unit") {
    drawAxis(end);
    for (const auto &[i, unit] : llvm::enumerate(report.units))
      svg.text(kLabels - 10, kTop + double(i) * (kLane + kGap) + 21, shortened(unit, 18), "lane",
               Svg::end);
  }
  void drawSpan(const StrategySpan &span);
  std::string str() const { return svg.str(); }

private:
  void drawAxis(double end);
  std::string tooltip(const StrategySpan &span) const;
  const StrategyBlock *blockOf(const StrategySpan &span) const;

  const StrategyReport &report;
  double scale, bottom;
  Svg svg;
};

void Timeline::drawAxis(double end) {
  svg.raw("<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
          "patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" "
          "y2=\"6\"/></pattern></defs>\n");
  double step = axisStep(end, 7);
  for (int64_t i = 0; double(i) * step <= end * 1.0001; ++i) {
    double x = kLabels + double(i) * step * scale;
    svg.line(x, kTop - 6, x, bottom, "grid");
    svg.text(x, kTop - 10, axisTime(double(i) * step, step, end), "tick", Svg::middle);
  }
}

/// Null for what is none, or not of the network.
const StrategyBlock *Timeline::blockOf(const StrategySpan &span) const {
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

std::string Timeline::tooltip(const StrategySpan &span) const {
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
    if (const StrategyBlock *block = blockOf(span))
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

void Timeline::drawSpan(const StrategySpan &span) {
  double x = kLabels + span.begin * scale, y = kTop + double(span.unit) * (kLane + kGap);
  // A span too short to see is still there.
  double wide = std::max((span.end - span.begin) * scale, 0.8);
  bool wait = span.kind == StrategySpan::wait;
  svg.rect(x, wait ? y + 9 : y, wide, wait ? kLane - 18 : kLane, classOf(span), wide > 8 ? 3 : 0,
           tooltip(span));
  std::string name = span.kind == StrategySpan::stem   ? "stem"
                     : span.kind == StrategySpan::head ? "head"
                     : span.kind == StrategySpan::block
                         ? std::to_string(span.stage) + "." + std::to_string(span.index)
                         : "";
  if (!name.empty() && wide > double(name.size()) * 7 + 4)
    svg.text(x + wide / 2, y + 21, name, "mid", Svg::middle);
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
  Timeline timeline(report, end);
  for (const StrategySpan &span : report.timeline)
    if (isShown(report, span))
      timeline.drawSpan(span);
  return kLegend + scrolled(timeline.str());
}

} // namespace snc
