/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The OpenCL driver's own parts: finding a device, memory, programs, queue.
 */
#ifndef SNC_RUNTIME_GPU_OPENCL_H
#define SNC_RUNTIME_GPU_OPENCL_H

#include "gpu.h"
#include "opencl_api.h"

typedef struct snc_cl_device {
  snc_gpu_device base;
  snc_cl_api api;
  snc_cl device, context, queue;
  int owned;      /* context and queue are our own */
  int maps;       /* the library has SNC_CL_HOST_FUNCTIONS */
  int unified;    /* the device's memory is the host's */
  snc_cl host;    /* the buffer behind pinned memory, mapped */
  snc_cl *events; /* NULL where not enqueued since the last reset */
  uint32_t num_events;
  /* Between the device's clock and CLOCK_MONOTONIC: the tightest bound of this run. */
  int64_t clock_offset;
  uint64_t clock_error;
  uint64_t *enqueued;             /* with times wanted: before and after each event's call */
  char driver[128], version[128]; /* of driver and device */
  char build_options[96];
} snc_cl_device;

static inline snc_cl_device *snc_cl_of(snc_gpu_device *device) { return (snc_cl_device *)device; }

/* Says that `call` failed, and returns the status to give. */
int32_t snc_cl_failed(snc_gpu_device *device, const char *call, int32_t error);

int32_t snc_cl_open(snc_gpu_device *device);
void snc_cl_close(snc_gpu_device *device);

/* A buffer behind a handle of gpu.h. */
static inline snc_cl snc_cl_memory(uint64_t handle) { return (snc_cl)(uintptr_t)handle; }

int32_t snc_cl_allocate(snc_gpu_device *device, uint64_t bytes, uint64_t *memory);
void snc_cl_release(snc_gpu_device *device, uint64_t memory);
int32_t snc_cl_part(snc_gpu_device *device, uint64_t memory, uint64_t offset, uint64_t bytes,
                    uint64_t *made);
void *snc_cl_pinned(snc_gpu_device *device, uint64_t bytes);
void snc_cl_release_pinned(snc_gpu_device *device, void *memory);

int32_t snc_cl_program(snc_gpu_device *device, const char *code, size_t bytes, void **program,
                       int *cached);
void snc_cl_release_program(snc_gpu_device *device, void *program);

#endif /* SNC_RUNTIME_GPU_OPENCL_H */
