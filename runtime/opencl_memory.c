/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The OpenCL driver's memory, on the device and, pinned, on the host.
 *
 * OpenCL 1.2 pins only memory of its own: the arena on the host is a buffer that stays mapped
 * and that no kernel sees (NVIDIA, "OpenCL Best Practices Guide", 3.1.1; AMD, "OpenCL
 * Optimization Guide", on pinned memory). Inputs and outputs are the caller's, unpinned.
 */
#include "gpu_opencl.h"

void snc_cl_release(snc_gpu_device *device, uint64_t memory) {
  snc_cl_of(device)->api.ReleaseMemObject(snc_cl_memory(memory));
}

/* Drivers take memory when it is first used; so its last byte is. Where host and device share
 * memory, ALLOC_HOST_PTR says that both will use it: copies are then plain ones, without
 * staging (Arm, "Mali GPU OpenCL Developer Guide", 8.3.2). */
int32_t snc_cl_allocate(snc_gpu_device *device, uint64_t bytes, uint64_t *memory) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t error;
  uint64_t flags = SNC_CL_MEM_READ_WRITE | (cl->unified ? SNC_CL_MEM_ALLOC_HOST_PTR : 0);
  snc_cl made = cl->api.CreateBuffer(cl->context, flags, bytes, NULL, &error);
  if (!made)
    return snc_cl_failed(device, "CreateBuffer", error);
  const uint8_t zero = 0;
  error = cl->api.EnqueueWriteBuffer(cl->queue, made, 1, bytes - 1, 1, &zero, 0, NULL, NULL);
  if (error == SNC_CL_SUCCESS) {
    *memory = (uint64_t)(uintptr_t)made;
    return SNC_OK;
  }
  cl->api.ReleaseMemObject(made);
  int32_t status = snc_cl_failed(device, "EnqueueWriteBuffer", error);
  return error == SNC_CL_OUT_OF_RESOURCES ? SNC_DEVICE_OUT_OF_MEMORY : status;
}

int32_t snc_cl_part(snc_gpu_device *device, uint64_t memory, uint64_t offset, uint64_t bytes,
                    uint64_t *made) {
  snc_cl_device *cl = snc_cl_of(device);
  snc_cl_region region = {offset, bytes};
  int32_t error;
  snc_cl sub = cl->api.CreateSubBuffer(snc_cl_memory(memory), SNC_CL_MEM_READ_WRITE,
                                       SNC_CL_BUFFER_CREATE_TYPE_REGION, &region, &error);
  if (!sub)
    return snc_cl_failed(device, "CreateSubBuffer", error);
  *made = (uint64_t)(uintptr_t)sub;
  return SNC_OK;
}

void snc_cl_release_pinned(snc_gpu_device *device, void *memory) {
  snc_cl_device *cl = snc_cl_of(device);
  if (memory) {
    cl->api.EnqueueUnmapMemObject(cl->queue, cl->host, memory, 0, NULL, NULL);
    cl->api.Finish(cl->queue); /* whatever it says: there is nothing else to do */
  }
  cl->api.ReleaseMemObject(cl->host);
  cl->host = NULL;
}

/* Not with unified memory, where it gains nothing and may not be cached for the host. */
void *snc_cl_pinned(snc_gpu_device *device, uint64_t bytes) {
  snc_cl_device *cl = snc_cl_of(device);
  if (!cl->maps || cl->unified)
    return NULL;
  int32_t error;
  cl->host = cl->api.CreateBuffer(cl->context, SNC_CL_MEM_READ_WRITE | SNC_CL_MEM_ALLOC_HOST_PTR,
                                  bytes, NULL, &error);
  if (!cl->host)
    return NULL;
  void *memory = cl->api.EnqueueMapBuffer(cl->queue, cl->host, 1, SNC_CL_MAP_READ_WRITE, 0, bytes,
                                          0, NULL, NULL, &error);
  if (!memory || error != SNC_CL_SUCCESS) {
    snc_cl_release_pinned(device, NULL);
    return NULL;
  }
  return memory;
}
