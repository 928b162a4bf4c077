// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the text and the page both derive from a report; private to codegen/report.

#ifndef SNC_CODEGEN_REPORT_REPORTFACTS_H
#define SNC_CODEGEN_REPORT_REPORTFACTS_H

#include "codegen/report/Report.h"

namespace snc {

/// "all", "single", "rows", "channels", "add", "paths".
const char *kindName(SegmentKind kind);

/// What joins a split behind it: "add", "concat", "join"; empty for no split. The
/// first letter is its sign in strategies.
const char *syncName(const PlanSegment &segment);

/// The units that compute something of the segment, in order.
std::vector<int64_t> activeUnits(const BranchPlan &plan, const PlanSegment &segment);

/// Who runs a segment: "all units", "cpu0", "5/8 + 3/8", "3 + 4 nodes".
std::string whereText(const BranchPlan &plan, const PlanSegment &segment);

/// Copies between host and GPU, of a segment or of the whole run (null).
struct CopyFacts {
  int64_t uploads = 0, downloads = 0;
  double uploadBytes = 0, downloadBytes = 0, us = 0;
};
CopyFacts copiesOf(const Report &report, const PlanSegment *segment = nullptr);
/// "20 up, 512 KB; 18 down, 1.02 MB; 64.0 us of the GPU's queue"; empty for none.
std::string copiesText(const CopyFacts &facts);

/// "1 thread", "4 nodes".
std::string counted(int64_t count, const char *what);

/// The name of node `node`, unprinted; "node 7" where the report has none.
std::string nodeName(const Report &report, int64_t node);

/// Whether a span can be drawn: of a unit of the plan, finite, and not backwards.
bool isShown(const Report &report, const ReportSpan &span);

/// Microseconds from the first to the last moment that the timeline knows of the
/// segment; nullopt where it knows none.
std::optional<double> segmentTime(const Report &report, const PlanSegment &segment);

/// The end of the timeline in microseconds, 0 for none.
double timelineEnd(const Report &report);

/// What verdicts compare.
struct Comparison {
  bool measured = false; ///< all choices have measurements, which then count
  const ReportChoice *chosen = nullptr, *bestUnsplit = nullptr, *bestSplit = nullptr;

  /// Microseconds; infinity for what is not a positive number.
  double cost(const ReportChoice &choice) const;
};
/// The best are sought among all choices; the first of equals. Points into `report`.
Comparison compareChoices(const Report &report);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_REPORTFACTS_H
