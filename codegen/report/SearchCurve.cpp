// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"

#include <algorithm>
#include <cmath>

namespace snc {

namespace {

constexpr double kLeft = 72, kTop = 14, kWidth = 620, kHeight = 200;

/// Improvements that can be drawn.
using History = std::vector<std::pair<uint64_t, double>>;

class Curve {
public:
  Curve(const ReportSearch &search, const History &history);
  std::string str() const { return svg.str(); }

private:
  double x(double evaluation) const {
    return kLeft + kWidth * std::log10(std::max(evaluation, 1.0)) / decades;
  }
  double y(double cost) const { return kTop + kHeight * (high - cost) / (high - low); }
  void drawAxes();
  void drawOptimum(double cost);
  void drawSteps(const History &history);

  double last, decades, low, high;
  Svg svg;
};

Curve::Curve(const ReportSearch &search, const History &history)
    : svg(kLeft + kWidth + 24, kTop + kHeight + 42, "curve", "The best cost found so far") {
  last = std::max(double(search.evaluations), double(history.back().first));
  decades = std::max(std::log10(std::max(last, 1.0)), 1.0);
  low = high = history.front().second;
  for (auto &[evaluation, cost] : history) {
    low = std::min(low, cost);
    high = std::max(high, cost);
  }
  bool known = search.optimum && std::isfinite(*search.optimum);
  if (known) {
    low = std::min(low, *search.optimum);
    high = std::max(high, *search.optimum);
  }
  // Also where costs differ by their last digits only.
  double margin = std::max({(high - low) * 0.12, high * 0.02, 1e-3});
  low = std::max(low - margin, 0.0);
  high += margin;
  drawAxes();
  if (known)
    drawOptimum(*search.optimum);
  drawSteps(history);
}

/// Evaluations by decades, for improvements crowd at the begin.
void Curve::drawAxes() {
  double step = axisStep(high - low, 5);
  for (double cost = std::ceil(low / step) * step; cost <= high; cost += step) {
    svg.line(kLeft, y(cost), kLeft + kWidth, y(cost), "grid");
    svg.text(kLeft - 8, y(cost) + 4, axisTime(cost, step, high), "tick", Svg::end);
  }
  for (double evaluation = 1; std::log10(evaluation) <= decades + 1e-9; evaluation *= 10) {
    svg.line(x(evaluation), kTop, x(evaluation), kTop + kHeight, "grid");
    svg.text(x(evaluation), kTop + kHeight + 17, countText(evaluation), "tick", Svg::middle);
  }
  svg.text(kLeft + kWidth, kTop + kHeight + 36, "evaluations", "tick", Svg::end);
}

void Curve::drawOptimum(double cost) {
  svg.line(kLeft, y(cost), kLeft + kWidth, y(cost), "optimum");
  svg.text(kLeft + 6, y(cost) + 15, "optimum " + timeText(cost), "faint");
}

void Curve::drawSteps(const History &history) {
  std::string steps;
  for (auto &[evaluation, cost] : history)
    steps += (steps.empty() ? "M" + pixels(x(double(evaluation))) + " " + pixels(y(cost))
                            : "H" + pixels(x(double(evaluation))) + "V" + pixels(y(cost)));
  svg.path(steps + "H" + pixels(x(last)), "best");
  for (auto &[evaluation, cost] : history) {
    double px = x(double(evaluation)), py = y(cost);
    svg.rect(px - 3, py - 3, 6, 6, "dot", 3,
             timeText(cost) + " at evaluation " + std::to_string(evaluation));
  }
  double best = history.back().second;
  svg.text(x(last), y(best) - 8, timeText(best), "name", Svg::end);
}

} // namespace

std::string searchCurve(const Report &report) {
  History history;
  for (auto &[evaluation, cost] : report.search.history)
    if (std::isfinite(cost) && cost >= 0)
      history.push_back({evaluation, cost});
  if (history.empty())
    return "";
  return "<div class=\"scroll\" tabindex=\"0\">\n" + Curve(report.search, history).str() +
         "</div>\n";
}

} // namespace snc
