// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places buffers with known lifetimes into one arena (dynamic storage
// allocation, NP-hard in general). A pure algorithm: no IR, no global state,
// the same input gives the same plan.

#ifndef SNC_PASSES_ARENAPLANNER_H
#define SNC_PASSES_ARENAPLANNER_H

#include <cstdint>
#include <functional>
#include <vector>

namespace snc {

/// Bytes needed during the calls [begin, end], both included.
struct ArenaBlock {
  int64_t size;
  int64_t begin, end;
};

struct ArenaPlan {
  std::vector<int64_t> offsets; ///< one a block, in the given order
  int64_t size = 0;             ///< largest offset + size
};

/// The largest sum of block sizes alive at one call: no plan is smaller.
int64_t arenaLowerBound(const std::vector<ArenaBlock> &blocks);

/// True when blocks i and j may be in use at the same time, which can be at
/// more times than their calls say where calls run in parallel. Empty: they are
/// when their intervals meet.
using AliveTogether = std::function<bool(size_t i, size_t j)>;

/// Offsets that are multiples of `alignment`; blocks alive together do not
/// overlap. Tries several first-fit orders and keeps the smallest plan.
ArenaPlan planArena(const std::vector<ArenaBlock> &blocks, int64_t alignment,
                    const AliveTogether &together = {});

/// True when the offsets keep the promise of planArena.
bool isValidPlan(const std::vector<ArenaBlock> &blocks, const ArenaPlan &plan, int64_t alignment,
                 const AliveTogether &together = {});

} // namespace snc

#endif // SNC_PASSES_ARENAPLANNER_H
