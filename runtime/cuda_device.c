/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Opening CUDA: the library, the device that the options name, its primary context and a
 * stream.
 */
#include "gpu_cuda.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int32_t snc_cu_check(snc_gpu_device *device, const char *call, int32_t error) {
  if (error == SNC_CU_SUCCESS)
    return SNC_OK;
  snc_gpu_say(device, "cuda: cu%s failed with %d", call, error);
  return error == SNC_CU_OUT_OF_MEMORY ? SNC_DEVICE_OUT_OF_MEMORY : SNC_DEVICE_FAILED;
}

int32_t snc_cu_enter(snc_cu_device *cu) { return cu->api.CtxPushCurrent(cu->context); }

int32_t snc_cu_leave(snc_cu_device *cu, int32_t error) {
  snc_cu mine;
  cu->api.CtxPopCurrent(&mine); /* what was done is done, whatever it says */
  return error;
}

/* Never closed again: the driver leaves threads and exit handlers behind. */
static int32_t load(snc_cu_device *cu) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snc_gpu_say(&cu->base, "cuda: no libcuda.so.1");
    return SNC_NO_DEVICE;
  }
  const char *missing = NULL;
#define LOAD(member, name, parameters)                                                             \
  *(void **)&cu->api.member = dlsym(library, name);                                                \
  if (!cu->api.member)                                                                             \
    missing = name;
  SNC_CU_FUNCTIONS(LOAD)
  const char *needed = missing;
  missing = NULL;
  SNC_CU_HOST_FUNCTIONS(LOAD)
#undef LOAD
  cu->pins = !missing;
  missing = needed;
  if (!missing)
    return SNC_OK;
  snc_gpu_say(&cu->base, "cuda: libcuda.so.1 has no %s (CUDA 11)", missing);
  return SNC_NO_DEVICE;
}

static void read_name(snc_cu_device *cu, int32_t device) {
  char *name = cu->base.name;
  memset(name, 0, sizeof cu->base.name);
  cu->api.DeviceGetName(name, sizeof cu->base.name, device);
  name[sizeof cu->base.name - 1] = 0;
}

/* By number or part of a name; else the first. */
static int32_t find(snc_cu_device *cu) {
  const char *wanted = cu->base.options->gpu_device;
  int32_t count = 0;
  if (cu->api.DeviceGetCount(&count) != SNC_CU_SUCCESS || count <= 0) {
    snc_gpu_say(&cu->base, "cuda: no device");
    return SNC_NO_DEVICE;
  }
  int32_t number = wanted ? snc_gpu_number(wanted) : 0;
  for (int32_t i = 0; i < count; ++i) {
    if ((number >= 0 && i != number) || cu->api.DeviceGet(&cu->device, i) != SNC_CU_SUCCESS)
      continue;
    read_name(cu, cu->device);
    if (number >= 0 || snc_gpu_named(cu->base.name, wanted))
      return SNC_OK;
  }
  cu->base.name[0] = 0;
  snc_gpu_say(&cu->base, "cuda: none of %d devices is '%s'", count, wanted ? wanted : "0");
  return SNC_NO_DEVICE;
}

static int32_t use_given(snc_cu_device *cu) {
  cu->context = cu->base.options->gpu_context;
  cu->stream = cu->base.options->gpu_queue;
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.CtxGetDevice(&cu->device));
  if (error == SNC_CU_SUCCESS)
    read_name(cu, cu->device);
  return snc_cu_check(&cu->base, "CtxGetDevice", error);
}

int32_t snc_cu_open(snc_gpu_device *device) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t status = load(cu);
  if (status != SNC_OK)
    return status;
  int32_t error = cu->api.Init(0);
  if (error != SNC_CU_SUCCESS) {
    snc_gpu_say(device, "cuda: cuInit failed with %d", error);
    return SNC_NO_DEVICE;
  }
  if (device->options->gpu_context)
    return use_given(cu);
  status = find(cu);
  if (status != SNC_OK)
    return status;
  status = snc_cu_check(device, "DevicePrimaryCtxRetain",
                        cu->api.PrimaryCtxRetain(&cu->context, cu->device));
  if (status != SNC_OK)
    return status;
  cu->retained = 1;
  error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.StreamCreate(&cu->stream, SNC_CU_STREAM_NON_BLOCKING));
  cu->owned = error == SNC_CU_SUCCESS;
  return snc_cu_check(device, "StreamCreate", error);
}

/* Of a lost device nothing succeeds any more, and nothing is left to be done. */
void snc_cu_close(snc_gpu_device *device) {
  snc_cu_device *cu = snc_cu_of(device);
  if (cu->context && snc_cu_enter(cu) == SNC_CU_SUCCESS) {
    for (uint32_t i = 0; cu->events && i < cu->num_events * cu->per_event; ++i)
      if (cu->events[i])
        cu->api.EventDestroy(cu->events[i]);
    if (cu->origin)
      cu->api.EventDestroy(cu->origin);
    if (cu->owned)
      cu->api.StreamDestroy(cu->stream);
    snc_cu_leave(cu, SNC_CU_SUCCESS);
  }
  free(cu->events);
  if (cu->retained)
    cu->api.PrimaryCtxRelease(cu->device);
}
