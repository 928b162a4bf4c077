/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Where the parts of a context lie in its one block, and the sizes told to the
 * user in advance. The arena comes first, since it gains most from huge pages.
 */
#include "gpu_context.h"

#define HUGE_PAGE (UINT64_C(2) << 20)

/* Reserves `bytes` at the end, aligned to a cache line pair. */
static uint64_t place(snc_layout *layout, uint64_t bytes) {
  uint64_t offset = layout->bytes;
  layout->bytes += (bytes + SNC_CACHE_LINE - 1) / SNC_CACHE_LINE * SNC_CACHE_LINE;
  return offset;
}

static uint64_t round_scratch(uint64_t bytes) {
  return (bytes + SNC_SCRATCH_ALIGNMENT - 1) / SNC_SCRATCH_ALIGNMENT * SNC_SCRATCH_ALIGNMENT;
}

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* What a context needs for one model; also the most of each for several. */
typedef struct needs {
  uint64_t arena, scratch, worker_scratch, leaders, buffers, events, starts;
} needs;

static int add_needs(const snc_model *model, uint32_t threads, needs *n) {
  if (model->arena_bytes > SNC_SIZE_LIMIT || model->scratch_bytes > SNC_SIZE_LIMIT ||
      model->worker_scratch_bytes > SNC_SIZE_LIMIT)
    return 0;
  uint32_t units = snc_units_at_once(model, threads);
  n->arena = larger(n->arena, model->arena_bytes);
  n->scratch = larger(n->scratch, round_scratch(model->scratch_bytes));
  n->worker_scratch = larger(n->worker_scratch, round_scratch(model->worker_scratch_bytes));
  n->leaders = larger(n->leaders, units ? units : 1);
  n->buffers = larger(n->buffers, sizeof(snc_buffer) * (uint64_t)model->num_buffers);
  if (units) {
    n->events = larger(n->events, sizeof(snc_event) * (uint64_t)model->num_steps);
    n->starts = larger(n->starts, sizeof(uint32_t) * (uint64_t)model->num_phases * units);
  }
  return 1;
}

int snc_layout_compute(const snc_model *model, uint32_t threads, snc_layout *layout) {
  const snc_model *fallback = snc_model_fallback(model);
  needs n = {0};
  if (!add_needs(model, threads, &n) || (fallback && !add_needs(fallback, threads, &n)))
    return 0;
  *layout = (snc_layout){0};
  layout->arena_bytes = n.arena;
  layout->scratch_bytes = n.scratch;
  layout->worker_scratch_bytes = n.worker_scratch;
  layout->buffer_bytes = n.buffers;
  layout->event_bytes = n.events;
  layout->start_bytes = n.starts;
  layout->arena = place(layout, n.arena);
  layout->scratch = place(layout, n.scratch * n.leaders + n.worker_scratch * threads);
  layout->context = place(layout, sizeof(snc_context));
  layout->slots = place(layout, sizeof(snc_pool_slot) * threads);
  layout->workers = place(layout, sizeof(snc_worker) * threads);
  layout->buffers = place(layout, n.buffers);
  layout->events = place(layout, n.events);
  layout->starts = place(layout, n.starts);
  /* By the arena alone, so that it does not depend on the thread count. */
  layout->alignment = n.arena >= HUGE_PAGE ? HUGE_PAGE : SNC_ARENA_ALIGNMENT;
  return 1;
}

uint32_t snc_resolve_threads(const snc_model *model, int32_t threads) {
  if (threads < 0 || threads > SNC_MAX_THREADS)
    return 0;
  if (threads)
    return (uint32_t)threads;
  const snc_model *fallback = snc_model_fallback(model);
  uint32_t wanted = model->default_threads;
  if (fallback && wanted)
    wanted = fallback->default_threads ? (uint32_t)larger(wanted, fallback->default_threads) : 0;
  snc_processors set;
  if (!wanted)
    wanted = snc_processors_allowed(&set);
  return wanted < SNC_MAX_THREADS ? wanted : SNC_MAX_THREADS;
}

uint64_t snc_model_workspace_bytes(const snc_model *model, int32_t threads) {
  snc_layout layout;
  uint32_t count = snc_resolve_threads(model, threads);
  return count && snc_layout_compute(model, count, &layout) ? layout.bytes : 0;
}

uint64_t snc_model_workspace_alignment(const snc_model *model) {
  snc_layout layout;
  return snc_layout_compute(model, 1, &layout) ? layout.alignment : 0;
}
