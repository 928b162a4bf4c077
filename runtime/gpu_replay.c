/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs: what was recorded goes to the device's queue; whoever needs a result waits
 * for the event of the step that makes it.
 */
#include "gpu.h"

#include "trace.h"

/* Notes a failure of the device, whose driver has told why. */
static int32_t lost(snc_context *context, int32_t status) {
  int32_t none = SNC_OK;
  atomic_compare_exchange_strong(&context->lost, &none, status);
  snc_context_fail(context, status, NULL);
  return status;
}

static int32_t enqueue(snc_gpu *gpu, const snc_gpu_op *op, uint32_t event) {
  if (op->kind == SNC_GPU_LAUNCH)
    return gpu->driver->launch(gpu->device, op->launch, event);
  return gpu->driver->copy(gpu->device, &op->copy, op->host->host, event);
}

int32_t snc_gpu_submit(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  snc_gpu *gpu = context->gpu;
  const snc_gpu_step *step = &gpu->steps[s];
  int32_t status = SNC_OK;
  gpu->submitted = s; /* also where it fails: something may be on its way */
  for (uint32_t i = 0; i < step->num_ops && status == SNC_OK; ++i) {
    const snc_gpu_op *op = &gpu->ops[step->first_op + i];
    status = enqueue(
        gpu, op, i + 1 < step->num_ops || op->event != SNC_GPU_NO_EVENT ? op->event : step->event);
    if (context->options.inspect && status == SNC_OK)
      status = snc_gpu_inspect(worker, step, i);
  }
  if (status == SNC_OK && !step->num_ops && step->event != SNC_GPU_NO_EVENT)
    status = gpu->driver->mark(gpu->device, step->event);
  if (status == SNC_OK)
    status = gpu->driver->flush(gpu->device);
  return status == SNC_OK ? SNC_OK : lost(context, status);
}

/* Spins as long as any thread does, then leaves it to the driver. */
static int32_t wait_for(snc_context *context, uint32_t event) {
  snc_gpu *gpu = context->gpu;
  uint64_t spin_ns = context->pool.spin_ns;
  uint64_t begin = spin_ns ? snc_now_ns() : 0;
  int32_t status = SNC_OK;
  while (spin_ns) {
    int done = 0;
    status = gpu->driver->poll(gpu->device, event, &done);
    if (done || status != SNC_OK)
      return status;
    if (snc_now_ns() - begin >= spin_ns)
      break;
    for (int i = 0; i < 16; ++i)
      snc_pause();
  }
  return gpu->driver->wait(gpu->device, event);
}

int32_t snc_gpu_await(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  int32_t status = wait_for(context, context->gpu->steps[s].event);
  return status == SNC_OK ? SNC_OK : lost(context, status);
}

/* ---- the end of a phase --------------------------------------------------------- */

/* Tells of each kernel and step that the device has run in [first, last]. */
static void trace_steps(snc_worker *worker, uint32_t first, uint32_t last) {
  snc_context *context = worker->context;
  snc_gpu *gpu = context->gpu;
  const snc_options *options = &context->options;
  uint32_t thread = context->units.count ? context->units.first[gpu->unit] : 0;
  for (uint32_t s = first; s <= last; ++s) {
    if (context->model->steps[s].unit != gpu->unit || !gpu->steps[s].num_ops)
      continue;
    uint32_t op = gpu->steps[s].first_op, end = op + gpu->steps[s].num_ops;
    snc_trace_event step = {SNC_TRACE_STEP, s, gpu->unit, thread, UINT64_MAX, 0};
    while (op < end) {
      snc_trace_event kernel = {SNC_TRACE_KERNEL, gpu->ops[op].kernel, gpu->unit,
                                thread,           UINT64_MAX,          0};
      int known = 1;
      for (; op < end && gpu->ops[op].kernel == kernel.index; ++op) {
        uint64_t b, e;
        known &= gpu->driver->times(gpu->device, gpu->ops[op].event, &b, &e);
        if (!known)
          continue;
        kernel.begin_ns = b < kernel.begin_ns ? b : kernel.begin_ns;
        kernel.end_ns = e > kernel.end_ns ? e : kernel.end_ns;
      }
      if (!known)
        return; /* the caller's queue does not measure */
      options->trace(options->user, &kernel);
      step.begin_ns = kernel.begin_ns < step.begin_ns ? kernel.begin_ns : step.begin_ns;
      step.end_ns = kernel.end_ns > step.end_ns ? kernel.end_ns : step.end_ns;
    }
    options->trace(options->user, &step);
  }
}

/* Of the phase that holds step `s`. */
static uint32_t first_of_phase(const snc_model *model, uint32_t s) {
  uint32_t p = 0;
  while (model->phases[p].first_step + model->phases[p].num_steps <= s)
    ++p;
  return model->phases[p].first_step;
}

int32_t snc_gpu_finish(snc_worker *worker) {
  snc_context *context = worker->context;
  snc_gpu *gpu = context->gpu;
  uint32_t last = gpu->submitted;
  if (last == SNC_NO_STEP)
    return SNC_OK;
  gpu->submitted = SNC_NO_STEP;
  int32_t status = SNC_OK;
  /* A run that has stopped may have left commands without an event. */
  if (snc_context_stopped(context))
    status = gpu->driver->drain(gpu->device);
  else
    status = wait_for(context, gpu->steps[last].event);
  if (status != SNC_OK) {
    snc_gpu_settle(gpu);
    lost(context, status);
  } else if (context->options.trace && !snc_context_stopped(context)) {
    trace_steps(worker, first_of_phase(context->model, last), last);
  }
  gpu->driver->reset(gpu->device);
  return status;
}
