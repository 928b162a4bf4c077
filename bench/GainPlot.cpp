// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GainPlot.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace snc::bench {

namespace {
constexpr double kLeft = 60, kTop = 24, kWidth = 560, kHeight = 300;
/// Hues of Okabe and Ito (2008), which colour-blind people tell apart.
constexpr const char *kColours[] = {"#0072b2", "#009270", "#c98500", "#b0548c"};

double xOf(double syncUs) { return kLeft + kWidth * std::log10(syncUs) / 3; }
double yOf(double gain) { return kTop + kHeight * (2.05 - gain) / 1.15; }

void axis(llvm::raw_ostream &os) {
  for (double gain = 1; gain < 2.01; gain += 0.25) {
    double y = yOf(gain);
    os << llvm::format("<line x1=\"%.0f\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
                       kLeft, y, kLeft + kWidth, y)
       << llvm::format("<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.2fx</text>\n", kLeft - 8,
                       y + 4, gain);
  }
  for (double sync : {1, 10, 100, 1000})
    os << llvm::format("<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.0f us</text>\n",
                       xOf(sync), kTop + kHeight + 20, sync);
  os << llvm::format("<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">what a sync between CPU "
                     "and GPU costs</text>\n",
                     kLeft + kWidth / 2, kTop + kHeight + 42);
}

void draw(llvm::raw_ostream &os, const GainLine &line, size_t position) {
  const char *colour = kColours[position % std::size(kColours)];
  std::string band, mean;
  llvm::raw_string_ostream bands(band), means(mean);
  for (const GainPoint &p : line.points) {
    bands << llvm::format("%.1f,%.1f ", xOf(p.syncUs), yOf(p.most));
    means << llvm::format("%.1f,%.1f ", xOf(p.syncUs), yOf(p.mean));
  }
  for (size_t i = line.points.size(); i-- > 0;)
    bands << llvm::format("%.1f,%.1f ", xOf(line.points[i].syncUs), yOf(line.points[i].least));
  os << "<polygon points=\"" << band << "\" fill=\"" << colour << "\" opacity=\"0.12\"/>\n"
     << "<polyline points=\"" << mean << "\" fill=\"none\" stroke=\"" << colour
     << "\" stroke-width=\"2.5\"/>\n"
     << llvm::format("<text x=\"%.0f\" y=\"%.0f\" font-weight=\"600\" fill=\"", kLeft + kWidth - 90,
                     kTop + 16 + 18 * double(position))
     << colour << "\">" << line.name << "</text>\n";
}
} // namespace

std::string gainPlot(const std::vector<GainLine> &lines) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"660\" height=\"380\" "
        "viewBox=\"0 0 660 380\" font-family=\"system-ui,sans-serif\" font-size=\"12\" "
        "role=\"img\" aria-label=\"Gain of branches on CPU and GPU over the better device\">\n"
        "<rect width=\"660\" height=\"380\" fill=\"#fff\"/>\n";
  axis(os);
  for (size_t i = 0; i < lines.size(); ++i)
    draw(os, lines[i], i);
  os << "</svg>\n";
  return text;
}

} // namespace snc::bench
