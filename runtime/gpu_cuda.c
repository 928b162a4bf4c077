/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The CUDA driver: memory, launches, copies and events in one stream.
 *
 * The arena on the host is pinned, so that copies between it and the device
 * run while the thread that feeds it goes on; inputs and outputs are the caller's, who
 * may pin them.
 */
#include "gpu_cuda.h"

#include <stdlib.h>

/* ---- memory --------------------------------------------------------------------- */

static int32_t allocate(snc_gpu_device *device, uint64_t bytes, uint64_t *memory) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.MemAlloc(memory, bytes));
  return snc_cu_check(device, "MemAlloc", error);
}

static void release(snc_gpu_device *device, uint64_t memory) {
  snc_cu_device *cu = snc_cu_of(device);
  if (snc_cu_enter(cu) == SNC_CU_SUCCESS)
    snc_cu_leave(cu, cu->api.MemFree(memory));
}

static int32_t part(snc_gpu_device *device, uint64_t memory, uint64_t offset, uint64_t bytes,
                    uint64_t *made) {
  (void)device;
  (void)bytes;
  *made = memory + offset;
  return SNC_OK;
}

static void release_part(snc_gpu_device *device, uint64_t part) {
  (void)device;
  (void)part;
}

/* Allocated, not registered: a range of the context's block would share its first and last page
 * with other buffers. Integrated devices may not cache it for the host (NVIDIA, "CUDA for
 * Tegra", on pinned memory). */
static void *pinned(snc_gpu_device *device, uint64_t bytes) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t integrated = 0;
  void *memory = NULL;
  if (!cu->pins || snc_cu_enter(cu) != SNC_CU_SUCCESS)
    return NULL;
  int32_t error = cu->api.DeviceGetAttribute(&integrated, SNC_CU_DEVICE_INTEGRATED, cu->device);
  if (error == SNC_CU_SUCCESS && !integrated)
    error = cu->api.MemHostAlloc(&memory, bytes, 0);
  snc_cu_leave(cu, SNC_CU_SUCCESS);
  return error == SNC_CU_SUCCESS ? memory : NULL;
}

static void release_pinned(snc_gpu_device *device, void *memory) {
  snc_cu_device *cu = snc_cu_of(device);
  if (snc_cu_enter(cu) == SNC_CU_SUCCESS)
    snc_cu_leave(cu, cu->api.MemFreeHost(memory));
}

/* ---- events ----------------------------------------------------------------------- */

static int32_t make_events(snc_gpu_device *device, uint32_t count, int timed) {
  snc_cu_device *cu = snc_cu_of(device);
  cu->per_event = timed ? 2 : 1;
  cu->events = calloc(count ? count * cu->per_event : 1, sizeof(snc_cu));
  if (!cu->events)
    return SNC_OUT_OF_MEMORY;
  cu->num_events = count;
  uint32_t flags =
      timed ? SNC_CU_EVENT_BLOCKING_SYNC : SNC_CU_EVENT_BLOCKING_SYNC | SNC_CU_EVENT_DISABLE_TIMING;
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS) {
    for (uint32_t i = 0; i < count * cu->per_event && error == SNC_CU_SUCCESS; ++i)
      error = cu->api.EventCreate(&cu->events[i], flags);
    if (timed && error == SNC_CU_SUCCESS)
      error = cu->api.EventCreate(&cu->origin, flags);
    error = snc_cu_leave(cu, error);
  }
  return snc_cu_check(device, "EventCreate", error);
}

/* The last of an event's. */
static snc_cu end_of(const snc_cu_device *cu, uint32_t event) {
  return cu->events[event * cu->per_event + cu->per_event - 1];
}

/* In front of a command that leaves an event. */
static int32_t before(snc_cu_device *cu, uint32_t event) {
  if (event == SNC_GPU_NO_EVENT || cu->per_event == 1)
    return SNC_CU_SUCCESS;
  int32_t error = SNC_CU_SUCCESS;
  if (!cu->origin_set) {
    cu->origin_set = 1;
    cu->origin_ns = snc_now_ns(); /* the stream is idle */
    error = cu->api.EventRecord(cu->origin, cu->stream);
  }
  return error ? error : cu->api.EventRecord(cu->events[event * 2], cu->stream);
}

static int32_t behind(snc_cu_device *cu, uint32_t event) {
  return event == SNC_GPU_NO_EVENT ? SNC_CU_SUCCESS
                                   : cu->api.EventRecord(end_of(cu, event), cu->stream);
}

static int32_t poll(snc_gpu_device *device, uint32_t event, int *done) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.EventQuery(end_of(cu, event)));
  *done = error == SNC_CU_SUCCESS;
  return error == SNC_CU_NOT_READY ? SNC_OK : snc_cu_check(device, "EventQuery", error);
}

