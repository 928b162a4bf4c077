/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The CUDA driver's own parts. A context is current on a thread only during a call.
 */
#ifndef SNC_RUNTIME_GPU_CUDA_H
#define SNC_RUNTIME_GPU_CUDA_H

#include "cuda_api.h"
#include "gpu.h"

typedef struct snc_cu_device {
  snc_gpu_device base;
  snc_cu_api api;
  int32_t device;
  snc_cu context, stream;
  int retained, owned; /* the primary context; the stream */
  int pins;            /* the library has SNC_CU_HOST_FUNCTIONS */
  /* Where times are wanted, [event][begin, end]; else [event]. */
  snc_cu *events;
  uint32_t num_events, per_event;
  /* The clock's zero: just before the first command since the last reset. */
  snc_cu origin;
  int origin_set;
  uint64_t origin_ns;
} snc_cu_device;

static inline snc_cu_device *snc_cu_of(snc_gpu_device *device) { return (snc_cu_device *)device; }

/* SNC_OK, or says that `call` failed and returns the status to give. */
int32_t snc_cu_check(snc_gpu_device *device, const char *call, int32_t error);

/* Around calls that need the context; leave returns `error`. */
int32_t snc_cu_enter(snc_cu_device *cu);
int32_t snc_cu_leave(snc_cu_device *cu, int32_t error);

int32_t snc_cu_open(snc_gpu_device *device);
void snc_cu_close(snc_gpu_device *device);

int32_t snc_cu_program(snc_gpu_device *device, const char *code, size_t bytes, void **program,
                       int *cached);
void snc_cu_release_program(snc_gpu_device *device, void *program);
int32_t snc_cu_kernel(snc_gpu_device *device, void *program, const snc_gpu_launch *launch,
                      void **out);
void snc_cu_release_kernel(snc_gpu_device *device, void *kernel);

/* A launch; `parameters` point into `values`, behind them in the same block. */
typedef struct snc_cu_launch {
  snc_cu function;
  uint32_t blocks[3], threads[3], shared_bytes;
  void **parameters;
} snc_cu_launch;

#endif /* SNC_RUNTIME_GPU_CUDA_H */
