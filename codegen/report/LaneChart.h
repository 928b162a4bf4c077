// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run over time, a row a unit; private to codegen/report. Lengths are CSS pixels,
// times microseconds.

#ifndef SNC_CODEGEN_REPORT_LANECHART_H
#define SNC_CODEGEN_REPORT_LANECHART_H

#include "codegen/report/Svg.h"

#include <vector>

namespace snc {

class LaneChart {
public:
  struct Shape {
    double labels;       ///< room for the units' names
    double width;        ///< of the time's axis
    double right, below; ///< margins
    int steps;           ///< of the axis, at most
    size_t nameLength;   ///< longer names are shortened to it
  };

  /// From 0 to `end` > 0.
  LaneChart(const Shape &shape, double end, const std::vector<std::string> &units);

  /// A span of the row `unit`; `thin` where nothing is at work. Returns how wide it is drawn: one
  /// too short to see is still there.
  double span(int64_t unit, double begin, double end, bool thin, const std::string &classes,
              const std::string &tooltip);
  /// Words on the row `unit`, `offset` from where a span of `begin` is drawn.
  void words(int64_t unit, double begin, double offset, const std::string &words,
             const std::string &classes, Svg::Anchor anchor);
  std::string str() const { return svg.str(); }

private:
  void drawAxis(double end);
  double x(double us) const { return shape.labels + us * scale; }
  static double y(int64_t unit);

  Shape shape;
  double scale, bottom;
  Svg svg;
};

} // namespace snc

#endif // SNC_CODEGEN_REPORT_LANECHART_H
