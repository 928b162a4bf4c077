/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The core's side of a GPU: checks, choice between GPU and fallback, steps.
 */
#include "gpu_context.h"

#include "gpu.h"

#include <string.h>

static const snc_gpu_engine *engine_of(const snc_context *context) {
  return context->model->gpu->driver->engine;
}

const snc_model *snc_model_fallback(const snc_model *model) {
  return model->gpu ? model->gpu->fallback : NULL;
}

/* ---- checks --------------------------------------------------------------------- */

static int same_tensors(const snc_tensor_info *a, const snc_tensor_info *b, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    if (a[i].bytes != b[i].bytes || a[i].dtype != b[i].dtype)
      return 0;
  return 1;
}

static int fallback_valid(const snc_model *model, const snc_model *fallback) {
  return fallback->abi_version == SNC_ABI_VERSION && !fallback->gpu && snc_units_valid(fallback) &&
         snc_gpu_valid(fallback) && fallback->num_inputs == model->num_inputs &&
         fallback->num_outputs == model->num_outputs &&
         same_tensors(fallback->inputs, model->inputs, model->num_inputs) &&
         same_tensors(fallback->outputs, model->outputs, model->num_outputs) &&
         fallback->weights_bytes == model->weights_bytes &&
         fallback->weights_hash == model->weights_hash;
}

/* The sizes keep sums of offsets far from overflow. */
static int buffers_valid(const snc_model *model) {
  const snc_gpu_model *gpu = model->gpu;
  for (uint32_t i = 0; i < model->num_buffers; ++i) {
    const snc_buffer_desc *desc = &model->buffers[i];
    if (desc->base != SNC_BASE_DEVICE_ARENA && desc->base != SNC_BASE_DEVICE_WEIGHTS)
      continue;
    if (!gpu || desc->offset % SNC_DEVICE_ALIGNMENT ||
        desc->offset >=
            (desc->base == SNC_BASE_DEVICE_ARENA ? gpu->arena_bytes : gpu->weights_bytes))
      return 0;
  }
  return 1;
}

int snc_gpu_valid(const snc_model *model) {
  const snc_gpu_model *gpu = model->gpu;
  uint32_t units = 0;
  for (uint32_t u = 0; u < model->num_units; ++u)
    units += model->units[u].kind == SNC_UNIT_GPU;
  if (!gpu)
    return units == 0 && buffers_valid(model);
  return units == 1 && gpu->driver && gpu->arena_bytes <= SNC_SIZE_LIMIT &&
         gpu->weights_offset <= model->weights_bytes &&
         gpu->weights_bytes <= model->weights_bytes - gpu->weights_offset && buffers_valid(model) &&
         (!gpu->fallback || fallback_valid(model, gpu->fallback));
}

/* ---- choice ---------------------------------------------------------------------- */

static void say(const snc_context *context, const char *line) {
  if (context->options.log)
    context->options.log(context->options.user, line);
}

/* Uses the fallback if there is one that may be used. */
static int fall_back(snc_context *context, int32_t status) {
  const snc_model *fallback = snc_model_fallback(context->model);
  context->device.status = status;
  if (!fallback || (context->options.gpu_flags & SNC_GPU_NO_FALLBACK))
    return 0;
  say(context, "the GPU is not used: runs go on without it");
  context->device.state = SNC_DEVICE_FALLBACK;
  snc_gpu_close(context);
  snc_context_adopt(context, fallback);
  return 1;
}

int32_t snc_gpu_open(snc_context *context) {
  const snc_model *model = context->model;
  if (!model->gpu)
    return SNC_OK;
  if (context->options.gpu_flags & SNC_GPU_OFF) {
    context->device.state = SNC_DEVICE_OFF;
    if (!model->gpu->fallback)
      return SNC_NO_DEVICE;
    snc_context_adopt(context, model->gpu->fallback);
    return SNC_OK;
  }
  int32_t status = engine_of(context)->create(context, &context->gpu, &context->device);
  if (status == SNC_OK) {
    context->device.state = SNC_DEVICE_ACTIVE;
    return SNC_OK;
  }
  return fall_back(context, status) ? SNC_OK : status;
}

void snc_gpu_close(snc_context *context) {
  if (context->gpu)
    engine_of(context)->destroy(context->gpu);
  context->gpu = NULL;
}

int snc_gpu_give_up(snc_context *context) {
  return fall_back(context, atomic_load(&context->lost));
}

/* ---- steps ------------------------------------------------------------------------- */

int snc_gpu_runs(const snc_context *context, uint32_t step) {
  uint32_t unit = context->model->steps[step].unit;
  return context->gpu && unit != SNC_ALL_UNITS && context->model->units[unit].kind == SNC_UNIT_GPU;
}

int32_t snc_gpu_run_step(snc_worker *worker, uint32_t step) {
  return engine_of(worker->context)->submit(worker, step);
}

void snc_gpu_await_waits(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  const snc_model *model = context->model;
  const snc_step *step = &model->steps[s];
  for (uint32_t i = 0; i < step->num_waits && context->gpu; ++i) {
    uint32_t awaited = model->waits[step->first_wait + i];
    /* What was not submitted stopped the run. */
    if (!snc_gpu_runs(context, awaited))
      continue;
    if (snc_context_stopped(context))
      return;
    engine_of(context)->await(worker, awaited);
  }
}

void snc_gpu_end_phase(snc_worker *worker) {
  if (worker->context->gpu)
    engine_of(worker->context)->finish(worker);
}
