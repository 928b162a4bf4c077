// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What it costs when units wait for each other, measured with the runtime and
// steps that do nothing.

#ifndef SNC_TOOLS_PROFILE_SYNCCOST_H
#define SNC_TOOLS_PROFILE_SYNCCOST_H

#include <cstdint>
#include <optional>

namespace snc::profile {

/// How the steps of one run follow each other.
enum class SyncPattern {
  own,   ///< all on one unit, without waits
  turns, ///< two units take turns, each step waits for the one before
  phases ///< phases of two steps, which both units enter and leave together
};

struct SyncSetup {
  SyncPattern pattern = SyncPattern::turns;
  int threads = 2; ///< 1: all steps one after the other
  uint32_t spinUs = 100;
  int32_t first = -1, second = -1; ///< processors the threads stay on; -1: anywhere
};

/// Nanoseconds for each step, or each phase.
struct SyncSpread {
  double p10 = 0, median = 0, p90 = 0;
};

/// Some hundred runs of some hundred steps, for two seconds at most. The caller's
/// thread is the first one, its affinity is as before in the end. Throws RunError.
SyncSpread measureSync(const SyncSetup &setup);

/// Medians in microseconds.
struct SyncCosts {
  double syncUs = 0; ///< a step that waits for another unit's
  double forkUs = 0; ///< units begin and end together
  double stepUs = 0; ///< a step that waits for none
};

/// Between two threads pinned to processors that are no siblings of each other,
/// where there are such; nothing where the process has one processor. Throws
/// RunError.
std::optional<SyncCosts> measureSyncCosts();

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_SYNCCOST_H
