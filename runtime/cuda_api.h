/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the runtime uses of CUDA's driver interface (NVIDIA, "CUDA Driver API", version
 * 11), declared here since the library is opened by name: types, constants and a
 * table of functions.
 */
#ifndef SNC_RUNTIME_CUDA_API_H
#define SNC_RUNTIME_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

typedef struct snc_cu_object *snc_cu; /* a context, stream, event, module or function */

/* CUDA_MEMCPY2D */
typedef struct snc_cu_copy_2d {
  size_t from_x, from_y;
  uint32_t from_type; /* of memory */
  const void *from_host;
  uint64_t from_device;
  snc_cu from_array;
  size_t from_pitch;
  size_t to_x, to_y;
  uint32_t to_type;
  void *to_host;
  uint64_t to_device;
  snc_cu to_array;
  size_t to_pitch;
  size_t width, height; /* bytes, rows */
} snc_cu_copy_2d;

enum {
  SNC_CU_SUCCESS = 0,
  SNC_CU_OUT_OF_MEMORY = 2,
  SNC_CU_NO_DEVICE = 100,
  SNC_CU_NOT_READY = 600,
  SNC_CU_MEMORY_HOST = 1,
  SNC_CU_MEMORY_DEVICE = 2,
  SNC_CU_STREAM_NON_BLOCKING = 1,
  SNC_CU_EVENT_BLOCKING_SYNC = 1, /* the waiting thread sleeps */
  SNC_CU_EVENT_DISABLE_TIMING = 2,
  SNC_CU_JIT_ERROR_LOG_BUFFER = 5,
  SNC_CU_JIT_ERROR_LOG_BUFFER_BYTES = 6,
  SNC_CU_FUNCTION_MAX_SHARED_BYTES = 8,
  SNC_CU_DEVICE_INTEGRATED = 18, /* its memory is the host's */
};

/* More dynamic shared memory than this a function has to be allowed. */
#define SNC_CU_SHARED_BYTES 49152u

/* X(member, name in the library, parameters); all return a CUresult */
#define SNC_CU_FUNCTIONS(X)                                                                        \
  X(Init, "cuInit", (uint32_t))                                                                    \
  X(DeviceGetCount, "cuDeviceGetCount", (int32_t *))                                               \
  X(DeviceGet, "cuDeviceGet", (int32_t *, int32_t))                                                \
  X(DeviceGetName, "cuDeviceGetName", (char *, int32_t, int32_t))                                  \
  X(PrimaryCtxRetain, "cuDevicePrimaryCtxRetain", (snc_cu *, int32_t))                             \
  X(PrimaryCtxRelease, "cuDevicePrimaryCtxRelease_v2", (int32_t))                                  \
  X(CtxPushCurrent, "cuCtxPushCurrent_v2", (snc_cu))                                               \
  X(CtxPopCurrent, "cuCtxPopCurrent_v2", (snc_cu *))                                               \
  X(CtxGetDevice, "cuCtxGetDevice", (int32_t *))                                                   \
  X(StreamCreate, "cuStreamCreate", (snc_cu *, uint32_t))                                          \
  X(StreamDestroy, "cuStreamDestroy_v2", (snc_cu))                                                 \
  X(StreamSynchronize, "cuStreamSynchronize", (snc_cu))                                            \
  X(MemAlloc, "cuMemAlloc_v2", (uint64_t *, size_t))                                               \
  X(MemFree, "cuMemFree_v2", (uint64_t))                                                           \
  X(MemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2", (uint64_t, const void *, size_t, snc_cu))             \
  X(MemcpyDtoHAsync, "cuMemcpyDtoHAsync_v2", (void *, uint64_t, size_t, snc_cu))                   \
  X(Memcpy2DAsync, "cuMemcpy2DAsync_v2", (const snc_cu_copy_2d *, snc_cu))                         \
  X(ModuleLoadDataEx, "cuModuleLoadDataEx",                                                        \
    (snc_cu *, const void *, uint32_t, const int32_t *, void **))                                  \
  X(ModuleUnload, "cuModuleUnload", (snc_cu))                                                      \
  X(ModuleGetFunction, "cuModuleGetFunction", (snc_cu *, snc_cu, const char *))                    \
  X(FuncSetAttribute, "cuFuncSetAttribute", (snc_cu, int32_t, int32_t))                            \
  X(LaunchKernel, "cuLaunchKernel",                                                                \
    (snc_cu, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, snc_cu,         \
     void **, void **))                                                                            \
  X(EventCreate, "cuEventCreate", (snc_cu *, uint32_t))                                            \
  X(EventDestroy, "cuEventDestroy_v2", (snc_cu))                                                   \
  X(EventRecord, "cuEventRecord", (snc_cu, snc_cu))                                                \
  X(EventQuery, "cuEventQuery", (snc_cu))                                                          \
  X(EventSynchronize, "cuEventSynchronize", (snc_cu))                                              \
  X(EventElapsedTime, "cuEventElapsedTime", (float *, snc_cu, snc_cu))

/* Those that it does without where the library lacks one of them. */
#define SNC_CU_HOST_FUNCTIONS(X)                                                                   \
  X(DeviceGetAttribute, "cuDeviceGetAttribute", (int32_t *, int32_t, int32_t))                     \
  X(MemHostAlloc, "cuMemHostAlloc", (void **, size_t, uint32_t))                                   \
  X(MemFreeHost, "cuMemFreeHost", (void *))

typedef struct snc_cu_api {
#define SNC_CU_MEMBER(member, name, parameters) int32_t(*member) parameters;
  SNC_CU_FUNCTIONS(SNC_CU_MEMBER)
  SNC_CU_HOST_FUNCTIONS(SNC_CU_MEMBER)
#undef SNC_CU_MEMBER
} snc_cu_api;

#endif /* SNC_RUNTIME_CUDA_API_H */
