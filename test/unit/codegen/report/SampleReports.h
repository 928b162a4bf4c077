// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports to test with.

#ifndef SNC_TEST_UNIT_CODEGEN_REPORT_SAMPLEREPORTS_H
#define SNC_TEST_UNIT_CODEGEN_REPORT_SAMPLEREPORTS_H

#include "codegen/report/Report.h"

namespace snc {

/// Every kind of segment on two units, three choices (branches chosen: 2840 us
/// measured against 3720), a search with a known optimum.
Report branchedReport();

/// branchedReport() on a CPU and a GPU, with copies of 1000 and 2500 bytes up before the
/// first segment and 64 KB down for the last, 15 us of all.
Report gpuReport();

/// `nodes` nodes in `segments` segments on `units` units, by `seed`.
Report largeReport(int64_t nodes, int64_t segments, int64_t units, unsigned seed);

/// Puts spans on the timeline: nodes in order, a microsecond count by node, waits
/// where a unit has nothing.
void fillTimeline(Report &report);

} // namespace snc

#endif // SNC_TEST_UNIT_CODEGEN_REPORT_SAMPLEREPORTS_H
