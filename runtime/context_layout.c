/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Where the parts of a context lie in its one block, and the sizes told to the
 * user in advance. The arena comes first, since it gains most from huge pages.
 */
#include "context.h"

#define HUGE_PAGE (UINT64_C(2) << 20)
/* Keeps sums of a model's sizes far from overflow. */
#define SIZE_LIMIT (UINT64_C(1) << 46)

/* Reserves `bytes` at the end, aligned to a cache line pair. */
static uint64_t place(snc_layout *layout, uint64_t bytes) {
  uint64_t offset = layout->bytes;
  layout->bytes += (bytes + SNC_CACHE_LINE - 1) / SNC_CACHE_LINE * SNC_CACHE_LINE;
  return offset;
}

static uint64_t round_scratch(uint64_t bytes) {
  return (bytes + SNC_SCRATCH_ALIGNMENT - 1) / SNC_SCRATCH_ALIGNMENT * SNC_SCRATCH_ALIGNMENT;
}

int snc_layout_compute(const snc_model *model, uint32_t threads, snc_layout *layout) {
  if (model->arena_bytes > SIZE_LIMIT || model->scratch_bytes > SIZE_LIMIT ||
      model->worker_scratch_bytes > SIZE_LIMIT)
    return 0;
  *layout = (snc_layout){0};
  layout->scratch_bytes = round_scratch(model->scratch_bytes);
  layout->worker_scratch_bytes = round_scratch(model->worker_scratch_bytes);
  layout->arena = place(layout, model->arena_bytes);
  uint32_t units = snc_units_at_once(model, threads);
  layout->scratch = place(layout, layout->scratch_bytes * (units ? units : 1) +
                                      layout->worker_scratch_bytes * threads);
  layout->context = place(layout, sizeof(snc_context));
  layout->slots = place(layout, sizeof(snc_pool_slot) * threads);
  layout->workers = place(layout, sizeof(snc_worker) * threads);
  layout->buffers = place(layout, sizeof(snc_buffer) * (uint64_t)model->num_buffers);
  if (units) {
    layout->events = place(layout, sizeof(snc_event) * (uint64_t)model->num_steps);
    layout->starts = place(layout, sizeof(uint32_t) * (uint64_t)model->num_phases * units);
  }
  /* By the arena alone, so that it does not depend on the thread count. */
  layout->alignment = model->arena_bytes >= HUGE_PAGE ? HUGE_PAGE : SNC_ARENA_ALIGNMENT;
  return 1;
}

uint32_t snc_resolve_threads(const snc_model *model, int32_t threads) {
  if (threads < 0 || threads > SNC_MAX_THREADS)
    return 0;
  if (threads)
    return (uint32_t)threads;
  snc_processors set;
  uint32_t wanted = model->default_threads ? model->default_threads : snc_processors_allowed(&set);
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
