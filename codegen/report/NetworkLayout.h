// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the drawing of the branched network puts things: top to bottom, a lane a
// unit. Private to codegen/report. Lengths are CSS pixels.

#ifndef SNC_CODEGEN_REPORT_NETWORKLAYOUT_H
#define SNC_CODEGEN_REPORT_NETWORKLAYOUT_H

#include "codegen/report/Report.h"

namespace snc {

struct NetworkLayout {
  static constexpr double nodeHeight = 22, nodeGap = 6, headHeight = 18, syncHeight = 20,
                          segmentGap = 22, laneGap = 14, laneLeft = 104, trackStep = 8;

  /// Nodes of one segment, as high and in such lanes as they are drawn.
  struct Segment {
    const PlanSegment *plan;
    std::vector<int64_t> lanes; ///< that compute something
    double top, bottom;         ///< with the head above and without the sync below
    double syncTop = -1;        ///< of the bar behind a split; -1 for none
    double end() const { return syncTop < 0 ? bottom : syncTop + syncHeight; }
  };
  /// A value that is read elsewhere than straight below: a line in the right margin.
  struct Bus {
    int64_t source;
    std::vector<int64_t> readers;
    size_t track; ///< 0 is next to the lanes
  };

  double width, height, laneWidth;
  std::vector<Segment> segments;
  std::vector<double> nodeTop;     ///< of each node
  std::vector<size_t> segmentOf;   ///< of each node
  std::vector<int64_t> laneBefore; ///< paths: the node above in the same lane; -1 for none
  std::vector<Bus> buses;

  double left(int64_t lane) const { return laneLeft + double(lane) * (laneWidth + laneGap); }
  double center(int64_t lane) const { return left(lane) + laneWidth / 2; }
  double right(int64_t lane) const { return left(lane) + laneWidth; }
};

NetworkLayout layoutNetwork(const Report &report);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_NETWORKLAYOUT_H
