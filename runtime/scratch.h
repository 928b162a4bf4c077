/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A bump stack for one thread's temporary blocks. Its memory belongs to the
 * context; blocks may be freed in any order, and their room comes back once
 * everything above them is free.
 */
#ifndef SNC_RUNTIME_SCRATCH_H
#define SNC_RUNTIME_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Blocks that may live at once on one thread; kernels hold a handful. */
#define SNC_SCRATCH_BLOCKS 64

/* Used by one thread at a time. */
typedef struct snc_scratch {
  uint8_t *base; /* aligned to SNC_SCRATCH_ALIGNMENT */
  uint64_t size;
  uint64_t top; /* first free byte */
  uint32_t count;
  /* Offsets of the live blocks, lowest first; the low bit marks a freed one. */
  uint64_t blocks[SNC_SCRATCH_BLOCKS];
} snc_scratch;

void snc_scratch_init(snc_scratch *scratch, void *base, uint64_t size);

/* Frees every block. */
void snc_scratch_reset(snc_scratch *scratch);

/* NULL when there is no room, or for too many blocks. */
void *snc_scratch_alloc(snc_scratch *scratch, uint64_t bytes);

/* Returns 0 when `block` is not a live block of this stack. NULL is fine. */
int snc_scratch_free(snc_scratch *scratch, const void *block);

#endif /* SNC_RUNTIME_SCRATCH_H */
