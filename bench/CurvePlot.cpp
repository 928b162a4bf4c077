// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CurvePlot.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace snc::bench {

namespace {
constexpr double kLeft = 60, kTop = 24, kWidth = 520, kHeight = 320;
/// Hues of Okabe and Ito (2008), which colour-blind people tell apart.
constexpr const char *kColours[] = {"#0072b2", "#d55e00", "#009270", "#b0548c",
                                    "#c98500", "#56b4e9", "#555"};

class Drawing {
public:
  Drawing(const ScorePlot &plot, llvm::raw_ostream &os) : plot(plot), os(os) {
    size_t most = 2;
    for (const ScoreCurve &curve : plot.curves)
      most = std::max(most, curve.best.size());
    decades = std::log10(double(most));
  }

  void axes() {
    double top = yOf(plot.optimum), bottom = yOf(plot.good);
    os << llvm::format("<rect x=\"%.0f\" y=\"%.1f\" width=\"%.0f\" height=\"%.1f\" "
                       "fill=\"#009270\" opacity=\"0.15\"/>\n",
                       kLeft, top, kWidth, bottom - top)
       << llvm::format("<text x=\"%.0f\" y=\"%.1f\">within the noise of the best</text>\n",
                       kLeft + 8, top - 4);
    for (int i = 0; i <= 5; ++i) {
      double score = plot.least + (plot.optimum - plot.least) * i / 5, y = yOf(score);
      os << llvm::format("<line x1=\"%.0f\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\" "
                         "stroke=\"#ddd\"/>\n",
                         kLeft, y, kLeft + kWidth, y)
         << llvm::format("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>\n", kLeft - 8,
                         y + 4, score);
    }
    for (double count : {1, 3, 10, 30, 100, 300, 1000, 3000})
      if (std::log10(count) <= decades)
        os << llvm::format("<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.0f</text>\n",
                           xOf(count), kTop + kHeight + 20, count);
    os << llvm::format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">evaluations</text>\n",
                       kLeft + kWidth / 2, kTop + kHeight + 40);
  }

  void curve(size_t position) {
    const ScoreCurve &curve = plot.curves[position];
    const char *colour = kColours[position % std::size(kColours)];
    os << "<polyline fill=\"none\" stroke=\"" << colour << "\" stroke-width=\"2\" points=\"";
    for (size_t i = 0; i < curve.best.size(); ++i)
      if (curve.best[i] >= plot.least)
        os << llvm::format("%.1f,%.1f ", xOf(double(i + 1)), yOf(curve.best[i]));
    os << "\"/>\n";
    double y = kTop + kHeight - 14 - 18 * double(plot.curves.size() - 1 - position);
    os << llvm::format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\" font-weight=\"600\" "
                       "fill=\"%s\">",
                       kLeft + kWidth - 8, y, colour)
       << curve.name << "</text>\n";
  }

private:
  double xOf(double count) const { return kLeft + kWidth * std::log10(count) / decades; }
  double yOf(double score) const {
    return kTop + kHeight * (plot.optimum - score) / (plot.optimum - plot.least);
  }

  const ScorePlot &plot;
  llvm::raw_ostream &os;
  double decades;
};
} // namespace

std::string scorePlot(const ScorePlot &plot) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"620\" height=\"400\" "
        "viewBox=\"0 0 620 400\" font-family=\"system-ui,sans-serif\" font-size=\"12\" "
        "role=\"img\" aria-label=\"Mean best score over evaluations\">\n"
        "<rect width=\"620\" height=\"400\" fill=\"#fff\"/>\n";
  Drawing drawing(plot, os);
  drawing.axes();
  for (size_t i = 0; i < plot.curves.size(); ++i)
    drawing.curve(i);
  os << "</svg>\n";
  return text;
}

} // namespace snc::bench
