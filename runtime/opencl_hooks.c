/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What Halide's kernels for OpenCL call (Halide 21, HalideRuntimeOpenCL.h).
 */
#include "gpu.h"

const void *halide_opencl_device_interface(void);
const void *halide_opencl_device_interface(void) { return &snc_gpu_opencl; }

int halide_opencl_initialize_kernels(void *user_context, void **state, const char *code, int bytes);
int halide_opencl_initialize_kernels(void *user_context, void **state, const char *code,
                                     int bytes) {
  return snc_gpu_initialize_kernels(user_context, state, code, bytes);
}

void halide_opencl_finalize_kernels(void *user_context, void *state);
void halide_opencl_finalize_kernels(void *user_context, void *state) {
  (void)user_context; /* programs live as long as the context */
  (void)state;
}

int halide_opencl_run(void *user_context, void *state, const char *entry, int blocks_x,
                      int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,
                      int shared_bytes, size_t sizes[], void *args[], int8_t is_buffer[]);
int halide_opencl_run(void *user_context, void *state, const char *entry, int blocks_x,
                      int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,
                      int shared_bytes, size_t sizes[], void *args[], int8_t is_buffer[]) {
  snc_gpu_launch l = {.entry = entry,
                      .blocks = {(uint32_t)blocks_x, (uint32_t)blocks_y, (uint32_t)blocks_z},
                      .threads = {(uint32_t)threads_x, (uint32_t)threads_y, (uint32_t)threads_z},
                      .shared_bytes = (uint32_t)shared_bytes,
                      .sizes = sizes,
                      .args = args,
                      .is_buffer = is_buffer};
  return snc_gpu_run(user_context, state, &l);
}
