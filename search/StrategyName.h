// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SNC_SEARCH_STRATEGYNAME_H
#define SNC_SEARCH_STRATEGYNAME_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace snc {

/// As SyncNAS (Kang et al., LCTES 2023) names strategies: number of syncs, the rising places that
/// they follow, their kinds (a: add, c: concat), "sync3_046_aaa"; with dashes between the places
/// where one has two digits, "sync2_4-11_ac". Without syncs "sync0".
std::string strategyName(llvm::ArrayRef<int64_t> places, llvm::StringRef kinds);

} // namespace snc

#endif // SNC_SEARCH_STRATEGYNAME_H
