/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The 64-bit hash that ties a weights blob to its library. Header-only so that
 * the code generator and the runtime compute the same value. Finds accidents
 * (other model, cut or flipped bytes), not attackers.
 */
#ifndef SNC_RUNTIME_SNC_HASH_H
#define SNC_RUNTIME_SNC_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SNC_HASH_BASIS 0xcbf29ce484222325ull
#define SNC_HASH_PRIME 0x100000001b3ull

static inline uint64_t snc_hash_word(const unsigned char *p) {
  uint64_t w = 0;
  for (int i = 7; i >= 0; --i) /* little-endian on any host; one load */
    w = w << 8 | p[i];
  return w;
}

/* FNV-1a in four interleaved lanes of 64-bit words, then the odd bytes, then
 * the length; the shifts bring high bits down, which multiplication alone never
 * does. Every step is a bijection, so no single change goes unseen. Four lanes,
 * because one is bound by the multiplier's latency. */
static inline uint64_t snc_hash64(const void *data, size_t bytes) {
  const unsigned char *p = (const unsigned char *)data;
  uint64_t lane[4] = {SNC_HASH_BASIS, SNC_HASH_BASIS + 1, SNC_HASH_BASIS + 2, SNC_HASH_BASIS + 3};
  size_t left = bytes;
  for (; left >= 32; left -= 32, p += 32)
    for (int i = 0; i < 4; ++i) {
      uint64_t h = (lane[i] ^ snc_hash_word(p + 8 * i)) * SNC_HASH_PRIME;
      lane[i] = h ^ h >> 32;
    }
  uint64_t hash = SNC_HASH_BASIS;
  for (int i = 0; i < 4; ++i) {
    hash = (hash ^ lane[i]) * SNC_HASH_PRIME;
    hash ^= hash >> 32;
  }
  for (; left; --left, ++p)
    hash = (hash ^ *p) * SNC_HASH_PRIME;
  hash = (hash ^ bytes) * SNC_HASH_PRIME;
  return hash ^ hash >> 32;
}

#endif /* SNC_RUNTIME_SNC_HASH_H */
