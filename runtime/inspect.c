/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The inspect hook for kernels of the CPU.
 */
#include "inspect.h"

#include <string.h>

uint64_t snc_buffer_room(const snc_context *context, uint32_t buffer) {
  const snc_model *model = context->model;
  if (buffer >= model->num_buffers)
    return 0;
  const snc_buffer_desc *desc = &model->buffers[buffer];
  uint64_t bytes = 0;
  switch (desc->base) {
  case SNC_BASE_ARENA:
    bytes = model->arena_bytes;
    break;
  case SNC_BASE_WEIGHTS:
    bytes = model->weights_bytes;
    break;
  case SNC_BASE_INPUT:
    bytes = model->inputs[desc->index].bytes;
    break;
  case SNC_BASE_OUTPUT:
    bytes = model->outputs[desc->index].bytes;
    break;
  case SNC_BASE_DEVICE_ARENA:
    bytes = model->gpu->arena_bytes;
    break;
  case SNC_BASE_DEVICE_WEIGHTS:
    bytes = model->gpu->weights_bytes;
    break;
  }
  return bytes > desc->offset ? bytes - desc->offset : 0;
}

static int32_t read_host(void *values, uint32_t buffer, uint64_t bytes, void *to) {
  const snc_context *context = values;
  if (bytes > snc_buffer_room(context, buffer) || !context->buffers[buffer].host)
    return SNC_INVALID_ARGUMENT;
  memcpy(to, context->buffers[buffer].host, bytes);
  return SNC_OK;
}

void snc_inspect_host(snc_worker *worker, uint32_t kernel) {
  snc_context *context = worker->context;
  const snc_options *options = &context->options;
  if (options->inspect && !snc_context_stopped(context))
    options->inspect(options->user, kernel, read_host, context);
}
