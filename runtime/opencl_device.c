/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Opening OpenCL: the library, the device that the options name, context and queue.
 */
#include "gpu_opencl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PLATFORMS 16
#define MOST_DEVICES 64
#define NAME_BYTES 1024

int32_t snc_cl_failed(snc_gpu_device *device, const char *call, int32_t error) {
  snc_gpu_say(device, "opencl: cl%s failed with %d", call, error);
  switch (error) {
  case SNC_CL_MEM_OBJECT_ALLOCATION_FAILURE:
  case SNC_CL_INVALID_BUFFER_SIZE:
    return SNC_DEVICE_OUT_OF_MEMORY;
  case SNC_CL_OUT_OF_HOST_MEMORY:
    return SNC_OUT_OF_MEMORY;
  default:
    return SNC_DEVICE_FAILED;
  }
}

/* Never closed again: drivers leave threads and exit handlers behind. */
static int32_t load(snc_cl_device *cl) {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snc_gpu_say(&cl->base, "opencl: no libOpenCL.so.1");
    return SNC_NO_DEVICE;
  }
  const char *missing = NULL;
#define LOAD(result, name, parameters)                                                             \
  *(void **)&cl->api.name = dlsym(library, "cl" #name);                                            \
  if (!cl->api.name)                                                                               \
    missing = "cl" #name;
  SNC_CL_FUNCTIONS(LOAD)
  const char *needed = missing;
  missing = NULL;
  SNC_CL_HOST_FUNCTIONS(LOAD)
#undef LOAD
  cl->maps = !missing;
  missing = needed;
  if (!missing)
    return SNC_OK;
  snc_gpu_say(&cl->base, "opencl: libOpenCL.so.1 has no %s (OpenCL 1.2)", missing);
  return SNC_NO_DEVICE;
}

/* The devices of all platforms, in the loader's order. */
typedef struct found {
  uint32_t count;
  snc_cl platforms[MOST_DEVICES], devices[MOST_DEVICES];
} found;

static void find_all(const snc_cl_api *api, found *f) {
  snc_cl platforms[MOST_PLATFORMS];
  uint32_t num_platforms = 0;
  f->count = 0;
  if (api->GetPlatformIDs(MOST_PLATFORMS, platforms, &num_platforms) != SNC_CL_SUCCESS)
    return;
  for (uint32_t p = 0; p < num_platforms && p < MOST_PLATFORMS; ++p) {
    uint32_t count = 0, room = MOST_DEVICES - f->count;
    if (!room || api->GetDeviceIDs(platforms[p], SNC_CL_DEVICE_TYPE_ALL, room,
                                   f->devices + f->count, &count) != SNC_CL_SUCCESS)
      continue;
    for (uint32_t i = 0; i < count && i < room; ++i)
      f->platforms[f->count++] = platforms[p];
  }
}

/* Of an answer that fits, else empty. */
static void text(int32_t error, char *to, size_t room) {
  if (error != SNC_CL_SUCCESS)
    to[0] = 0;
  to[room - 1] = 0;
}

static int matches(const snc_cl_api *api, const found *f, uint32_t i, const char *wanted) {
  char device[NAME_BYTES], platform[NAME_BYTES];
  text(api->GetDeviceInfo(f->devices[i], SNC_CL_DEVICE_NAME, sizeof device, device, NULL), device,
       sizeof device);
  text(api->GetPlatformInfo(f->platforms[i], SNC_CL_PLATFORM_NAME, sizeof platform, platform, NULL),
       platform, sizeof platform);
  return snc_gpu_named(device, wanted) || snc_gpu_named(platform, wanted);
}

static int is_gpu(const snc_cl_api *api, snc_cl device) {
  uint64_t type = 0;
  api->GetDeviceInfo(device, SNC_CL_DEVICE_TYPE, sizeof type, &type, NULL);
  return (type & (SNC_CL_DEVICE_TYPE_GPU | SNC_CL_DEVICE_TYPE_ACCELERATOR)) != 0;
}

/* By number or part of a name; else the first GPU, else the first of any kind. Returns
 * f->count where there is none. */
static uint32_t choose(const snc_cl_api *api, const found *f, const char *wanted) {
  int32_t number = wanted ? snc_gpu_number(wanted) : -1;
  if (number >= 0)
    return (uint32_t)number < f->count ? (uint32_t)number : f->count;
  for (uint32_t i = 0; i < f->count; ++i)
    if (wanted ? matches(api, f, i, wanted) : is_gpu(api, f->devices[i]))
      return i;
  return wanted ? f->count : 0;
}

