// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/LaneChart.h"

#include "codegen/report/Axis.h"
#include "codegen/report/ReportText.h"

#include <algorithm>

namespace snc {

static constexpr double kTop = 24, kLane = 34, kGap = 8;

double LaneChart::y(int64_t unit) { return kTop + double(unit) * (kLane + kGap); }

LaneChart::LaneChart(const Shape &given, double end, const std::vector<std::string> &units)
    : shape(given), scale(shape.width / end), bottom(y(int64_t(units.size()))),
      svg(shape.labels + shape.width + shape.right, bottom + shape.below, "time",
          "The run, a row a unit") {
  drawAxis(end);
  for (size_t i = 0; i < units.size(); ++i)
    svg.text(shape.labels - 10, y(int64_t(i)) + 21, shortened(units[i], shape.nameLength), "lane",
             Svg::end);
}

void LaneChart::drawAxis(double end) {
  svg.raw("<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
          "patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" "
          "y2=\"6\"/></pattern></defs>\n");
  double step = axisStep(end, shape.steps);
  for (int64_t i = 0; double(i) * step <= end * 1.0001; ++i) {
    double at = x(double(i) * step);
    svg.line(at, kTop - 6, at, bottom, "grid");
    svg.text(at, kTop - 10, axisTime(double(i) * step, step, end), "tick", Svg::middle);
  }
}

double LaneChart::span(int64_t unit, double begin, double end, bool thin,
                       const std::string &classes, const std::string &tooltip) {
  double wide = std::max((end - begin) * scale, 0.8), top = y(unit);
  svg.rect(x(begin), thin ? top + 9 : top, wide, thin ? kLane - 18 : kLane, classes,
           wide > 8 ? 3 : 0, tooltip);
  return wide;
}

void LaneChart::words(int64_t unit, double begin, double offset, const std::string &words,
                      const std::string &classes, Svg::Anchor anchor) {
  svg.text(x(begin) + offset, y(unit) + 21, words, classes, anchor);
}

} // namespace snc
