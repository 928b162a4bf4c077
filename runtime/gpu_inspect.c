/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The inspect hook for kernels of the GPU.
 */
#include "gpu.h"
#include "inspect.h"

#include <string.h>

static int32_t read_any(void *values, uint32_t buffer, uint64_t bytes, void *to) {
  snc_gpu *gpu = values;
  const snc_context *context = gpu->context;
  if (bytes > snc_buffer_room(context, buffer))
    return SNC_INVALID_ARGUMENT;
  const snc_buffer *from = &context->buffers[buffer];
  if (from->host && bytes)
    memcpy(to, from->host, bytes);
  if (from->host || !bytes)
    return SNC_OK;
  snc_gpu_copy copy = {.device = from->device,
                       .run_bytes = bytes,
                       .runs = 1,
                       .host_pitch = bytes,
                       .device_pitch = bytes};
  int32_t status = gpu->driver->copy(gpu->device, &copy, to, SNC_GPU_NO_EVENT);
  return status == SNC_OK ? gpu->driver->drain(gpu->device) : status;
}

int32_t snc_gpu_inspect(snc_worker *worker, const snc_gpu_step *step, uint32_t i) {
  snc_context *context = worker->context;
  snc_gpu *gpu = context->gpu;
  const snc_gpu_op *op = &gpu->ops[step->first_op + i];
  if (i + 1 < step->num_ops && op[1].kernel == op->kernel)
    return SNC_OK;
  int32_t status = gpu->driver->drain(gpu->device);
  if (status == SNC_OK && !snc_context_stopped(context))
    context->options.inspect(context->options.user, op->kernel, read_any, gpu);
  return status;
}
