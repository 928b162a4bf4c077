// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a search of SyncNAS mode says on the terminal.

#ifndef SNC_CODEGEN_DRIVER_NAS_STRATEGYSUMMARY_H
#define SNC_CODEGEN_DRIVER_NAS_STRATEGYSUMMARY_H

#include "codegen/driver/nas/NasMode.h"
#include "nas/NasSearch.h"

namespace snc {

/// One line: how far a search of at most `budget` samples is.
std::string progressText(const NasProgress &now, uint64_t budget);

/// What was found and written to `folder`; `result` has a best candidate.
void printResult(const NasSpace &space, const NasSearchResult &result, llvm::StringRef folder,
                 llvm::raw_ostream &out);

/// Why a search has no best candidate.
llvm::Error nothingFound(const NasSearchResult &result);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_NAS_STRATEGYSUMMARY_H
