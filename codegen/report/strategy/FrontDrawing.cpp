// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/report/Axis.h"
#include "codegen/report/Page.h"
#include "codegen/report/ReportText.h"
#include "codegen/report/Svg.h"
#include "codegen/report/strategy/StrategyParts.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace snc {

namespace {

constexpr double kLeft = 72, kTop = 26, kWidth = 660, kHeight = 280;

/// What can be drawn.
std::vector<StrategySample> finiteSamples(const StrategyReport &report) {
  std::vector<StrategySample> samples;
  for (const StrategySample &sample : report.samples)
    if (std::isfinite(sample.us) && sample.us >= 0 && std::isfinite(sample.score))
      samples.push_back(sample);
  return samples;
}

class Scatter {
public:
  Scatter(const StrategyReport &report, const std::vector<StrategySample> &samples);
  bool isUsable() const { return across.isUsable() && up.isUsable(); }
  std::string run();

private:
  double x(double us) const { return kLeft + kWidth * (us - across.low) / width(across); }
  double y(double score) const { return kTop + kHeight * (up.high - score) / width(up); }
  static double width(const AxisRange &range) { return range.high - range.low; }
  void drawAxes();
  void drawBase();
  void drawFront(const std::vector<size_t> &front);
  void drawSamples(const std::vector<size_t> &front);
  void drawChosen();
  void drawDot(const StrategySample &sample, double radius, const std::string &classes);
  bool isBaseScored() const { return report.base.score && std::isfinite(*report.base.score); }

  const StrategyReport &report;
  const std::vector<StrategySample> &samples;
  AxisRange across, up;
  Svg svg;
};

/// Candidates fill one budget, so their latencies may differ by little; the base's is in the
/// picture only where that leaves them apart.
Scatter::Scatter(const StrategyReport &report, const std::vector<StrategySample> &samples)
    : report(report), samples(samples), svg(kLeft + kWidth + 30, kTop + kHeight + 44, "scatter",
                                            "Scores of the samples against their latencies") {
  auto [fast, slow] = std::minmax_element(samples.begin(), samples.end(),
                                          [](auto &a, auto &b) { return a.us < b.us; });
  auto [worst, best] = std::minmax_element(samples.begin(), samples.end(),
                                           [](auto &a, auto &b) { return a.score < b.score; });
  double low = fast->us, high = slow->us, base = report.base.us;
  double room = std::max(high - low, high * 0.002);
  if (base >= low - room && base <= high + room) {
    low = std::min(low, base);
    high = std::max(high, base);
  }
  across = paddedRange(low, high, 0.06, 2e-5);
  across.low = std::max(across.low, 0.0);
  double worstScore = worst->score, bestScore = best->score;
  if (isBaseScored()) {
    worstScore = std::min(worstScore, *report.base.score);
    bestScore = std::max(bestScore, *report.base.score);
  }
  up = paddedRange(worstScore, bestScore, 0.08, 1e-3);
}

void Scatter::drawAxes() {
  double step = axisStep(width(up), 6);
  for (double score = std::ceil(up.low / step) * step; score <= up.high; score += step) {
    svg.line(kLeft, y(score), kLeft + kWidth, y(score), "grid");
    svg.text(kLeft - 8, y(score) + 4, axisNumber(score, step), "tick", Svg::end);
  }
  step = axisStep(width(across), 6);
  for (double us = std::ceil(across.low / step) * step; us <= across.high; us += step) {
    svg.line(x(us), kTop, x(us), kTop + kHeight, "grid");
    svg.text(x(us), kTop + kHeight + 17, axisTime(us, step, across.high), "tick", Svg::middle);
  }
  svg.text(kLeft - 8, 12, "score", "tick", Svg::end);
  const char *unit = across.high >= 1e6 ? "s" : across.high >= 1e3 ? "ms" : "us";
  svg.text(kLeft + kWidth, kTop + kHeight + 38, std::string("predicted latency in ") + unit, "tick",
           Svg::end);
}

/// Its latency on the best single unit: a line, or at which side it is; and its score, at that
/// latency or at the edge.
void Scatter::drawBase() {
  double us = report.base.us, px = std::clamp(x(us), kLeft, kLeft + kWidth);
  std::string words = "base " + timeText(us, 5);
  if (us >= across.low && us <= across.high) {
    svg.line(px, kTop, px, kTop + kHeight, "optimum");
    bool atRight = px > kLeft + kWidth / 2;
    svg.text(px, kTop - 8, words, "faint", atRight ? Svg::end : Svg::start);
  } else if (us < across.low) {
    svg.text(kLeft + 8, kTop - 8, "\u2190 " + words, "faint");
  } else {
    svg.text(kLeft + kWidth, kTop - 8, words + " \u2192", "faint", Svg::end);
  }
  if (isBaseScored())
    svg.rect(px - 4.5, y(*report.base.score) - 4.5, 9, 9, "base", 0,
             "base \u00b7 score " + scoreText(*report.base.score) + " \u00b7 " + timeText(us, 5));
}

/// Steps: what a latency can have.
void Scatter::drawFront(const std::vector<size_t> &front) {
  std::string steps;
  for (size_t i : front) {
    std::string px = pixels(x(samples[i].us)), py = pixels(y(samples[i].score));
    steps += steps.empty() ? "M" + px + " " + py : "H" + px + "V" + py;
  }
  svg.path(steps + "H" + pixels(kLeft + kWidth), "front");
}

void Scatter::drawDot(const StrategySample &sample, double radius, const std::string &classes) {
  svg.rect(x(sample.us) - radius, y(sample.score) - radius, 2 * radius, 2 * radius, classes, radius,
           sample.name + " \u00b7 score " + scoreText(sample.score) + " \u00b7 " +
               timeText(sample.us, 5));
}

/// Of those in one place the first.
void Scatter::drawSamples(const std::vector<size_t> &front) {
  std::set<size_t> best(front.begin(), front.end());
  std::set<std::pair<int64_t, int64_t>> taken;
  for (size_t i = 0; i < samples.size(); ++i) {
    std::pair<int64_t, int64_t> place(std::lround(x(samples[i].us)),
                                      std::lround(y(samples[i].score)));
    if (!best.contains(i) && taken.insert(place).second)
      drawDot(samples[i], 2.5, "sample");
  }
  for (size_t i : front)
    drawDot(samples[i], 3.5, "on-front");
}

void Scatter::drawChosen() {
  for (const StrategySample &sample : samples) {
    if (sample.name != report.chosen.name)
      continue;
    drawDot(sample, 7, "found");
    bool atRight = x(sample.us) > kLeft + kWidth / 2;
    svg.text(x(sample.us) + (atRight ? -11 : 11), y(sample.score) - 9, shortened(sample.name, 40),
             "label", atRight ? Svg::end : Svg::start);
    return;
  }
}

std::string Scatter::run() {
  std::vector<size_t> front = frontOf(samples);
  drawAxes();
  drawBase();
  drawFront(front);
  drawSamples(front);
  drawChosen();
  return svg.str();
}

} // namespace

std::string frontDrawing(const StrategyReport &report) {
  std::vector<StrategySample> samples = finiteSamples(report);
  if (samples.empty())
    return "";
  Scatter scatter(report, samples);
  return scatter.isUsable() ? scrolled(scatter.run()) : "";
}

} // namespace snc
