// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fetches the next panel of weights into cache while this one is computed.

#ifndef SNC_CODEGEN_SCHEDULE_PREFETCHWEIGHTS_H
#define SNC_CODEGEN_SCHEDULE_PREFETCHWEIGHTS_H

#include "Halide.h"

#include <cstdint>
#include <memory>
#include <string>

namespace snc {

/// Where the loops of a kernel over panels of weights are, and how much there is to
/// fetch. Loops are known by how their names end.
struct WeightPrefetch {
  std::string buffer;              ///< the weights' argument
  std::string panel;               ///< the loop over panels
  std::string strip;               ///< the loop over strips of panels, around `panel`
  std::string row, tile;           ///< loops over rows and over tiles of a row, inside that
  std::string reduction;           ///< the loop inside those that gets the prefetches
  int64_t tilesPerRow = 1;         ///< iterations of `tile`
  int64_t rows = 1;                ///< iterations of `row`
  int64_t steps = 1;               ///< iterations of `reduction`
  int64_t panelsPerStrip = 0;      ///< iterations of `panel`, where there is `strip`
  int64_t panelElements = 0;       ///< floats of a panel; panels lie one behind the other
  int64_t first = 0, elements = 0; ///< what is fetched, counted from the panel's first float
};

/// A pass that, in each iteration of `reduction`, prefetches an equal share of the
/// panel after the current one: bursts of hundreds of prefetches would stall. Halide's
/// own directive fetches all of what an iteration of one loop reads, so it cannot share
/// it out over another. Behind the last panel lie the weights of the kernels that run
/// next; a prefetch never faults. Loops that the kernel lacks count as one iteration,
/// and without `panel` or `reduction` nothing is added.
std::unique_ptr<Halide::Internal::IRMutator> prefetchWeights(const WeightPrefetch &prefetch);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_PREFETCHWEIGHTS_H
