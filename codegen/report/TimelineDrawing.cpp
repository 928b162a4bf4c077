// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace snc {

namespace {

constexpr double kLabels = 96, kTop = 24, kLane = 34, kGap = 8;

/// Wide enough for the lane with the most spans, within reason.
double plotWidth(const Report &report) {
  std::vector<int64_t> spans(report.plan.units.size(), 0);
  int64_t most = 0;
  for (const ReportSpan &span : report.timeline)
    if (isShown(report, span))
      most = std::max(most, ++spans[size_t(span.unit)]);
  return std::clamp(double(most) * 22, 820.0, 4800.0);
}

class Timeline {
public:
  Timeline(const Report &report, double end)
      : report(report), width(plotWidth(report)), scale(width / end),
        bottom(kTop + double(report.plan.units.size()) * (kLane + kGap)),
        svg(kLabels + width + 40, bottom + 8, "time", "The run, a row a unit") {
    drawAxis(end);
    drawUnits();
    for (const ReportSpan &span : report.timeline)
      if (isShown(report, span))
        drawSpan(span);
  }
  std::string str() const { return svg.str(); }

private:
  void drawAxis(double end);
  void drawUnits();
  void drawSpan(const ReportSpan &span);
  std::string classOf(const ReportSpan &span) const;
  std::string tooltip(const ReportSpan &span) const;

  const Report &report;
  double width, scale, bottom;
  Svg svg;
};

void Timeline::drawAxis(double end) {
  svg.raw("<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
          "patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" "
          "y2=\"6\"/></pattern></defs>\n");
  double step = axisStep(end, std::max(2, int(width / 110)));
  for (int64_t i = 0; double(i) * step <= end * 1.0001; ++i) {
    double x = kLabels + double(i) * step * scale;
    svg.line(x, kTop - 6, x, bottom, "grid");
    svg.text(x, kTop - 10, axisTime(double(i) * step, step, end), "tick", Svg::middle);
  }
}

void Timeline::drawUnits() {
  for (const auto &[i, unit] : llvm::enumerate(report.plan.units))
    svg.text(kLabels - 10, kTop + double(i) * (kLane + kGap) + 21, shortened(unit.name, 12), "lane",
             Svg::end);
}

std::string Timeline::classOf(const ReportSpan &span) const {
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

std::string Timeline::tooltip(const ReportSpan &span) const {
  std::string what = span.kind == ReportSpan::wait ? "waits" : nodeName(report, span.node);
  if (span.kind == ReportSpan::sync)
    what = "sync behind " + what;
  if (span.isCopy())
    what = std::string(span.kind == ReportSpan::upload ? "uploads " : "downloads ") +
           bytesText(span.bytes) + " for " + what;
  return what + " \u00b7 " + timeText(span.end - span.begin) + ", from " + timeText(span.begin);
}

void Timeline::drawSpan(const ReportSpan &span) {
  double x = kLabels + span.begin * scale, y = kTop + double(span.unit) * (kLane + kGap);
  // A span too short to see is still there.
  double wide = std::max((span.end - span.begin) * scale, 0.8);
  bool wait = span.kind == ReportSpan::wait;
  svg.rect(x, wait ? y + 9 : y, wide, wait ? kLane - 18 : kLane, classOf(span), wide > 8 ? 3 : 0,
           tooltip(span));
  size_t room = wide > 10 ? size_t((wide - 10) / 7.2) : 0;
  if (span.kind == ReportSpan::kernel && room >= 8)
    svg.text(x + 5, y + 21, shortened(nodeName(report, span.node), room), "name");
}

} // namespace

std::string timelineDrawing(const Report &report) {
  double end = timelineEnd(report);
  if (end < 1e-3) // a nanosecond
    return "";
  return kindLegend(report.plan) + "<div class=\"scroll\" tabindex=\"0\">\n" +
         Timeline(report, end).str() + "</div>\n";
}

} // namespace snc
