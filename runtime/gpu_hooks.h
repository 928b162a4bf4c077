/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What Halide's kernels for a GPU call (Halide 21, HalideRuntime<Api>.h), but for the
 * names the same for each interface.
 */
#ifndef SNC_RUNTIME_GPU_HOOKS_H
#define SNC_RUNTIME_GPU_HOOKS_H

#include "gpu.h"

/* Defines halide_<api>_*; their work is in snc_gpu_*. Programs live as long as the
 * context, so there is nothing to finalize. */
#define SNC_GPU_HOOKS(api)                                                                         \
  const void *halide_##api##_device_interface(void);                                               \
  const void *halide_##api##_device_interface(void) { return &snc_gpu_##api; }                     \
                                                                                                   \
  int halide_##api##_initialize_kernels(void *user_context, void **state, const char *code,        \
                                        int bytes);                                                \
  int halide_##api##_initialize_kernels(void *user_context, void **state, const char *code,        \
                                        int bytes) {                                               \
    return snc_gpu_initialize_kernels(user_context, state, code, bytes);                           \
  }                                                                                                \
                                                                                                   \
  void halide_##api##_finalize_kernels(void *user_context, void *state);                           \
  void halide_##api##_finalize_kernels(void *user_context, void *state) {                          \
    (void)user_context;                                                                            \
    (void)state;                                                                                   \
  }                                                                                                \
                                                                                                   \
  int halide_##api##_run(void *user_context, void *state, const char *entry, int blocks_x,         \
                         int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,  \
                         int shared_bytes, size_t sizes[], void *args[], int8_t is_buffer[]);      \
  int halide_##api##_run(void *user_context, void *state, const char *entry, int blocks_x,         \
                         int blocks_y, int blocks_z, int threads_x, int threads_y, int threads_z,  \
                         int shared_bytes, size_t sizes[], void *args[], int8_t is_buffer[]) {     \
    snc_gpu_launch l = {                                                                           \
        .entry = entry,                                                                            \
        .blocks = {(uint32_t)blocks_x, (uint32_t)blocks_y, (uint32_t)blocks_z},                    \
        .threads = {(uint32_t)threads_x, (uint32_t)threads_y, (uint32_t)threads_z},                \
        .shared_bytes = (uint32_t)shared_bytes,                                                    \
        .sizes = sizes,                                                                            \
        .args = args,                                                                              \
        .is_buffer = is_buffer};                                                                   \
    return snc_gpu_run(user_context, state, &l);                                                   \
  }

#endif /* SNC_RUNTIME_GPU_HOOKS_H */
