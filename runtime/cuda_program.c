/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * CUDA modules, from PTX, and launches with fixed arguments. The driver keeps a cache of
 * its own of what it compiled (CUDA_CACHE_PATH), so gpu_cache has nothing to add.
 */
#include "gpu_cuda.h"

#include <stdlib.h>
#include <string.h>

int32_t snc_cu_program(snc_gpu_device *device, const char *code, size_t bytes, void **program,
                       int *cached) {
  snc_cu_device *cu = snc_cu_of(device);
  *cached = 0;
  if (!bytes || code[bytes - 1]) {
    snc_gpu_say(device, "cuda: a kernel's PTX is not ended by a zero");
    return SNC_DEVICE_FAILED;
  }
  char log[384] = "";
  const int32_t options[] = {SNC_CU_JIT_ERROR_LOG_BUFFER, SNC_CU_JIT_ERROR_LOG_BUFFER_BYTES};
  void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
  snc_cu module = NULL;
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.ModuleLoadDataEx(&module, code, 2, options, values));
  if (error == SNC_CU_SUCCESS) {
    *program = module;
    return SNC_OK;
  }
  for (char *c = log; *c; ++c)
    if (*c == '\n' || *c == '\r')
      *c = ' '; /* messages are one line */
  if (log[0])
    snc_gpu_say(device, "cuda: %s", log);
  return snc_cu_check(device, "ModuleLoadDataEx", error);
}

void snc_cu_release_program(snc_gpu_device *device, void *program) {
  snc_cu_device *cu = snc_cu_of(device);
  if (snc_cu_enter(cu) == SNC_CU_SUCCESS)
    snc_cu_leave(cu, cu->api.ModuleUnload(program));
}

/* A block with room for the arguments, each in eight-byte words. */
static snc_cu_launch *copy_arguments(const snc_gpu_launch *launch) {
  size_t words = 0, n = launch->num_args;
  for (size_t i = 0; i < n; ++i)
    words += (launch->sizes[i] + 7) / 8;
  snc_cu_launch *made = calloc(1, sizeof *made + n * sizeof(void *) + words * 8);
  if (!made)
    return NULL;
  made->parameters = (void **)(made + 1);
  uint64_t *value = (uint64_t *)(made->parameters + n);
  for (size_t i = 0; i < n; ++i) {
    made->parameters[i] = value;
    if (launch->is_buffer[i])
      *value = ((const snc_buffer *)launch->args[i])->device;
    else
      memcpy(value, launch->args[i], launch->sizes[i]);
    value += (launch->sizes[i] + 7) / 8;
  }
  memcpy(made->blocks, launch->blocks, sizeof made->blocks);
  memcpy(made->threads, launch->threads, sizeof made->threads);
  made->shared_bytes = launch->shared_bytes;
  return made;
}

int32_t snc_cu_kernel(snc_gpu_device *device, void *program, const snc_gpu_launch *launch,
                      void **out) {
  snc_cu_device *cu = snc_cu_of(device);
  snc_cu_launch *made = copy_arguments(launch);
  if (!made)
    return SNC_OUT_OF_MEMORY;
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS) {
    error = cu->api.ModuleGetFunction(&made->function, program, launch->entry);
    if (error == SNC_CU_SUCCESS && launch->shared_bytes > SNC_CU_SHARED_BYTES)
      error = cu->api.FuncSetAttribute(made->function, SNC_CU_FUNCTION_MAX_SHARED_BYTES,
                                       (int32_t)launch->shared_bytes);
    error = snc_cu_leave(cu, error);
  }
  if (error == SNC_CU_SUCCESS)
    *out = made;
  else
    free(made);
  return snc_cu_check(device, "ModuleGetFunction", error);
}

void snc_cu_release_kernel(snc_gpu_device *device, void *kernel) {
  (void)device; /* functions go with their module */
  free(kernel);
}
