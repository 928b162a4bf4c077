// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of the page, each as HTML; private to codegen/report. Empty where the
// report holds nothing to show.

#ifndef SNC_CODEGEN_REPORT_REPORTPARTS_H
#define SNC_CODEGEN_REPORT_REPORTPARTS_H

#include "codegen/report/Report.h"

namespace snc {

/// The style sheet, light and dark.
const char *reportStyle();

std::string choiceBars(const Report &report);
/// The branched network as SyncNAS draws it.
std::string networkDrawing(const Report &report);
std::string timelineDrawing(const Report &report);
std::string searchCurve(const Report &report);
std::string segmentTable(const Report &report);

/// Swatches that explain colours, of the kinds that the plan has.
std::string kindLegend(const BranchPlan &plan);

} // namespace snc

#endif // SNC_CODEGEN_REPORT_REPORTPARTS_H
