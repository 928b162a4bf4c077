// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the figure of a searched network puts things: left to right, a lane a branch,
// the base network's above them, its blocks over those that came of them. Private to
// codegen/report. Lengths are CSS pixels.

#ifndef SNC_CODEGEN_REPORT_STRATEGY_STRATEGYLAYOUT_H
#define SNC_CODEGEN_REPORT_STRATEGY_STRATEGYLAYOUT_H

#include "codegen/report/StrategyReport.h"

namespace snc {

struct StrategyLayout {
  static constexpr double left = 124, top = 44, right = 10, pitch = 72, boxWidth = 54,
                          boxHeight = 64, lane = 122, fork = 44, join = 64, noJoin = 12,
                          radius = 13;

  explicit StrategyLayout(const StrategyReport &report);

  double width, height;
  int64_t widest;                 ///< expanded channels that are as high as a box can be
  std::vector<double> begin, end; ///< of stages, from left to right
  double stemLeft, headLeft;
  size_t lanes; ///< of the searched network

  /// Middle of the boxes of the base and of branch `branch`.
  double baseY() const { return top + boxHeight / 2; }
  double laneY(size_t branch) const { return baseY() + lane * double(branch + 1); }
  /// Of what the branches share.
  double sharedY() const { return (laneY(0) + laneY(lanes - 1)) / 2; }
  double blockLeft(size_t stage, size_t block) const {
    return begin[stage] + pitch * double(block) + (pitch - boxWidth) / 2;
  }
  /// Middle of the sync behind a stage.
  double joinX(size_t stage) const { return end[stage] + join / 2; }
  double heightOf(int64_t channels) const;
};

} // namespace snc

#endif // SNC_CODEGEN_REPORT_STRATEGY_STRATEGYLAYOUT_H
