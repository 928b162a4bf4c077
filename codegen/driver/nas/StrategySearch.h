// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search of --nas by evaluator programs, from options to a folder (docs/nas.md).

#ifndef SNC_CODEGEN_DRIVER_NAS_STRATEGYSEARCH_H
#define SNC_CODEGEN_DRIVER_NAS_STRATEGYSEARCH_H

#include "codegen/driver/nas/NasMode.h"

namespace snc {

/// Searches as the options say, writes network.json, network.onnx, results.json, search.json,
/// search.html and, unless the options do without, the library into the output folder, all or none,
/// and prints what was found to `out`. An interrupt ends the search with what is known. Returns as
/// compileModel; 130 where nothing was found until an interrupt.
llvm::Expected<int> searchAndWrite(const NasSpace &space, const CompilerOptions &options,
                                   llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_NAS_STRATEGYSEARCH_H
