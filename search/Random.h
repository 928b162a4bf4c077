// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random numbers that are the same with every standard library: the generators of
// <random> are portable, its distributions are not.

#ifndef SNC_SEARCH_RANDOM_H
#define SNC_SEARCH_RANDOM_H

#include <cassert>
#include <cstdint>
#include <random>

namespace snc {

/// Uniform in [0, count); `count` is not 0.
inline uint64_t randomBelow(std::mt19937_64 &random, uint64_t count) {
  assert(count > 0 && "nothing to draw from");
  uint64_t uneven = (UINT64_MAX % count + 1) % count; // numbers that would favour the first ones
  uint64_t drawn = random();
  while (drawn > UINT64_MAX - uneven)
    drawn = random();
  return drawn % count;
}

} // namespace snc

#endif // SNC_SEARCH_RANDOM_H
