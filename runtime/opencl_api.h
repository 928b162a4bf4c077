/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the runtime uses of OpenCL 1.2 (Khronos, "The OpenCL Specification", version 1.2),
 * declared here since the runtime is compiled for several processors and opened by name:
 * types, constants and a table of functions.
 */
#ifndef SNC_RUNTIME_OPENCL_API_H
#define SNC_RUNTIME_OPENCL_API_H

#include <stddef.h>
#include <stdint.h>

/* A namespace of our own: tests also include the vendor's header. */
typedef struct snc_cl_object *snc_cl; /* any OpenCL object */

typedef struct snc_cl_region {
  size_t origin, size;
} snc_cl_region;

enum {
  SNC_CL_SUCCESS = 0,
  SNC_CL_DEVICE_NOT_FOUND = -1,
  SNC_CL_MEM_OBJECT_ALLOCATION_FAILURE = -4,
  SNC_CL_OUT_OF_RESOURCES = -5,
  SNC_CL_OUT_OF_HOST_MEMORY = -6,
  SNC_CL_PROFILING_INFO_NOT_AVAILABLE = -7,
  SNC_CL_INVALID_BUFFER_SIZE = -61,
  /* cl_device_info */
  SNC_CL_DEVICE_TYPE = 0x1000,
  SNC_CL_DEVICE_MEM_BASE_ADDR_ALIGN = 0x1019, /* bits */
  SNC_CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE = 0x1020,
  SNC_CL_DEVICE_MAX_CONSTANT_ARGS = 0x1021,
  SNC_CL_DEVICE_NAME = 0x102B,
  SNC_CL_DRIVER_VERSION = 0x102D,
  SNC_CL_DEVICE_VERSION = 0x102F,
  SNC_CL_DEVICE_HOST_UNIFIED_MEMORY = 0x1035,
  /* cl_platform_info */
  SNC_CL_PLATFORM_NAME = 0x0902,
  SNC_CL_CONTEXT_PLATFORM = 0x1084,
  SNC_CL_QUEUE_DEVICE = 0x1091,
  SNC_CL_QUEUE_PROPERTIES = 0x1093,
  /* cl_program_info, cl_program_build_info */
  SNC_CL_PROGRAM_BINARY_SIZES = 0x1165,
  SNC_CL_PROGRAM_BINARIES = 0x1166,
  SNC_CL_PROGRAM_BUILD_LOG = 0x1183,
  SNC_CL_BUFFER_CREATE_TYPE_REGION = 0x1220,
  SNC_CL_EVENT_STATUS = 0x11D3,
  SNC_CL_COMPLETE = 0,
  /* cl_profiling_info, ns */
  SNC_CL_PROFILING_QUEUED = 0x1280,
  SNC_CL_PROFILING_START = 0x1282,
  SNC_CL_PROFILING_END = 0x1283,
};

#define SNC_CL_DEVICE_TYPE_GPU UINT64_C(4)
#define SNC_CL_DEVICE_TYPE_ACCELERATOR UINT64_C(8)
#define SNC_CL_DEVICE_TYPE_ALL UINT64_C(0xffffffff)
#define SNC_CL_QUEUE_OUT_OF_ORDER UINT64_C(1)
#define SNC_CL_QUEUE_PROFILING UINT64_C(2)
#define SNC_CL_MEM_READ_WRITE UINT64_C(1)
#define SNC_CL_MEM_ALLOC_HOST_PTR UINT64_C(16)
#define SNC_CL_MAP_READ_WRITE UINT64_C(3)

