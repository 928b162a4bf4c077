// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A drawing of the best score found over the number of evaluations.

#ifndef SNC_BENCH_CURVEPLOT_H
#define SNC_BENCH_CURVEPLOT_H

#include <string>
#include <vector>

namespace snc::bench {

struct ScoreCurve {
  std::string name;
  std::vector<double> best; ///< after 1, 2, ... evaluations
};

struct ScorePlot {
  std::vector<ScoreCurve> curves; ///< seven at most, each of at least one point
  double optimum = 0, good = 0;   ///< scores; from `good` to `optimum` is a band
  double least = 0;               ///< score at the bottom; below `good`
};

/// An SVG: evaluations on a logarithmic axis.
std::string scorePlot(const ScorePlot &plot);

} // namespace snc::bench

#endif // SNC_BENCH_CURVEPLOT_H
