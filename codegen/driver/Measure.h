// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Planning by measurement on this machine: compile a plan, run it, learn what
// its kernels took, plan again with that.

#ifndef SNC_CODEGEN_DRIVER_MEASURE_H
#define SNC_CODEGEN_DRIVER_MEASURE_H

#include "codegen/driver/Compiler.h"
#include "codegen/report/Report.h"

#include <functional>

namespace snc {

/// One way to run the network, compiled and run here.
struct MeasuredChoice {
  std::string name; ///< "one unit", "data-parallel", "branches"; with a GPU "gpu0 alone"
  BranchPlan plan;
  ReportSearch search;   ///< that found it
  double measuredUs = 0; ///< median of whole runs, all choices in turn
};

struct MeasureResult {
  std::vector<MeasuredChoice> choices; ///< in the order they were tried
  size_t chosen = 0;                   ///< the fastest
  std::string deviceFile;              ///< what was learnt, for --device
};

/// Compiles the model with other options and tells of its search; false after an
/// error that was shown.
using CompileOnce = std::function<bool(const CompilerOptions &, ReportSearch &)>;

/// Tries the network unsplit, and then up to `options.measureRounds` split plans,
/// each the best by what is known so far. Works in `folder`; Ctrl-C ends it with
/// the best so far. An error where nothing could be measured.
llvm::Expected<MeasureResult> measurePlans(const CompilerOptions &options,
                                           const std::string &folder, const CompileOnce &compile);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_MEASURE_H