static int32_t find(snc_cl_device *cl, snc_cl *platform) {
  found f;
  find_all(&cl->api, &f);
  const char *wanted = cl->base.options->gpu_device;
  uint32_t i = choose(&cl->api, &f, wanted);
  if (i >= f.count) {
    if (wanted && f.count)
      snc_gpu_say(&cl->base, "opencl: none of %u devices is '%s'", f.count, wanted);
    else
      snc_gpu_say(&cl->base, "opencl: no device");
    return SNC_NO_DEVICE;
  }
  cl->device = f.devices[i];
  *platform = f.platforms[i];
  return SNC_OK;
}

/* Of the device: its names, and what its memory asks for. */
static int32_t describe(snc_cl_device *cl) {
  const snc_cl_api *api = &cl->api;
  char name[NAME_BYTES];
  text(api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_NAME, sizeof name, name, NULL), name,
       sizeof name);
  strncpy(cl->base.name, name, sizeof cl->base.name - 1);
  text(api->GetDeviceInfo(cl->device, SNC_CL_DRIVER_VERSION, sizeof cl->driver, cl->driver, NULL),
       cl->driver, sizeof cl->driver);
  text(api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_VERSION, sizeof cl->version, cl->version, NULL),
       cl->version, sizeof cl->version);
  uint32_t align = 0, args = 0, unified = 0; /* a cl_bool */
  uint64_t constant = 0;
  api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof align, &align, NULL);
  api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_MAX_CONSTANT_ARGS, sizeof args, &args, NULL);
  api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE, sizeof constant, &constant,
                     NULL);
  api->GetDeviceInfo(cl->device, SNC_CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof unified, &unified, NULL);
  cl->unified = unified != 0;
  /* As Halide's own runtime defines them for its kernels. */
  snprintf(cl->build_options, sizeof cl->build_options,
           "-D MAX_CONSTANT_BUFFER_SIZE=%llu -D MAX_CONSTANT_ARGS=%u", (unsigned long long)constant,
           args);
  if (align <= SNC_DEVICE_ALIGNMENT * 8)
    return SNC_OK;
  snc_gpu_say(&cl->base, "opencl: %s wants buffers aligned to %u bytes, more than %u",
              cl->base.name, align / 8, SNC_DEVICE_ALIGNMENT);
  return SNC_NO_DEVICE;
}

static int32_t use_given(snc_cl_device *cl) {
  const snc_options *options = cl->base.options;
  cl->context = options->gpu_context;
  cl->queue = options->gpu_queue;
  uint64_t properties = 0;
  int32_t error = cl->api.GetCommandQueueInfo(cl->queue, SNC_CL_QUEUE_DEVICE, sizeof cl->device,
                                              &cl->device, NULL);
  if (error == SNC_CL_SUCCESS)
    error = cl->api.GetCommandQueueInfo(cl->queue, SNC_CL_QUEUE_PROPERTIES, sizeof properties,
                                        &properties, NULL);
  if (error != SNC_CL_SUCCESS)
    return snc_cl_failed(&cl->base, "GetCommandQueueInfo", error);
  if (!(properties & SNC_CL_QUEUE_OUT_OF_ORDER))
    return describe(cl);
  snc_gpu_say(&cl->base, "opencl: the given queue runs commands out of order");
  return SNC_INVALID_ARGUMENT;
}

int32_t snc_cl_open(snc_gpu_device *device) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t status = load(cl);
  if (status != SNC_OK)
    return status;
  if (device->options->gpu_context)
    return use_given(cl);
  snc_cl platform;
  status = find(cl, &platform);
  if (status == SNC_OK)
    status = describe(cl);
  if (status != SNC_OK)
    return status;
  cl->owned = 1;
  int32_t error;
  const intptr_t properties[] = {SNC_CL_CONTEXT_PLATFORM, (intptr_t)platform, 0};
  cl->context = cl->api.CreateContext(properties, 1, &cl->device, NULL, NULL, &error);
  if (!cl->context)
    return snc_cl_failed(device, "CreateContext", error);
  uint64_t timed = device->options->trace ? SNC_CL_QUEUE_PROFILING : 0;
  cl->queue = cl->api.CreateCommandQueue(cl->context, cl->device, timed, &error);
  return cl->queue ? SNC_OK : snc_cl_failed(device, "CreateCommandQueue", error);
}

void snc_cl_close(snc_gpu_device *device) {
  snc_cl_device *cl = snc_cl_of(device);
  for (uint32_t i = 0; i < cl->num_events; ++i)
    if (cl->events[i])
      cl->api.ReleaseEvent(cl->events[i]);
  free(cl->events);
  free(cl->enqueued);
  if (!cl->owned)
    return;
  if (cl->queue)
    cl->api.ReleaseCommandQueue(cl->queue);
  if (cl->context)
    cl->api.ReleaseContext(cl->context);
}
