/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The OpenCL driver: launches, copies and events in one in-order queue.
 */
#include "gpu_opencl.h"

#include <stdlib.h>
#include <string.h>

typedef struct cl_launch {
  snc_cl kernel;
  size_t global[3], local[3];
} cl_launch;

/* ---- launches --------------------------------------------------------------------- */

static void release_kernel(snc_gpu_device *device, void *kernel) {
  cl_launch *made = kernel;
  snc_cl_of(device)->api.ReleaseKernel(made->kernel);
  free(made);
}

/* The last argument is the block's shared memory, at least one byte. */
static int32_t set_arguments(const snc_cl_api *api, snc_cl kernel, const snc_gpu_launch *launch) {
  for (uint32_t i = 0; i < launch->num_args; ++i) {
    snc_cl memory = NULL;
    const void *value = launch->args[i];
    if (launch->is_buffer[i]) {
      memory = snc_cl_memory(((const snc_buffer *)value)->device);
      value = &memory;
    }
    int32_t error = api->SetKernelArg(kernel, i, launch->sizes[i], value);
    if (error != SNC_CL_SUCCESS)
      return error;
  }
  size_t shared = launch->shared_bytes ? launch->shared_bytes : 1;
  return api->SetKernelArg(kernel, launch->num_args, shared, NULL);
}

static int32_t kernel(snc_gpu_device *device, void *program, const snc_gpu_launch *launch,
                      void **out) {
  snc_cl_device *cl = snc_cl_of(device);
  cl_launch *made = calloc(1, sizeof *made);
  if (!made)
    return SNC_OUT_OF_MEMORY;
  for (int d = 0; d < 3; ++d) {
    made->local[d] = launch->threads[d];
    made->global[d] = (size_t)launch->blocks[d] * launch->threads[d];
  }
  int32_t error;
  made->kernel = cl->api.CreateKernel(program, launch->entry, &error);
  if (!made->kernel) {
    free(made);
    return snc_cl_failed(device, "CreateKernel", error);
  }
  error = set_arguments(&cl->api, made->kernel, launch);
  if (error != SNC_CL_SUCCESS) {
    release_kernel(device, made);
    return snc_cl_failed(device, "SetKernelArg", error);
  }
  *out = made;
  return SNC_OK;
}

/* ---- events --------------------------------------------------------------------- */

static int32_t make_events(snc_gpu_device *device, uint32_t count, int timed) {
  snc_cl_device *cl = snc_cl_of(device);
  cl->events = calloc(count ? count : 1, sizeof *cl->events);
  cl->clock_error = UINT64_MAX;
  if (timed)
    cl->enqueued = calloc(count ? count : 1, 2 * sizeof *cl->enqueued);
  if (!cl->events || (timed && !cl->enqueued))
    return SNC_OUT_OF_MEMORY;
  cl->num_events = count;
  return SNC_OK;
}

/* Where a call is to leave its event. */
static snc_cl *place(snc_cl_device *cl, uint32_t event) {
  if (event == SNC_GPU_NO_EVENT)
    return NULL;
  if (cl->enqueued)
    cl->enqueued[2 * event] = snc_now_ns();
  return &cl->events[event];
}

static int32_t placed(snc_gpu_device *device, uint32_t event, const char *call, int32_t error) {
  snc_cl_device *cl = snc_cl_of(device);
  if (error != SNC_CL_SUCCESS)
    return snc_cl_failed(device, call, error);
  if (event != SNC_GPU_NO_EVENT && cl->enqueued)
    cl->enqueued[2 * event + 1] = snc_now_ns();
  return SNC_OK;
}

static int32_t poll(snc_gpu_device *device, uint32_t event, int *done) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t state = SNC_CL_COMPLETE;
  int32_t error =
      cl->api.GetEventInfo(cl->events[event], SNC_CL_EVENT_STATUS, sizeof state, &state, NULL);
  if (error != SNC_CL_SUCCESS)
    return snc_cl_failed(device, "GetEventInfo", error);
  *done = state == SNC_CL_COMPLETE;
  if (state >= SNC_CL_COMPLETE)
    return SNC_OK;
  snc_gpu_say(device, "opencl: a command failed on the device with %d", state);
  return SNC_DEVICE_FAILED;
}

static int32_t wait(snc_gpu_device *device, uint32_t event) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t error = cl->api.WaitForEvents(1, &cl->events[event]);
  return error == SNC_CL_SUCCESS ? SNC_OK : snc_cl_failed(device, "WaitForEvents", error);
}

static void reset(snc_gpu_device *device) {
  snc_cl_device *cl = snc_cl_of(device);
  for (uint32_t i = 0; i < cl->num_events; ++i)
    if (cl->events[i]) {
      cl->api.ReleaseEvent(cl->events[i]);
      cl->events[i] = NULL;
    }
  cl->clock_error = UINT64_MAX;
}

static int profile(snc_cl_device *cl, uint32_t event, uint32_t what, uint64_t *ns) {
  return cl->api.GetEventProfilingInfo(cl->events[event], what, sizeof *ns, ns, NULL) ==
         SNC_CL_SUCCESS;
}

