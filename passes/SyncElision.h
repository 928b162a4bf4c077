// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fewest events that order calls of different units as their data wants.

#ifndef SNC_PASSES_SYNCELISION_H
#define SNC_PASSES_SYNCELISION_H

#include "ir/CallOrder.h"

namespace snc {

/// `units[i]` is the unit of call i, `uses[i]` the earlier calls whose results
/// it reads. Returns events, by the call that waits, such that every call comes
/// after those it uses and no event could be left out: the edges between units
/// in the transitive reduction of the order.
std::vector<CallEvent> fewestEvents(llvm::ArrayRef<int64_t> units,
                                    llvm::ArrayRef<std::vector<int64_t>> uses);

} // namespace snc

#endif // SNC_PASSES_SYNCELISION_H
