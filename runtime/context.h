/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a context is made of; shared by the runtime's own files. Everything here
 * lies in the one block that the allocator hook gave (see context_layout.c).
 */
#ifndef SNC_RUNTIME_CONTEXT_H
#define SNC_RUNTIME_CONTEXT_H

#include "scratch.h"
#include "snc_model.h"
#include "thread_pool.h"
#include "units.h"
#include "weights.h"

#include <stdatomic.h>

/* Keeps sums of a model's sizes far from overflow. */
#define SNC_SIZE_LIMIT (UINT64_C(1) << 46)

/* The user_context of kernels. Used by one thread at a time. */
struct snc_worker {
  _Alignas(SNC_CACHE_LINE) snc_context *context;
  uint32_t index;
  uint32_t members;   /* threads for a parallel loop met now, from this one on */
  uint32_t in_task;   /* a parallel loop met now runs serially, in place */
  uint32_t unit;      /* of the step it runs */
  uint32_t recording; /* the step's work for the GPU is noted, not done */
  uint64_t kernel_begin_ns;
  snc_scratch scratch;
};

/* Of gpu.h. */
typedef struct snc_gpu snc_gpu;

/* Offsets in the block. */
typedef struct snc_layout {
  uint64_t arena, scratch, context, slots, workers, buffers, events, starts;
  uint64_t arena_bytes, buffer_bytes, event_bytes, start_bytes;
  uint64_t scratch_bytes, worker_scratch_bytes; /* rounded up, for each thread */
  uint64_t bytes, alignment;
} snc_layout;

struct snc_context {
  snc_pool pool;
  const snc_model *model; /* in use: the given one, or its fallback */
  snc_options options;    /* complete: allocator set, threads resolved */
  void *block;
  snc_worker *workers;
  snc_buffer *buffers;
  int owns_memory; /* the block is libc's, not the allocator hook's */
  uint8_t *arena;  /* in the block, or the GPU's pinned one */
  const uint8_t *weights;
  snc_mapping *mapping;
  snc_units units;
  snc_layout layout; /* fits the model and its fallback */
  snc_gpu *gpu;      /* NULL where none is in use */
  snc_device_info device;
  int32_t dirty; /* the last run failed: scratch may hold forgotten blocks */
  /* What the GPU failed with; it stays. */
  _Atomic int32_t lost;
  _Alignas(SNC_CACHE_LINE) _Atomic int32_t busy;
  /* Of the current run: its first failure. Read often by all, so it shares its
   * line with nothing that changes. */
  _Alignas(SNC_CACHE_LINE) _Atomic int32_t status;
};

/* Of a context that can use the model and its fallback, one after the other. Returns 0
 * when the sizes overflow. */
int snc_layout_compute(const snc_model *model, uint32_t threads, snc_layout *layout);

/* What `threads` of the options means for this model; 0 when out of range. */
uint32_t snc_resolve_threads(const snc_model *model, int32_t threads);

/* Nonzero once the run has failed or was cancelled. Any thread. */
static inline int32_t snc_context_stopped(const snc_context *context) {
  return atomic_load_explicit(&context->status, memory_order_relaxed);
}

/* Sets up all that depends on the model; `model` is the context's own or its fallback. No
 * run may be in progress. */
void snc_context_adopt(snc_context *context, const snc_model *model);

/* Points the buffers in the arena at `arena`, aligned and as large as the model in use asks,
 * until the context adopts another model. No run may be in progress. */
void snc_context_use_arena(snc_context *context, uint8_t *arena);

/* Notes the run's first failure and tells the log hook, unless `message` is NULL.
 * Any thread. */
void snc_context_fail(snc_context *context, int32_t status, const char *message);

#endif /* SNC_RUNTIME_CONTEXT_H */
