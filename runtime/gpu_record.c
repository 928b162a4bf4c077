/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Recording: the steps of a GPU's unit are called once, and what they ask of the
 * device is noted instead of done. Kernels compiled without assertions do not look
 * at the results of these hooks, so the first failure is kept.
 */
#include "gpu.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A Halide kernel keeps its program in one variable for all contexts. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static snc_gpu *gpu_of(void *user_context) { return ((snc_worker *)user_context)->context->gpu; }

static int fail(snc_gpu *gpu, int32_t status) {
  if (gpu->failed == SNC_OK)
    gpu->failed = status;
  return status;
}

static int refuse(snc_gpu *gpu, const char *why) {
  snc_gpu_say(gpu->device, "%s", why);
  return fail(gpu, SNC_DEVICE_FAILED);
}

/* Makes room for one more of `size` bytes in an array of `count`. */
static int grow(void **array, uint32_t count, uint32_t *room, size_t size) {
  if (count < *room)
    return 1;
  uint32_t wanted = *room ? *room * 2 : 32;
  void *larger = realloc(*array, wanted * size);
  if (!larger)
    return 0;
  *array = larger;
  *room = wanted;
  return 1;
}

/* ---- programs ------------------------------------------------------------------ */

int snc_gpu_initialize_kernels(void *user_context, void **state, const char *code, int bytes) {
  snc_gpu *gpu = gpu_of(user_context);
  *state = NULL;
  if (gpu->failed)
    return gpu->failed;
  for (uint32_t i = 0; i < gpu->num_programs; ++i) {
    const snc_gpu_program *p = &gpu->programs[i];
    if (p->bytes == (size_t)bytes && (p->code == code || !memcmp(p->code, code, p->bytes))) {
      *state = p->program;
      return 0;
    }
  }
  if (!grow((void **)&gpu->programs, gpu->num_programs, &gpu->room_programs, sizeof *gpu->programs))
    return fail(gpu, SNC_OUT_OF_MEMORY);
  snc_gpu_program *made = &gpu->programs[gpu->num_programs];
  *made = (snc_gpu_program){code, (size_t)bytes, NULL};
  int cached = 0;
  int32_t status = gpu->driver->program(gpu->device, code, (size_t)bytes, &made->program, &cached);
  if (status != SNC_OK)
    return fail(gpu, status);
  ++gpu->num_programs;
  ++gpu->info->kernels;
  gpu->info->kernels_cached += cached != 0;
  *state = made->program;
  return 0;
}

/* ---- operations ---------------------------------------------------------------- */

static snc_gpu_op *next_op(snc_gpu *gpu) {
  if (!grow((void **)&gpu->ops, gpu->num_ops, &gpu->room_ops, sizeof *gpu->ops)) {
    fail(gpu, SNC_OUT_OF_MEMORY);
    return NULL;
  }
  snc_gpu_op *op = &gpu->ops[gpu->num_ops];
  memset(op, 0, sizeof *op);
  op->event = SNC_GPU_NO_EVENT;
  return op;
}

int snc_gpu_run(void *user_context, void *state, snc_gpu_launch *launch) {
  snc_gpu *gpu = gpu_of(user_context);
  if (gpu->failed)
    return gpu->failed;
  if (!state)
    return refuse(gpu, "a kernel launches a program that it has not compiled");
  while (launch->sizes[launch->num_args]) {
    uint32_t i = launch->num_args++;
    if (launch->is_buffer[i] && !((const snc_buffer *)launch->args[i])->device)
      return refuse(gpu, "a kernel launches with a buffer that has no device memory");
  }
  snc_gpu_op *op = next_op(gpu);
  if (!op)
    return gpu->failed;
  op->kind = SNC_GPU_LAUNCH;
  int32_t status = gpu->driver->kernel(gpu->device, state, launch, &op->launch);
  if (status != SNC_OK)
    return fail(gpu, status);
  ++gpu->num_ops;
  return 0;
}

/* Whether `runs` runs fit in what is left of a device buffer's memory. */
static int fits(const snc_gpu *gpu, const snc_buffer *device, const snc_gpu_copy *copy) {
  const snc_model *model = gpu->context->model;
  const snc_buffer_desc *desc = &model->buffers[device - gpu->context->buffers];
  uint64_t bytes =
      desc->base == SNC_BASE_DEVICE_ARENA ? model->gpu->arena_bytes : model->gpu->weights_bytes;
  uint64_t last, end; /* where the last run begins and ends */
  return !__builtin_mul_overflow(copy->runs - 1, copy->device_pitch, &last) &&
         !__builtin_add_overflow(last, copy->run_bytes, &end) && end <= bytes - desc->offset;
}

