// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A drawing of gains over the cost of a sync.

#ifndef SNC_BENCH_GAINPLOT_H
#define SNC_BENCH_GAINPLOT_H

#include <string>
#include <vector>

namespace snc::bench {

struct GainPoint {
  double syncUs, least, mean, most;
};

/// One speed of the GPU.
struct GainLine {
  std::string name;
  std::vector<GainPoint> points; ///< by sync
};

/// An SVG: the means as lines, least to most as bands, syncs on a logarithmic axis.
std::string gainPlot(const std::vector<GainLine> &lines);

} // namespace snc::bench

#endif // SNC_BENCH_GAINPLOT_H