/* X(result, name without "cl", parameters) */
#define SNC_CL_FUNCTIONS(X)                                                                        \
  X(int32_t, GetPlatformIDs, (uint32_t, snc_cl *, uint32_t *))                                     \
  X(int32_t, GetPlatformInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                        \
  X(int32_t, GetDeviceIDs, (snc_cl, uint64_t, uint32_t, snc_cl *, uint32_t *))                     \
  X(int32_t, GetDeviceInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                          \
  X(snc_cl, CreateContext,                                                                         \
    (const intptr_t *, uint32_t, const snc_cl *,                                                   \
     void (*)(const char *, const void *, size_t, void *), void *, int32_t *))                     \
  X(int32_t, ReleaseContext, (snc_cl))                                                             \
  X(snc_cl, CreateCommandQueue, (snc_cl, snc_cl, uint64_t, int32_t *))                             \
  X(int32_t, ReleaseCommandQueue, (snc_cl))                                                        \
  X(int32_t, GetCommandQueueInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                    \
  X(snc_cl, CreateBuffer, (snc_cl, uint64_t, size_t, void *, int32_t *))                           \
  X(snc_cl, CreateSubBuffer, (snc_cl, uint64_t, uint32_t, const void *, int32_t *))                \
  X(int32_t, ReleaseMemObject, (snc_cl))                                                           \
  X(snc_cl, CreateProgramWithSource, (snc_cl, uint32_t, const char **, const size_t *, int32_t *)) \
  X(snc_cl, CreateProgramWithBinary,                                                               \
    (snc_cl, uint32_t, const snc_cl *, const size_t *, const uint8_t **, int32_t *, int32_t *))    \
  X(int32_t, BuildProgram,                                                                         \
    (snc_cl, uint32_t, const snc_cl *, const char *, void (*)(snc_cl, void *), void *))            \
  X(int32_t, GetProgramInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                         \
  X(int32_t, GetProgramBuildInfo, (snc_cl, snc_cl, uint32_t, size_t, void *, size_t *))            \
  X(int32_t, ReleaseProgram, (snc_cl))                                                             \
  X(snc_cl, CreateKernel, (snc_cl, const char *, int32_t *))                                       \
  X(int32_t, SetKernelArg, (snc_cl, uint32_t, size_t, const void *))                               \
  X(int32_t, ReleaseKernel, (snc_cl))                                                              \
  X(int32_t, EnqueueNDRangeKernel,                                                                 \
    (snc_cl, snc_cl, uint32_t, const size_t *, const size_t *, const size_t *, uint32_t,           \
     const snc_cl *, snc_cl *))                                                                    \
  X(int32_t, EnqueueWriteBuffer,                                                                   \
    (snc_cl, snc_cl, uint32_t, size_t, size_t, const void *, uint32_t, const snc_cl *, snc_cl *))  \
  X(int32_t, EnqueueReadBuffer,                                                                    \
    (snc_cl, snc_cl, uint32_t, size_t, size_t, void *, uint32_t, const snc_cl *, snc_cl *))        \
  X(int32_t, EnqueueWriteBufferRect,                                                               \
    (snc_cl, snc_cl, uint32_t, const size_t *, const size_t *, const size_t *, size_t, size_t,     \
     size_t, size_t, const void *, uint32_t, const snc_cl *, snc_cl *))                            \
  X(int32_t, EnqueueReadBufferRect,                                                                \
    (snc_cl, snc_cl, uint32_t, const size_t *, const size_t *, const size_t *, size_t, size_t,     \
     size_t, size_t, void *, uint32_t, const snc_cl *, snc_cl *))                                  \
  X(int32_t, EnqueueMarkerWithWaitList, (snc_cl, uint32_t, const snc_cl *, snc_cl *))              \
  X(int32_t, Flush, (snc_cl))                                                                      \
  X(int32_t, Finish, (snc_cl))                                                                     \
  X(int32_t, WaitForEvents, (uint32_t, const snc_cl *))                                            \
  X(int32_t, GetEventInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                           \
  X(int32_t, GetEventProfilingInfo, (snc_cl, uint32_t, size_t, void *, size_t *))                  \
  X(int32_t, ReleaseEvent, (snc_cl))

/* Those that it does without where the library lacks one of them. */
#define SNC_CL_HOST_FUNCTIONS(X)                                                                   \
  X(void *, EnqueueMapBuffer,                                                                      \
    (snc_cl, snc_cl, uint32_t, uint64_t, size_t, size_t, uint32_t, const snc_cl *, snc_cl *,       \
     int32_t *))                                                                                   \
  X(int32_t, EnqueueUnmapMemObject, (snc_cl, snc_cl, void *, uint32_t, const snc_cl *, snc_cl *))

typedef struct snc_cl_api {
#define SNC_CL_MEMBER(result, name, parameters) result(*name) parameters;
  SNC_CL_FUNCTIONS(SNC_CL_MEMBER)
  SNC_CL_HOST_FUNCTIONS(SNC_CL_MEMBER)
#undef SNC_CL_MEMBER
} snc_cl_api;

#endif /* SNC_RUNTIME_OPENCL_API_H */
