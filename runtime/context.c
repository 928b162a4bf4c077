/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Creating, running and destroying contexts. All that a run needs is set up
 * here once; the run itself only patches the hosts of inputs and outputs.
 */
#include "context.h"

#include "gpu_context.h"
#include "steps.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

static void *default_alloc(void *user, size_t bytes, size_t alignment) {
  (void)user;
  void *memory = NULL;
  return posix_memalign(&memory, alignment, bytes) ? NULL : memory;
}

static void default_dealloc(void *user, void *memory, size_t bytes) {
  (void)user;
  (void)bytes;
  free(memory);
}

void snc_options_init(snc_options *options) {
  memset(options, 0, sizeof *options);
  options->struct_size = sizeof *options;
  options->spin_us = SNC_DEFAULT_SPIN_US;
}

/* Copies the caller's options and fills in what they leave open. */
static int32_t resolve_options(const snc_model *model, const snc_options *given,
                               snc_options *options) {
  snc_options_init(options);
  if (given) {
    /* A newer caller's struct only ends in members this runtime ignores. */
    if (given->struct_size < sizeof *options)
      return SNC_INVALID_ARGUMENT;
    *options = *given;
    options->struct_size = sizeof *options;
  }
  uint32_t threads = snc_resolve_threads(model, options->threads);
  if (!threads || !options->alloc != !options->dealloc ||
      (options->num_processors && !options->processors) ||
      !options->gpu_context != !options->gpu_queue)
    return SNC_INVALID_ARGUMENT;
  options->threads = (int32_t)threads;
  if (!options->alloc) {
    options->alloc = default_alloc;
    options->dealloc = default_dealloc;
  }
  return SNC_OK;
}

/* The caller and the first thread of each unit run the kernels' serial parts, each
 * in a share of scratch that lies right behind its own. */
static void init_workers(snc_context *context) {
  const snc_layout *layout = &context->layout;
  uint8_t *scratch = (uint8_t *)context->block + layout->scratch;
  const snc_units *units = &context->units;
  for (uint32_t i = 0, unit = 0; i < (uint32_t)context->options.threads; ++i) {
    snc_worker *worker = &context->workers[i];
    int leads = units->count ? unit < units->count && units->first[unit] == i : i == 0;
    uint64_t bytes = layout->worker_scratch_bytes + (leads ? layout->scratch_bytes : 0);
    unit += (uint32_t)leads;
    worker->context = context;
    worker->index = i;
    worker->members = (uint32_t)context->options.threads;
    worker->unit = SNC_ALL_UNITS;
    snc_scratch_init(&worker->scratch, scratch, bytes);
    scratch += bytes;
  }
}

void snc_context_use_arena(snc_context *context, uint8_t *arena) {
  const snc_model *model = context->model;
  context->arena = arena;
  for (uint32_t i = 0; i < model->num_buffers; ++i) {
    const snc_buffer_desc *desc = &model->buffers[i];
    snc_buffer *buffer = &context->buffers[i];
    buffer->type = desc->type;
    if (desc->base == SNC_BASE_ARENA)
      buffer->host = arena + desc->offset;
    else if (desc->base == SNC_BASE_WEIGHTS && context->weights) /* only read */
      buffer->host = (uint8_t *)(uintptr_t)context->weights + desc->offset;
  }
}

void snc_context_adopt(snc_context *context, const snc_model *model) {
  const snc_layout *layout = &context->layout;
  uint8_t *block = context->block;
  snc_event *events = (snc_event *)(block + layout->events);
  uint32_t *starts = (uint32_t *)(block + layout->starts);
  memset(events, 0, layout->event_bytes);
  memset(starts, 0, layout->start_bytes);
  memset(context->buffers, 0, layout->buffer_bytes);
  context->model = model;
  context->units = (snc_units){0};
  snc_units_init(&context->units, model, (uint32_t)context->options.threads, events, starts);
  init_workers(context);
  snc_context_use_arena(context, block + layout->arena);
}

/* Takes one block and lays the context out in it. */
static snc_context *make_context(const snc_options *options, const snc_layout *layout) {
  uint8_t *block = options->alloc(options->user, layout->bytes, layout->alignment);
  if (block && (uintptr_t)block % layout->alignment) { /* a broken hook: as good as none */
    options->dealloc(options->user, block, layout->bytes);
    block = NULL;
  }
  if (!block)
    return NULL;
#ifdef MADV_HUGEPAGE
  if (layout->alignment == HUGE_PAGE)
    madvise(block, layout->bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); /* a wish */
#endif
  /* Also touches every page, so that the first run finds them. */
  memset(block, 0, layout->bytes);
  snc_context *context = (snc_context *)(block + layout->context);
  context->options = *options;
  context->layout = *layout;
  context->block = block;
  context->owns_memory = options->alloc == default_alloc;
  context->workers = (snc_worker *)(block + layout->workers);
  context->buffers = (snc_buffer *)(block + layout->buffers);
  return context;
}

static int32_t start_pool(snc_context *context, snc_pool_slot *slots) {
  const snc_options *options = &context->options;
  snc_pool_options wanted = {.threads = options->parallel_for ? 1 : (uint32_t)options->threads,
                             .spin_ns = (uint64_t)options->spin_us * 1000,
                             .processors = options->processors,
                             .num_processors = options->num_processors};
  return snc_pool_start(&context->pool, slots, &wanted);
}

