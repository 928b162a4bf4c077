// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From what the user said about devices and plans to a branch plan.

#ifndef SNC_CODEGEN_DRIVER_PLANNING_H
#define SNC_CODEGEN_DRIVER_PLANNING_H

#include "codegen/driver/Compiler.h"

namespace snc {

/// Processors that this process may run on.
unsigned processors();

/// The units that `devices` names: "cpu" (all `threads`, in two groups where
/// there are two), or a list such as "cpu:1,cpu:3", the threads of each.
llvm::Expected<std::vector<PlanUnit>> parseDevices(llvm::StringRef devices, int64_t threads);

/// Eighths of each unit, "5:3"; false where they are not.
bool parseShares(llvm::StringRef text, std::vector<int64_t> &shares);

/// "20ms", "800us" or "0.5s", above 0, in milliseconds; false where it is none.
bool parseMilliseconds(llvm::StringRef text, double &milliseconds);

/// Reads and verifies a plan.json.
llvm::Expected<BranchPlan> readPlan(llvm::StringRef path);

/// Searches for the plan as the options say. An interrupt ends the search with
/// the best plan so far, which `err` is told.
PlanningResult planOnDevice(const PlanCost &cost, const CompilerOptions &options,
                            llvm::raw_ostream &err);

/// A text that is the same when all is that costs depend on; the GPU's numbers only where there
/// is one.
std::string numbersOf(const DeviceDescription &device, bool withGpu);

/// As --search names it.
llvm::StringRef plannerName(PlannerKind kind);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_PLANNING_H
