// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long units do nothing because others are not done.

#ifndef SNC_TOOLS_PROFILE_WAITS_H
#define SNC_TOOLS_PROFILE_WAITS_H

#include "runtime/snc.h"

#include <vector>

namespace snc::profile {

/// Nanoseconds of one run, of all units together: for each stretch between two
/// steps of all threads (or an end of the run) in which units were at work, what
/// each of them did not spend in a step of its own. That is waits for a step of
/// another unit, waits for the last one at a join, and what syncs cost in
/// themselves. Events in any order; 0 for a model without branches.
double waitsAtSyncs(const std::vector<snc_trace_event> &events);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_WAITS_H