/* The device has its own clock, which stamps a command when it is queued: between the
 * two times that the host took around the call. */
static int set_clock(snc_cl_device *cl) {
  for (uint32_t i = 0; i < cl->num_events; ++i) {
    uint64_t queued, before = cl->enqueued[2 * i], after = cl->enqueued[2 * i + 1];
    if (!cl->events[i] || after < before || after - before >= cl->clock_error)
      continue;
    if (!profile(cl, i, SNC_CL_PROFILING_QUEUED, &queued))
      return 0;
    cl->clock_error = after - before;
    cl->clock_offset = (int64_t)(before + (after - before) / 2 - queued);
  }
  return cl->clock_error != UINT64_MAX;
}

static int times(snc_gpu_device *device, uint32_t event, uint64_t *begin, uint64_t *end) {
  snc_cl_device *cl = snc_cl_of(device);
  if (!cl->enqueued || !cl->events[event] || (cl->clock_error == UINT64_MAX && !set_clock(cl)) ||
      !profile(cl, event, SNC_CL_PROFILING_START, begin) ||
      !profile(cl, event, SNC_CL_PROFILING_END, end))
    return 0;
  *begin += (uint64_t)cl->clock_offset;
  *end += (uint64_t)cl->clock_offset;
  return 1;
}

/* ---- the queue -------------------------------------------------------------------- */

static int32_t launch(snc_gpu_device *device, void *kernel, uint32_t event) {
  snc_cl_device *cl = snc_cl_of(device);
  const cl_launch *l = kernel;
  int32_t error = cl->api.EnqueueNDRangeKernel(cl->queue, l->kernel, 3, NULL, l->global, l->local,
                                               0, NULL, place(cl, event));
  return placed(device, event, "EnqueueNDRangeKernel", error);
}

static int32_t copy_runs(snc_gpu_device *device, const snc_gpu_copy *c, void *host,
                         uint32_t event) {
  snc_cl_device *cl = snc_cl_of(device);
  const size_t origin[3] = {0, 0, 0}, region[3] = {c->run_bytes, c->runs, 1};
  snc_cl memory = snc_cl_memory(c->device), *to = place(cl, event);
  if (c->to_device)
    return placed(device, event, "EnqueueWriteBufferRect",
                  cl->api.EnqueueWriteBufferRect(cl->queue, memory, 0, origin, origin, region,
                                                 c->device_pitch, 0, c->host_pitch, 0, host, 0,
                                                 NULL, to));
  return placed(device, event, "EnqueueReadBufferRect",
                cl->api.EnqueueReadBufferRect(cl->queue, memory, 0, origin, origin, region,
                                              c->device_pitch, 0, c->host_pitch, 0, host, 0, NULL,
                                              to));
}

static int32_t copy(snc_gpu_device *device, const snc_gpu_copy *c, void *host, uint32_t event) {
  snc_cl_device *cl = snc_cl_of(device);
  if (c->runs > 1)
    return copy_runs(device, c, host, event);
  snc_cl memory = snc_cl_memory(c->device), *to = place(cl, event);
  if (c->to_device)
    return placed(
        device, event, "EnqueueWriteBuffer",
        cl->api.EnqueueWriteBuffer(cl->queue, memory, 0, 0, c->run_bytes, host, 0, NULL, to));
  return placed(
      device, event, "EnqueueReadBuffer",
      cl->api.EnqueueReadBuffer(cl->queue, memory, 0, 0, c->run_bytes, host, 0, NULL, to));
}

static int32_t mark(snc_gpu_device *device, uint32_t event) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t error = cl->api.EnqueueMarkerWithWaitList(cl->queue, 0, NULL, place(cl, event));
  return placed(device, event, "EnqueueMarkerWithWaitList", error);
}

static int32_t flush(snc_gpu_device *device) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t error = cl->api.Flush(cl->queue);
  return error == SNC_CL_SUCCESS ? SNC_OK : snc_cl_failed(device, "Flush", error);
}

static int32_t drain(snc_gpu_device *device) {
  snc_cl_device *cl = snc_cl_of(device);
  int32_t error = cl->api.Finish(cl->queue);
  return error == SNC_CL_SUCCESS ? SNC_OK : snc_cl_failed(device, "Finish", error);
}

const snc_gpu_driver snc_gpu_opencl = {
    .api = "opencl",
    .engine = &snc_gpu_engine_table,
    .device_bytes = sizeof(snc_cl_device),
    .open = snc_cl_open,
    .close = snc_cl_close,
    .allocate = snc_cl_allocate,
    .release = snc_cl_release,
    .part = snc_cl_part,
    .release_part = snc_cl_release,
    .pinned = snc_cl_pinned,
    .release_pinned = snc_cl_release_pinned,
    .program = snc_cl_program,
    .release_program = snc_cl_release_program,
    .kernel = kernel,
    .release_kernel = release_kernel,
    .make_events = make_events,
    .launch = launch,
    .copy = copy,
    .mark = mark,
    .flush = flush,
    .poll = poll,
    .wait = wait,
    .drain = drain,
    .times = times,
    .reset = reset,
};
