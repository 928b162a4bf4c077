// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"
#include "codegen/report/Page.h"
#include "codegen/report/ReportFacts.h"
#include "codegen/report/ReportParts.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"
#include "codegen/report/strategy/StrategyParts.h"

#include <algorithm>
#include <cmath>

namespace snc {

namespace {

constexpr double kLeft = 72, kTop = 14, kWidth = 620, kHeight = 200;

/// Improvements that can be drawn.
using History = std::vector<std::pair<uint64_t, double>>;

/// What is drawn of a search.
struct CurveData {
  const char *label;
  bool costs; ///< in microseconds, none below 0; else scores
  uint64_t evaluations;
  std::optional<double> optimum;
  History history; ///< not empty

  std::string tick(double value, double step, double end) const {
    return costs ? axisTime(value, step, end) : axisNumber(value, step);
  }
  std::string text(double value) const { return costs ? timeText(value) : scoreText(value); }
};

class Curve {
public:
  explicit Curve(const CurveData &data);
  std::string str() const { return svg.str(); }

private:
  double x(double evaluation) const {
    return kLeft + kWidth * std::log10(std::max(evaluation, 1.0)) / decades;
  }
  double y(double value) const { return kTop + kHeight * (high - value) / (high - low); }
  void drawAxes();
  void drawOptimum(double value);
  void drawSteps();

  const CurveData &data;
  double last, decades, low, high;
  Svg svg;
};

AxisRange rangeOf(const CurveData &data) {
  double low = data.history.front().second, high = low;
  for (auto &[evaluation, value] : data.history) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (data.optimum) {
    low = std::min(low, *data.optimum);
    high = std::max(high, *data.optimum);
  }
  if (!data.costs)
    return paddedRange(low, high, 0.12, 0.02);
  // Also where costs differ by their last digits only.
  double margin = std::max({(high - low) * 0.12, high * 0.02, 1e-3});
  return {std::max(low - margin, 0.0), high + margin};
}

Curve::Curve(const CurveData &data)
    : data(data), svg(kLeft + kWidth + 24, kTop + kHeight + 42, "curve", data.label) {
  last = std::max(double(data.evaluations), double(data.history.back().first));
  decades = std::max(std::log10(std::max(last, 1.0)), 1.0);
  AxisRange range = rangeOf(data);
  low = range.low;
  high = range.high;
  drawAxes();
  if (data.optimum)
    drawOptimum(*data.optimum);
  drawSteps();
}

/// Evaluations by decades, for improvements crowd at the begin.
void Curve::drawAxes() {
  double step = axisStep(high - low, 5);
  for (double value = std::ceil(low / step) * step; value <= high; value += step) {
    svg.line(kLeft, y(value), kLeft + kWidth, y(value), "grid");
    svg.text(kLeft - 8, y(value) + 4, data.tick(value, step, high), "tick", Svg::end);
  }
  for (double evaluation = 1; std::log10(evaluation) <= decades + 1e-9; evaluation *= 10) {
    svg.line(x(evaluation), kTop, x(evaluation), kTop + kHeight, "grid");
    svg.text(x(evaluation), kTop + kHeight + 17, countText(evaluation), "tick", Svg::middle);
  }
  svg.text(kLeft + kWidth, kTop + kHeight + 36, "evaluations", "tick", Svg::end);
}

void Curve::drawOptimum(double value) {
  svg.line(kLeft, y(value), kLeft + kWidth, y(value), "optimum");
  svg.text(kLeft + 6, y(value) + 15, "optimum " + data.text(value), "faint");
}

void Curve::drawSteps() {
  std::string steps;
  for (auto &[evaluation, value] : data.history)
    steps += (steps.empty() ? "M" + pixels(x(double(evaluation))) + " " + pixels(y(value))
                            : "H" + pixels(x(double(evaluation))) + "V" + pixels(y(value)));
  svg.path(steps + "H" + pixels(x(last)), "best");
  for (auto &[evaluation, value] : data.history) {
    double px = x(double(evaluation)), py = y(value);
    svg.rect(px - 3, py - 3, 6, 6, "dot", 3,
             data.text(value) + " at evaluation " + std::to_string(evaluation));
  }
  double best = data.history.back().second;
  svg.text(x(last), y(best) - 8, data.text(best), "name", Svg::end);
}

} // namespace

std::string searchCurve(const Report &report) {
  const ReportSearch &search = report.search;
  CurveData data{"The best cost found so far", true, search.evaluations, search.optimum, {}};
  for (auto &[evaluation, cost] : search.history)
    if (std::isfinite(cost) && cost >= 0)
      data.history.push_back({evaluation, cost});
  if (data.optimum && !std::isfinite(*data.optimum))
    data.optimum.reset();
  return data.history.empty() ? "" : scrolled(Curve(data).str());
}

std::string scoreCurve(const StrategyReport &report) {
  CurveData data{"The best score found so far", false, report.tried, std::nullopt, {}};
  for (auto &[sample, score] : report.history)
    if (std::isfinite(score))
      data.history.push_back({sample, score});
  bool drawn = !data.history.empty() && rangeOf(data).isUsable();
  return drawn ? scrolled(Curve(data).str()) : "";
}

} // namespace snc
