/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What Halide's kernels for CUDA call (Halide 21, HalideRuntimeCuda.h).
 */
#include "gpu.h"

const void *halide_cuda_device_interface(void);
const void *halide_cuda_device_interface(void) { return &snc_gpu_cuda; }

int halide_cuda_initialize_kernels(void *user_context, void **state, const char *code, int bytes);
int halide_cuda_initialize_kernels(void *user_context, void **state, const char *code, int bytes) {
  return snc_gpu_initialize_kernels(user_context, state, code, bytes);
}

void halide_cuda_finalize_kernels(void *user_context, void *state);
void halide_cuda_finalize_kernels(void *user_context, void *state) {
  (void)user_context; /* programs live as long as the context */
  (void)state;
}

int halide_cuda_run(void *user_context, void *state, const char *entry, int blocks_x, int blocks_y,
                    int blocks_z, int threads_x, int threads_y, int threads_z, int shared_bytes,
                    size_t sizes[], void *args[], int8_t is_buffer[]);
int halide_cuda_run(void *user_context, void *state, const char *entry, int blocks_x, int blocks_y,
                    int blocks_z, int threads_x, int threads_y, int threads_z, int shared_bytes,
                    size_t sizes[], void *args[], int8_t is_buffer[]) {
  snc_gpu_launch l = {.entry = entry,
                      .blocks = {(uint32_t)blocks_x, (uint32_t)blocks_y, (uint32_t)blocks_z},
                      .threads = {(uint32_t)threads_x, (uint32_t)threads_y, (uint32_t)threads_z},
                      .shared_bytes = (uint32_t)shared_bytes,
                      .sizes = sizes,
                      .args = args,
                      .is_buffer = is_buffer};
  return snc_gpu_run(user_context, state, &l);
}