static int known(const snc_gpu *gpu, const snc_buffer *buffer) {
  const snc_buffer *all = gpu->context->buffers;
  return (uintptr_t)buffer >= (uintptr_t)all &&
         (uintptr_t)buffer < (uintptr_t)(all + gpu->context->model->num_buffers);
}

static int32_t copy(snc_worker *worker, snc_buffer *host, snc_buffer *device, snc_gpu_copy c) {
  snc_gpu *gpu = gpu_of(worker);
  if (gpu->failed)
    return gpu->failed;
  if (!c.run_bytes || !c.runs)
    return 0;
  if (c.runs == 1)
    c.host_pitch = c.device_pitch = c.run_bytes;
  if (!known(gpu, host) || !known(gpu, device) || !device->device || host->device ||
      c.host_pitch < c.run_bytes || c.device_pitch < c.run_bytes || !fits(gpu, device, &c))
    return refuse(gpu, "a transfer between buffers that do not fit it");
  if (c.host_pitch == c.run_bytes && c.device_pitch == c.run_bytes) {
    c.host_pitch = c.device_pitch = c.run_bytes *= c.runs;
    c.runs = 1;
  }
  c.device = device->device;
  snc_gpu_op *op = next_op(gpu);
  if (!op)
    return gpu->failed;
  op->kind = SNC_GPU_COPY;
  op->host = host;
  op->copy = c;
  ++gpu->num_ops;
  return 0;
}

int32_t snc_gpu_upload(snc_worker *worker, snc_buffer *host, snc_buffer *device, uint64_t run_bytes,
                       uint64_t runs, uint64_t from_pitch, uint64_t to_pitch) {
  return copy(worker, host, device,
              (snc_gpu_copy){.run_bytes = run_bytes,
                             .runs = runs,
                             .host_pitch = from_pitch,
                             .device_pitch = to_pitch,
                             .to_device = 1});
}

int32_t snc_gpu_download(snc_worker *worker, snc_buffer *device, snc_buffer *host,
                         uint64_t run_bytes, uint64_t runs, uint64_t from_pitch,
                         uint64_t to_pitch) {
  return copy(worker, host, device,
              (snc_gpu_copy){.run_bytes = run_bytes,
                             .runs = runs,
                             .host_pitch = to_pitch,
                             .device_pitch = from_pitch});
}

/* ---- what Halide asks of every device ----------------------------------------- */

/* Buffers of GPU kernels have device memory from the start, and nothing else. */
static int has_memory(void *user_context, const snc_buffer *buffer) {
  return buffer->device ? 0 : refuse(gpu_of(user_context), "a GPU kernel wants memory of its own");
}

int halide_copy_to_device(void *user_context, snc_buffer *buffer, const void *interface);
int halide_copy_to_device(void *user_context, snc_buffer *buffer, const void *interface) {
  (void)interface;
  return has_memory(user_context, buffer);
}

int halide_device_malloc(void *user_context, snc_buffer *buffer, const void *interface);
int halide_device_malloc(void *user_context, snc_buffer *buffer, const void *interface) {
  (void)interface;
  return has_memory(user_context, buffer);
}

/* ---- all steps ------------------------------------------------------------------ */

void snc_gpu_kernel_recorded(snc_gpu *gpu, uint32_t kernel) {
  for (; gpu->unnamed < gpu->num_ops; ++gpu->unnamed)
    gpu->ops[gpu->unnamed].kernel = kernel;
}

static void record_step(snc_gpu *gpu, snc_worker *worker, uint32_t s) {
  snc_context *context = gpu->context;
  gpu->steps[s].first_op = gpu->unnamed = gpu->num_ops;
  pthread_mutex_lock(&lock);
  int32_t error = context->model->steps[s].run(worker, context->buffers);
  pthread_mutex_unlock(&lock);
  if (error || snc_context_stopped(context)) /* halide_error has told why */
    fail(gpu, SNC_DEVICE_FAILED);
  gpu->steps[s].num_ops = gpu->num_ops - gpu->steps[s].first_op;
}

int32_t snc_gpu_record(snc_gpu *gpu) {
  snc_context *context = gpu->context;
  const snc_model *model = context->model;
  snc_worker *worker = &context->workers[0];
  worker->recording = 1;
  for (uint32_t s = 0; s < model->num_steps && !gpu->failed; ++s)
    if (model->steps[s].unit == gpu->unit)
      record_step(gpu, worker, s);
  worker->recording = 0;
  atomic_store(&context->status, SNC_OK);
  return gpu->failed;
}
