// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/LaneChart.h"
#include "codegen/report/Page.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace snc {

namespace {

/// Wide enough for the lane with the most spans, within reason.
double plotWidth(const Report &report) {
  std::vector<int64_t> spans(report.plan.units.size(), 0);
  int64_t most = 0;
  for (const ReportSpan &span : report.timeline)
    if (isShown(report, span))
      most = std::max(most, ++spans[size_t(span.unit)]);
  return std::clamp(double(most) * 22, 820.0, 4800.0);
}

LaneChart chartOf(const Report &report, double end) {
  std::vector<std::string> units;
  for (const PlanUnit &unit : report.plan.units)
    units.push_back(unit.name);
  double width = plotWidth(report);
  return LaneChart({.labels = 96,
                    .width = width,
                    .right = 40,
                    .below = 8,
                    .steps = std::max(2, int(width / 110)),
                    .nameLength = 12},
                   end, units);
}

std::string classOf(const Report &report, const ReportSpan &span) {
  if (span.kind == ReportSpan::wait)
    return "wait";
  if (span.kind == ReportSpan::sync)
    return "sync";
  if (span.isCopy())
    return "copy";
  for (const PlanSegment &segment : report.plan.segments)
    if (span.node >= segment.begin && span.node < segment.end)
      return std::string("box k-") + kindName(segment.kind);
  return "box k-all";
}

std::string tooltip(const Report &report, const ReportSpan &span) {
  std::string what = span.kind == ReportSpan::wait ? "waits" : nodeName(report, span.node);
  if (span.kind == ReportSpan::sync)
    what = "sync behind " + what;
  if (span.isCopy())
    what = std::string(span.kind == ReportSpan::upload ? "uploads " : "downloads ") +
           bytesText(span.bytes) + " for " + what;
  return what + " \u00b7 " + timeText(span.end - span.begin) + ", from " + timeText(span.begin);
}

void drawSpan(const Report &report, const ReportSpan &span, LaneChart &chart) {
  double wide = chart.span(span.unit, span.begin, span.end, span.kind == ReportSpan::wait,
                           classOf(report, span), tooltip(report, span));
  size_t room = wide > 10 ? size_t((wide - 10) / 7.2) : 0;
  if (span.kind == ReportSpan::kernel && room >= 8)
    chart.words(span.unit, span.begin, 5, shortened(nodeName(report, span.node), room), "name",
                Svg::start);
}

} // namespace

std::string timelineDrawing(const Report &report) {
  double end = timelineEnd(report);
  if (end < 1e-3) // a nanosecond
    return "";
  LaneChart chart = chartOf(report, end);
  for (const ReportSpan &span : report.timeline)
    if (isShown(report, span))
      drawSpan(report, span, chart);
  return kindLegend(report.plan) + scrolled(chart.str());
}

} // namespace snc
