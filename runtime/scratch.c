/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The per-thread bump stack behind halide_malloc.
 */
#include "scratch.h"

#include "snc_model.h"

#define FREED UINT64_C(1)

void snc_scratch_init(snc_scratch *scratch, void *base, uint64_t size) {
  scratch->base = base;
  scratch->size = size;
  snc_scratch_reset(scratch);
}

void snc_scratch_reset(snc_scratch *scratch) {
  scratch->top = 0;
  scratch->count = 0;
}

void *snc_scratch_alloc(snc_scratch *scratch, uint64_t bytes) {
  uint64_t room = scratch->size - scratch->top;
  if (bytes > room || scratch->count == SNC_SCRATCH_BLOCKS)
    return NULL;
  /* Size and top are multiples of the alignment, so the rounded size fits too;
   * an empty block still gets an address of its own where there is room. */
  uint64_t rounded = (bytes + SNC_SCRATCH_ALIGNMENT - 1) & ~(uint64_t)(SNC_SCRATCH_ALIGNMENT - 1);
  if (rounded > room)
    return NULL;
  void *block = scratch->base + scratch->top;
  scratch->blocks[scratch->count++] = scratch->top;
  scratch->top += rounded;
  return block;
}

int snc_scratch_free(snc_scratch *scratch, const void *block) {
  if (!block)
    return 1;
  uint64_t offset = (uint64_t)((const uint8_t *)block - scratch->base);
  uint32_t i = scratch->count;
  while (i > 0 && scratch->blocks[i - 1] != offset)
    --i;
  if (i == 0)
    return 0;
  scratch->blocks[i - 1] |= FREED;
  while (scratch->count > 0 && (scratch->blocks[scratch->count - 1] & FREED)) {
    --scratch->count;
    scratch->top = scratch->blocks[scratch->count] & ~FREED;
  }
  return 1;
}