static int32_t wait(snc_gpu_device *device, uint32_t event) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.EventSynchronize(end_of(cu, event)));
  return snc_cu_check(device, "EventSynchronize", error);
}

static void reset(snc_gpu_device *device) { snc_cu_of(device)->origin_set = 0; }

static int times(snc_gpu_device *device, uint32_t event, uint64_t *begin, uint64_t *end) {
  snc_cu_device *cu = snc_cu_of(device);
  float from = 0, to = 0; /* ms */
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS) {
    error = cu->api.EventElapsedTime(&from, cu->origin, cu->events[event * 2]);
    if (error == SNC_CU_SUCCESS)
      error = cu->api.EventElapsedTime(&to, cu->origin, cu->events[event * 2 + 1]);
    error = snc_cu_leave(cu, error);
  }
  *begin = cu->origin_ns + (uint64_t)((double)from * 1e6);
  *end = cu->origin_ns + (uint64_t)((double)to * 1e6);
  return error == SNC_CU_SUCCESS;
}

/* ---- the stream -------------------------------------------------------------------- */

/* What is enqueued, and what for it. */
typedef int32_t (*command_fn)(snc_cu_device *cu, const void *what, void *host);

static int32_t enqueue(snc_gpu_device *device, uint32_t event, const char *call, command_fn command,
                       const void *what, void *host) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS) {
    error = before(cu, event);
    if (error == SNC_CU_SUCCESS)
      error = command(cu, what, host);
    if (error == SNC_CU_SUCCESS)
      error = behind(cu, event);
    error = snc_cu_leave(cu, error);
  }
  return snc_cu_check(device, call, error);
}

static int32_t do_launch(snc_cu_device *cu, const void *what, void *host) {
  const snc_cu_launch *l = what;
  (void)host;
  return cu->api.LaunchKernel(l->function, l->blocks[0], l->blocks[1], l->blocks[2], l->threads[0],
                              l->threads[1], l->threads[2], l->shared_bytes, cu->stream,
                              l->parameters, NULL);
}

static int32_t do_copy(snc_cu_device *cu, const void *what, void *host) {
  const snc_gpu_copy *c = what;
  if (c->runs == 1)
    return c->to_device ? cu->api.MemcpyHtoDAsync(c->device, host, c->run_bytes, cu->stream)
                        : cu->api.MemcpyDtoHAsync(host, c->device, c->run_bytes, cu->stream);
  snc_cu_copy_2d copy = {.width = c->run_bytes, .height = c->runs};
  copy.from_type = c->to_device ? SNC_CU_MEMORY_HOST : SNC_CU_MEMORY_DEVICE;
  copy.to_type = c->to_device ? SNC_CU_MEMORY_DEVICE : SNC_CU_MEMORY_HOST;
  copy.from_host = copy.to_host = host; /* the types tell which is read */
  copy.from_device = copy.to_device = c->device;
  copy.from_pitch = c->to_device ? c->host_pitch : c->device_pitch;
  copy.to_pitch = c->to_device ? c->device_pitch : c->host_pitch;
  return cu->api.Memcpy2DAsync(&copy, cu->stream);
}

static int32_t do_nothing(snc_cu_device *cu, const void *what, void *host) {
  (void)cu;
  (void)what;
  (void)host;
  return SNC_CU_SUCCESS;
}

static int32_t launch(snc_gpu_device *device, void *kernel, uint32_t event) {
  return enqueue(device, event, "LaunchKernel", do_launch, kernel, NULL);
}

static int32_t copy(snc_gpu_device *device, const snc_gpu_copy *c, void *host, uint32_t event) {
  return enqueue(device, event, "MemcpyAsync", do_copy, c, host);
}

static int32_t mark(snc_gpu_device *device, uint32_t event) {
  return enqueue(device, event, "EventRecord", do_nothing, NULL, NULL);
}

static int32_t flush(snc_gpu_device *device) {
  (void)device; /* streams begin by themselves */
  return SNC_OK;
}

static int32_t drain(snc_gpu_device *device) {
  snc_cu_device *cu = snc_cu_of(device);
  int32_t error = snc_cu_enter(cu);
  if (error == SNC_CU_SUCCESS)
    error = snc_cu_leave(cu, cu->api.StreamSynchronize(cu->stream));
  return snc_cu_check(device, "StreamSynchronize", error);
}

const snc_gpu_driver snc_gpu_cuda = {
    .api = "cuda",
    .engine = &snc_gpu_engine_table,
    .device_bytes = sizeof(snc_cu_device),
    .open = snc_cu_open,
    .close = snc_cu_close,
    .allocate = allocate,
    .release = release,
    .part = part,
    .release_part = release_part,
    .pinned = pinned,
    .release_pinned = release_pinned,
    .program = snc_cu_program,
    .release_program = snc_cu_release_program,
    .kernel = snc_cu_kernel,
    .release_kernel = snc_cu_release_kernel,
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
