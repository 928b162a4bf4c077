/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Creating, running and destroying contexts. All that a run needs is set up
 * here once; the run itself only patches the hosts of inputs and outputs.
 */
#include "context.h"
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
      (options->num_processors && !options->processors))
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
static void init_workers(snc_context *context, const snc_layout *layout) {
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

static void init_buffers(snc_context *context) {
  const snc_model *model = context->model;
  for (uint32_t i = 0; i < model->num_buffers; ++i) {
    const snc_buffer_desc *desc = &model->buffers[i];
    snc_buffer *buffer = &context->buffers[i];
    buffer->type = desc->type;
    if (desc->base == SNC_BASE_ARENA)
      buffer->host = context->arena + desc->offset;
    else if (desc->base == SNC_BASE_WEIGHTS && context->weights) /* only read */
      buffer->host = (uint8_t *)(uintptr_t)context->weights + desc->offset;
  }
}

/* Takes one block and lays the context out in it. */
static snc_context *make_context(const snc_model *model, const snc_options *options,
                                 const snc_layout *layout) {
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
  context->model = model;
  context->options = *options;
  context->block = block;
  context->block_bytes = layout->bytes;
  context->arena = block + layout->arena;
  context->workers = (snc_worker *)(block + layout->workers);
  context->buffers = (snc_buffer *)(block + layout->buffers);
  snc_units_init(&context->units, model, (uint32_t)options->threads,
                 (snc_event *)(block + layout->events), (uint32_t *)(block + layout->starts));
  init_workers(context, layout);
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
  if (!snc_units_valid(model))
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
  snc_context *context = make_context(model, &options, &layout);
  if (!context) {
    snc_weights_release(mapping);
    return SNC_OUT_OF_MEMORY;
  }
  context->weights = weights;
  context->mapping = mapping;
  init_buffers(context);
  uint8_t *block = context->block;
  status = start_pool(context, (snc_pool_slot *)(block + layout.slots));
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
  snc_pool_stop(&context->pool);
  snc_weights_release(context->mapping);
  /* The context lies in its own block. */
  snc_options options = context->options;
  options.dealloc(options.user, context->block, context->block_bytes);
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
  memset(info, 0, sizeof *info);
  return SNC_OK;
}

int32_t snc_context_cancel(snc_context *context) {
  if (!context)
    return SNC_INVALID_ARGUMENT;
  int32_t none = SNC_OK;
  atomic_compare_exchange_strong(&context->status, &none, SNC_CANCELLED);
  return SNC_OK;
}

static int32_t run_model(snc_context *context) {
  if (context->dirty)
    for (int32_t i = 0; i < context->options.threads; ++i)
      snc_scratch_reset(&context->workers[i].scratch);
  /* Who cancels between two runs is not heard. */
  atomic_store_explicit(&context->status, SNC_OK, memory_order_relaxed);
  snc_pool_enter(&context->pool);
  snc_run_steps(context);
  int32_t status = snc_context_stopped(context);
  context->dirty = status != SNC_OK;
  return status;
}

int32_t snc_context_run(snc_context *context, const void *const *inputs, void *const *outputs) {
  if (!context || (!inputs && context->model->num_inputs) ||
      (!outputs && context->model->num_outputs))
    return SNC_INVALID_ARGUMENT;
  if (atomic_exchange_explicit(&context->busy, 1, memory_order_acquire))
    return SNC_BUSY;
  int32_t status = bind_tensors(context, inputs, outputs);
  if (status == SNC_OK)
    status = run_model(context);
  atomic_store_explicit(&context->busy, 0, memory_order_release);
  return status;
}
