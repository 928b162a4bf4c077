/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A parallel loop is cut into units; a unit is one index for the own pool
 * (several in very long loops), one slice for each thread for the hook. Either
 * way a unit runs as one snc_worker, which nobody else uses meanwhile.
 */
#include "par_for.h"

/* One line, since each thread fetches it once for each loop. */
typedef struct loop {
  _Alignas(64) snc_context *context;
  snc_loop_body body;
  snc_loop_arg arg;
  uint32_t size, units;
} loop;
_Static_assert(sizeof(loop) == 64, "a loop fills one cache line");

static uint32_t unit_begin(const loop *l, uint32_t unit) {
  return (uint32_t)((uint64_t)l->size * unit / l->units);
}

static int run_range(const loop *l, snc_worker *worker, uint32_t begin, uint32_t end) {
  int error = 0;
  for (uint32_t i = begin; i < end && !error; ++i) {
    error = snc_context_stopped(l->context);
    if (!error)
      error = l->body(&l->arg, worker, (int)i);
  }
  return error;
}

static int run_unit(const loop *l, uint32_t thread, uint32_t unit) {
  snc_worker *self = &l->context->workers[thread];
  self->in_task = 1;
  int error = run_range(l, self, unit_begin(l, unit), unit_begin(l, unit + 1));
  self->in_task = 0;
  return error;
}

static int pool_unit(void *arg, uint32_t thread, uint32_t unit) {
  return run_unit(arg, thread, unit);
}

/* Slice `index`, as worker `index`. */
static int hook_slice(void *arg, uint32_t index) { return run_unit(arg, index, index); }

int snc_par_for(snc_worker *worker, snc_loop_body body, snc_loop_arg arg, int size) {
  if (size <= 0)
    return 0;
  snc_context *context = worker->context;
  uint32_t threads = worker->members;
  loop l = {.context = context, .body = body, .arg = arg, .size = (uint32_t)size};
  if (worker->in_task || threads == 1 || size == 1)
    return run_range(&l, worker, 0, l.size);
  uint32_t most = context->options.parallel_for ? threads : SNC_POOL_MAX_UNITS;
  l.units = l.size < most ? l.size : most;
  if (context->options.parallel_for)
    return snc_hook_run(context, hook_slice, &l, l.units);
  return snc_pool_run(&context->pool, worker->index, threads, pool_unit, &l, l.units);
}

/* ---- the parallel_for hook ------------------------------------------------ */

typedef struct hook_loop {
  snc_hook_body body;
  void *arg;
  uint32_t count;
  _Atomic uint32_t done;
  _Atomic int32_t error; /* of the first failed task */
} hook_loop;

static int hook_task(void *arg, int index) {
  hook_loop *l = arg;
  if (index < 0 || (uint32_t)index >= l->count)
    return SNC_INVALID_ARGUMENT;
  int32_t error = l->body(l->arg, (uint32_t)index), none = 0;
  if (error)
    atomic_compare_exchange_strong(&l->error, &none, error);
  atomic_fetch_add(&l->done, 1);
  return error;
}

int snc_hook_run(snc_context *context, snc_hook_body body, void *arg, uint32_t count) {
  const snc_options *options = &context->options;
  hook_loop l = {.body = body, .arg = arg, .count = count};
  int refused = options->parallel_for(options->user, hook_task, &l, (int)count);
  int32_t error = atomic_load(&l.error);
  if (error)
    return error;
  if (!refused && atomic_load(&l.done) == count)
    return 0;
  snc_context_fail(context, SNC_CANCELLED, "the parallel_for hook did not run every task");
  return SNC_CANCELLED;
}
