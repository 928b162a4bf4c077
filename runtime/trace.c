/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Times for the trace hook.
 */
#include "trace.h"

#include "futex.h"
#include "gpu.h"
#include "inspect.h"

/* Recording learns from snc_kernel_end whose work it has noted. */
int32_t snc_traced(const snc_worker *worker) {
  const snc_options *options = &worker->context->options;
  return worker->recording || options->trace != NULL || options->inspect != NULL;
}

uint64_t snc_trace_now(const snc_worker *worker) {
  return worker->context->options.trace ? snc_now_ns() : 0;
}

void snc_trace_emit(const snc_worker *worker, uint32_t kind, uint32_t index, uint64_t begin_ns) {
  const snc_options *options = &worker->context->options;
  if (!options->trace)
    return;
  snc_trace_event event = {kind, index, worker->unit, worker->index, begin_ns, snc_now_ns()};
  options->trace(options->user, &event);
}

void snc_kernel_begin(snc_worker *worker) { worker->kernel_begin_ns = snc_now_ns(); }

void snc_kernel_end(snc_worker *worker, uint32_t kernel) {
  snc_context *context = worker->context;
  if (worker->recording)
    context->model->gpu->driver->engine->kernel_recorded(context->gpu, kernel);
  else {
    snc_trace_emit(worker, SNC_TRACE_KERNEL, kernel, worker->kernel_begin_ns);
    snc_inspect_host(worker, kernel);
  }
}
