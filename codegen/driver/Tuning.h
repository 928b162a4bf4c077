// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Schedules by measurement on this machine. Kernels are timed in the network that
// they are from, among its caches and neighbours: each round compiles the network
// with another schedule for every kernel that has untried ones, and runs it in turns
// with the network as the model has it.

#ifndef SNC_CODEGEN_DRIVER_TUNING_H
#define SNC_CODEGEN_DRIVER_TUNING_H

#include "codegen/driver/Compiler.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>

namespace snc {

/// One kernel of a network at the kernel level.
struct TunableKernel {
  std::string key;               ///< scheduleKey()
  std::string symbol;            ///< under its present schedule
  std::vector<std::string> menu; ///< scheduleText(), the model's choice first
  int64_t launches = 0;
};

/// The kernels of a module after the kernel pipeline.
std::vector<TunableKernel> tunableKernels(mlir::ModuleOp module, bool winograd);

struct TuneResult {
  std::string choices;             ///< path, for PipelineOptions::scheduleChoices
  size_t kernels = 0, changed = 0; ///< distinct ones; with another than the model's schedule
  size_t rounds = 0;               ///< measured now
  size_t untried = 0;              ///< schedules that no time is known of
  double modelUs = 0, tunedUs = 0; ///< all launches of kernels with known times, together
  bool interrupted = false;

  /// "tuned    3 of 33 kernels ...", one line.
  std::string summary() const;
};

/// Compiles the model with other options and tells of its kernels; false after an
/// error that was shown.
using CompileForTuning = std::function<bool(const CompilerOptions &, std::vector<TunableKernel> &)>;

/// Measures for `options.tuneSeconds` (a round that has begun is ended), or until
/// all is known, and chooses the fastest known schedule of each kernel, the model's
/// unless another gains more than 2 %. Results are kept in the store, where the next
/// call finds them. Works in `folder`; Ctrl-C ends it with what is known so far. An
/// error for a target that does not run here, and where nothing could be measured.
llvm::Expected<TuneResult> tuneSchedules(const CompilerOptions &options, const std::string &folder,
                                         const CompileForTuning &compile);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_TUNING_H
