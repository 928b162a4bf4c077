/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Files that hold what a driver compiled, one for each key. A file holds its whole key, so
 * that one is never taken for another; broken files are as good as none. Any number
 * of processes may use a folder at once: files come by rename.
 */
#ifndef SNC_RUNTIME_GPU_CACHE_H
#define SNC_RUNTIME_GPU_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* A piece of a key; the pieces' sizes are part of it. */
typedef struct snc_cache_part {
  const void *data;
  size_t bytes;
} snc_cache_part;

typedef struct snc_cache {
  const char *folder; /* NULL: nothing is ever found or written */
  const snc_cache_part *key;
  uint32_t num_parts;
} snc_cache;

/* What was written under the key, freed by the caller; NULL: nothing usable. */
uint8_t *snc_cache_read(const snc_cache *cache, size_t *bytes);

/* Makes the folder where it is missing. Returns 0 when it could not be written; then there is
 * no file, or the one before. */
int snc_cache_write(const snc_cache *cache, const uint8_t *data, size_t bytes);

#endif /* SNC_RUNTIME_GPU_CACHE_H */
