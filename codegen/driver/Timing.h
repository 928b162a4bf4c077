// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Libraries that were just compiled, run by the programs beside this one.

#ifndef SNC_CODEGEN_DRIVER_TIMING_H
#define SNC_CODEGEN_DRIVER_TIMING_H

#include "codegen/driver/Compiler.h"

#include <nlohmann/json_fwd.hpp>

namespace snc {

/// Runs a program without input, its standard output into the file `output`. An
/// error with what it said, where it fails. Files in between are in `scratch`.
llvm::Error runProgram(llvm::ArrayRef<llvm::StringRef> arguments, const std::string &output,
                       const std::string &scratch);

/// What `syncnas-run --benchmark --json` says of the library in folder `library`:
/// an object with a latency_ms.median, and kernels with a median_us each.
llvm::Expected<nlohmann::json> benchmarkLibrary(const CompilerOptions &options,
                                                const std::string &library, int rounds,
                                                const std::string &scratch);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_TIMING_H