int32_t snc_context_create(const snc_model *model, const snc_options *given, snc_context **out) {
  if (!out)
    return SNC_INVALID_ARGUMENT;
  *out = NULL;
  if (!model)
    return SNC_INVALID_ARGUMENT;
  if (model->abi_version != SNC_ABI_VERSION)
    return SNC_ABI_MISMATCH;
  if (!snc_units_valid(model) || !snc_gpu_valid(model))
    return SNC_INVALID_ARGUMENT;
  snc_options options;
  int32_t status = resolve_options(model, given, &options);
  if (status != SNC_OK)
    return status;
  snc_layout layout;
  if (!snc_layout_compute(model, (uint32_t)options.threads, &layout))
    return SNC_OUT_OF_MEMORY;

  const uint8_t *weights;
  snc_mapping *mapping;
  status = snc_weights_acquire(model, &options, &weights, &mapping);
  if (status != SNC_OK)
    return status;
  snc_context *context = make_context(&options, &layout);
  if (!context) {
    snc_weights_release(mapping);
    return SNC_OUT_OF_MEMORY;
  }
  context->weights = weights;
  context->mapping = mapping;
  snc_context_adopt(context, model);
  status = snc_gpu_open(context);
  if (status == SNC_OK)
    status = start_pool(context, (snc_pool_slot *)((uint8_t *)context->block + layout.slots));
  if (status != SNC_OK) {
    snc_context_destroy(context);
    return status;
  }
  *out = context;
  return SNC_OK;
}

void snc_context_destroy(snc_context *context) {
  if (!context)
    return;
  if (context->pool.slots)
    snc_pool_stop(&context->pool);
  snc_gpu_close(context);
  snc_weights_release(context->mapping);
  /* The context lies in its own block. */
  snc_options options = context->options;
  options.dealloc(options.user, context->block, context->layout.bytes);
}

void snc_context_fail(snc_context *context, int32_t status, const char *message) {
  int32_t none = SNC_OK;
  atomic_compare_exchange_strong(&context->status, &none, status);
  if (message && context->options.log)
    context->options.log(context->options.user, message);
}

/* Points the buffers of inputs and outputs at the caller's memory. */
static int32_t bind_tensors(snc_context *context, const void *const *inputs, void *const *outputs) {
  const snc_model *model = context->model;
  for (uint32_t i = 0; i < model->num_inputs; ++i)
    if (!inputs[i])
      return SNC_INVALID_ARGUMENT;
  for (uint32_t i = 0; i < model->num_outputs; ++i)
    if (!outputs[i])
      return SNC_INVALID_ARGUMENT;
  for (uint32_t i = 0; i < model->num_buffers; ++i) {
    const snc_buffer_desc *desc = &model->buffers[i];
    if (desc->base == SNC_BASE_INPUT) /* kernels only read these */
      context->buffers[i].host = (uint8_t *)(uintptr_t)inputs[desc->index] + desc->offset;
    else if (desc->base == SNC_BASE_OUTPUT)
      context->buffers[i].host = (uint8_t *)outputs[desc->index] + desc->offset;
  }
  return SNC_OK;
}

int32_t snc_context_device(const snc_context *context, snc_device_info *info) {
  if (!context || !info)
    return SNC_INVALID_ARGUMENT;
  *info = context->device;
  return SNC_OK;
}

/* Whether it is the GPU that failed. */
static int device_status(int32_t status) {
  return status == SNC_DEVICE_FAILED || status == SNC_DEVICE_OUT_OF_MEMORY;
}

int32_t snc_context_cancel(snc_context *context) {
  if (!context)
    return SNC_INVALID_ARGUMENT;
  /* A GPU's failure ends a run only where there is no fallback. */
  int32_t seen = SNC_OK;
  while (!atomic_compare_exchange_weak(&context->status, &seen, SNC_CANCELLED))
    if (seen != SNC_OK && !device_status(seen))
      break;
  return SNC_OK;
}

static int32_t run_model(snc_context *context) {
  if (context->dirty)
    for (int32_t i = 0; i < context->options.threads; ++i)
      snc_scratch_reset(&context->workers[i].scratch);
  if (!context->gpu || context->model->num_units > 1) /* a GPU alone needs no workers */
    snc_pool_enter(&context->pool);
  snc_run_steps(context);
  int32_t status = snc_context_stopped(context);
  context->dirty = status != SNC_OK;
  return status;
}

/* The GPU has failed in a run that ended with `status`. Where that is why, the run begins
 * again without it: inputs are as they were. */
static int32_t run_again(snc_context *context, int32_t status, const void *const *inputs,
                         void *const *outputs) {
  if (!snc_gpu_give_up(context))
    return status;
  int32_t failed = atomic_load(&context->lost);
  atomic_store(&context->lost, SNC_OK);
  /* Who has cancelled meanwhile is heard. */
  if (status != failed || !atomic_compare_exchange_strong(&context->status, &failed, SNC_OK))
    return snc_context_stopped(context);
  status = bind_tensors(context, inputs, outputs);
  return status == SNC_OK ? run_model(context) : status;
}

int32_t snc_context_run(snc_context *context, const void *const *inputs, void *const *outputs) {
  if (!context || (!inputs && context->model->num_inputs) ||
      (!outputs && context->model->num_outputs))
    return SNC_INVALID_ARGUMENT;
  if (atomic_exchange_explicit(&context->busy, 1, memory_order_acquire))
    return SNC_BUSY;
  int32_t status = atomic_load(&context->lost); /* without a way around it */
  if (status == SNC_OK)
    status = bind_tensors(context, inputs, outputs);
  if (status == SNC_OK) {
    /* Who cancels between two runs is not heard. */
    atomic_store_explicit(&context->status, SNC_OK, memory_order_relaxed);
    status = run_model(context);
    if (atomic_load(&context->lost))
      status = run_again(context, status, inputs, outputs);
  }
  atomic_store_explicit(&context->busy, 0, memory_order_release);
  return status;
}
