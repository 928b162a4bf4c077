// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects what a report says from a plan and how it came about.

#ifndef SNC_CODEGEN_DRIVER_REPORTING_H
#define SNC_CODEGEN_DRIVER_REPORTING_H

#include "codegen/driver/Measure.h"
#include "codegen/report/Report.h"
#include "search/Planner.h"

namespace snc {

/// The report of `plan`, without model, target and version. `planning`: the
/// search that found it; `measured`: the measurements; either may be null.
Report makeReport(const PlanCost &cost, bool measuredCosts, const BranchPlan &plan,
                  const PlanningResult *planning, const MeasureResult *measured);

/// The search's part of it.
ReportSearch reportOf(const PlanningResult &planning, llvm::StringRef kind, uint64_t seed,
                      uint64_t budget);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_REPORTING_H
