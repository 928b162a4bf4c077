/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Making and ending the GPU of a context: device, memory, record, events.
 */
#include "gpu.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void snc_gpu_say(const snc_gpu_device *device, const char *format, ...) {
  const snc_options *options = device->options;
  if (!options->log)
    return;
  char line[512];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  options->log(options->user, line);
}

int32_t snc_gpu_number(const char *text) {
  int32_t n = *text ? 0 : -1;
  for (; *text; ++text) {
    if (*text < '0' || *text > '9')
      return -1;
    n = n < 100000 ? n * 10 + (*text - '0') : n;
  }
  return n;
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

int snc_gpu_named(const char *name, const char *part) {
  for (;; ++name) {
    size_t i = 0;
    while (part[i] && lower(name[i]) == lower(part[i]))
      ++i;
    if (!part[i])
      return 1;
    if (!*name)
      return 0;
  }
}

/* ---- memory --------------------------------------------------------------------- */

static int32_t take_memory(snc_gpu *gpu) {
  const snc_gpu_model *sizes = gpu->context->model->gpu;
  uint64_t limit = gpu->context->options.gpu_memory_limit;
  uint64_t bytes = sizes->arena_bytes + sizes->weights_bytes;
  if (limit && bytes > limit) {
    snc_gpu_say(gpu->device,
                "%s: the model takes %llu bytes of memory, more than the limit of %llu",
                gpu->driver->api, (unsigned long long)bytes, (unsigned long long)limit);
    return SNC_DEVICE_OUT_OF_MEMORY;
  }
  int32_t status = SNC_OK;
  if (sizes->weights_bytes)
    status = gpu->driver->allocate(gpu->device, sizes->weights_bytes, &gpu->weights);
  if (status == SNC_OK && sizes->arena_bytes)
    status = gpu->driver->allocate(gpu->device, sizes->arena_bytes, &gpu->arena);
  if (status == SNC_OK)
    gpu->info->memory_bytes = bytes;
  return status;
}

/* The part of device memory from `offset` on; each is made once. */
static int32_t part_at(snc_gpu *gpu, uint64_t memory, uint64_t offset, uint64_t bytes,
                       uint64_t *part) {
  for (uint32_t i = 0; i < gpu->num_parts; ++i)
    if (gpu->parts[i].memory == memory && gpu->parts[i].offset == offset) {
      *part = gpu->parts[i].part;
      return SNC_OK;
    }
  snc_gpu_part *made = &gpu->parts[gpu->num_parts];
  *made = (snc_gpu_part){memory, offset, 0};
  int32_t status = gpu->driver->part(gpu->device, memory, offset, bytes - offset, &made->part);
  if (status != SNC_OK)
    return status;
  ++gpu->num_parts;
  *part = made->part;
  return SNC_OK;
}

static int32_t place_buffers(snc_gpu *gpu) {
  snc_context *context = gpu->context;
  const snc_model *model = context->model;
  gpu->parts = calloc(model->num_buffers ? model->num_buffers : 1, sizeof *gpu->parts);
  if (!gpu->parts)
    return SNC_OUT_OF_MEMORY;
  int32_t status = SNC_OK;
  for (uint32_t i = 0; i < model->num_buffers && status == SNC_OK; ++i) {
    const snc_buffer_desc *desc = &model->buffers[i];
    uint64_t *device = &context->buffers[i].device;
    if (desc->base == SNC_BASE_DEVICE_ARENA)
      status = part_at(gpu, gpu->arena, desc->offset, model->gpu->arena_bytes, device);
    else if (desc->base == SNC_BASE_DEVICE_WEIGHTS)
      status = part_at(gpu, gpu->weights, desc->offset, model->gpu->weights_bytes, device);
  }
  return status;
}

/* The source may be a mapped file of the model, so it must be through on return. */
static int32_t upload_weights(snc_gpu *gpu) {
  const snc_gpu_model *sizes = gpu->context->model->gpu;
  if (!sizes->weights_bytes)
    return SNC_OK;
  uint64_t bytes = sizes->weights_bytes;
  snc_gpu_copy copy = {.run_bytes = bytes, .runs = 1, .host_pitch = bytes, .device_pitch = bytes};
  copy.to_device = 1;
  int32_t status = part_at(gpu, gpu->weights, 0, bytes, &copy.device);
  if (status != SNC_OK)
    return status;
  void *from = (void *)(uintptr_t)(gpu->context->weights + sizes->weights_offset); /* only read */
  status = gpu->driver->copy(gpu->device, &copy, from, SNC_GPU_NO_EVENT);
  return status == SNC_OK ? gpu->driver->drain(gpu->device) : status;
}

static int uses_arena(const snc_gpu *gpu) {
  const snc_context *context = gpu->context;
  for (uint32_t i = 0; i < gpu->num_ops; ++i)
    if (gpu->ops[i].kind == SNC_GPU_COPY &&
        context->model->buffers[gpu->ops[i].host - context->buffers].base == SNC_BASE_ARENA)
      return 1;
  return 0;
}

/* Puts the arena on the host into pinned memory, where the driver has some. The one in the block
 * is left to the fallback, which must not depend on a device that is lost. The allocator hook's
 * caller wants the arena where he put it. */
static void pin_arena(snc_gpu *gpu) {
  snc_context *context = gpu->context;
  uint64_t bytes = context->model->arena_bytes;
  if (!context->owns_memory || !uses_arena(gpu))
    return;
  void *memory = gpu->driver->pinned(gpu->device, bytes);
  if (!memory)
    return;
  if ((uintptr_t)memory % SNC_ARENA_ALIGNMENT) {
    gpu->driver->release_pinned(gpu->device, memory);
    return;
  }
  gpu->pinned = memory;
  memset(memory, 0, bytes);
  snc_context_use_arena(context, memory);
}

/* ---- events ----------------------------------------------------------------------- */

/* Steps that another unit waits for have one, and the last of each phase; where times
 * are wanted, each operation. Returns how many. */
static uint32_t number_events(snc_gpu *gpu) {
  const snc_model *model = gpu->context->model;
  int timed = gpu->context->options.trace != NULL;
  uint32_t count = 0;
  for (uint32_t i = 0; i < gpu->num_ops; ++i)
    gpu->ops[i].event = timed ? count++ : SNC_GPU_NO_EVENT;
  for (uint32_t s = 0; s < model->num_steps; ++s)
    gpu->steps[s].event = SNC_GPU_NO_EVENT;
  for (uint32_t i = 0; i < model->num_waits; ++i)
    gpu->steps[model->waits[i]].event = 0; /* wanted */
  for (uint32_t p = 0; p < model->num_phases; ++p) {
    uint32_t s = model->phases[p].first_step + model->phases[p].num_steps;
    while (s-- > model->phases[p].first_step)
      if (model->steps[s].unit == gpu->unit) {
        gpu->steps[s].event = 0;
        break;
      }
  }
  for (uint32_t s = 0; s < model->num_steps; ++s) {
    snc_gpu_step *step = &gpu->steps[s];
    if (model->steps[s].unit != gpu->unit || step->event == SNC_GPU_NO_EVENT)
      continue;
    int own = timed && step->num_ops;
    step->event = own ? gpu->ops[step->first_op + step->num_ops - 1].event : count++;
  }
  return count;
}

/* ---- making ------------------------------------------------------------------------ */

void snc_gpu_settle(snc_gpu *gpu) {
  if (gpu->driver->drain(gpu->device) != SNC_OK) {
    int32_t again = gpu->driver->drain(gpu->device);
    (void)again; /* a lost device has nothing left to do */
  }
}

static void destroy(snc_gpu *gpu) {
  const snc_gpu_driver *driver = gpu->driver;
  snc_gpu_device *device = gpu->device;
  if (gpu->opened)
    snc_gpu_settle(gpu);
  for (uint32_t i = 0; i < gpu->num_ops; ++i)
    if (gpu->ops[i].kind == SNC_GPU_LAUNCH)
      driver->release_kernel(device, gpu->ops[i].launch);
  for (uint32_t i = 0; i < gpu->num_programs; ++i)
    driver->release_program(device, gpu->programs[i].program);
  for (uint32_t i = 0; i < gpu->num_parts; ++i)
    driver->release_part(device, gpu->parts[i].part);
  if (gpu->pinned)
    driver->release_pinned(device, gpu->pinned);
  if (gpu->arena)
    driver->release(device, gpu->arena);
  if (gpu->weights)
    driver->release(device, gpu->weights);
  driver->close(device);
  free(gpu->ops);
  free(gpu->steps);
  free(gpu->programs);
  free(gpu->parts);
  free(device);
  free(gpu);
}

static snc_gpu *allocate(snc_context *context, snc_device_info *info) {
  const snc_model *model = context->model;
  snc_gpu *gpu = calloc(1, sizeof *gpu);
  if (!gpu)
    return NULL;
  gpu->driver = model->gpu->driver;
  gpu->context = context;
  gpu->info = info;
  gpu->submitted = SNC_NO_STEP;
  while (model->units[gpu->unit].kind != SNC_UNIT_GPU)
    ++gpu->unit;
  gpu->steps = calloc(model->num_steps, sizeof *gpu->steps);
  gpu->device = calloc(1, gpu->driver->device_bytes);
  if (!gpu->steps || !gpu->device) {
    free(gpu->steps);
    free(gpu->device);
    free(gpu);
    return NULL;
  }
  gpu->device->options = &context->options;
  return gpu;
}

static int32_t prepare(snc_gpu *gpu) {
  snc_context *context = gpu->context;
  int32_t status = gpu->driver->open(gpu->device);
  memcpy(gpu->info->name, gpu->device->name, sizeof gpu->info->name);
  gpu->opened = status == SNC_OK;
  if (status == SNC_OK)
    status = take_memory(gpu);
  if (status == SNC_OK)
    status = place_buffers(gpu);
  if (status == SNC_OK)
    status = upload_weights(gpu);
  if (status == SNC_OK)
    status = snc_gpu_record(gpu);
  if (status == SNC_OK)
    status =
        gpu->driver->make_events(gpu->device, number_events(gpu), context->options.trace != NULL);
  if (status == SNC_OK)
    pin_arena(gpu);
  return status;
}

static int32_t create(snc_context *context, snc_gpu **out, snc_device_info *info) {
  *out = NULL;
  uint64_t begin = snc_now_ns();
  snc_gpu *gpu = allocate(context, info);
  if (!gpu)
    return SNC_OUT_OF_MEMORY;
  *out = gpu; /* the hooks look there */
  int32_t status = prepare(gpu);
  gpu->info = NULL;
  info->cold_start_ns = snc_now_ns() - begin;
  if (status != SNC_OK) {
    *out = NULL;
    destroy(gpu);
    info->memory_bytes = 0;
  }
  return status;
}

const snc_gpu_engine snc_gpu_engine_table = {
    .create = create,
    .destroy = destroy,
    .submit = snc_gpu_submit,
    .await = snc_gpu_await,
    .finish = snc_gpu_finish,
    .kernel_recorded = snc_gpu_kernel_recorded,
};
