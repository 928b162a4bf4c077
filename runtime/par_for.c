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
  _Atomic uint32_t done; /* hook only: units run */
  _Atomic int32_t error; /* hook only: of the first failed unit */
} loop;
_Static_assert(sizeof(loop) == 64, "a loop fills one cache line");

static uint32_t unit_begin(const loop *l, uint32_t unit) {
  return (uint32_t)((uint64_t)l->size * unit / l->units);
}

static int run_range(const loop *l, snc_worker *worker, uint32_t begin, uint32_t end) {
  int error = 0;
  for (uint32_t i = begin; i < end && !error; ++i)
    error = l->body(&l->arg, worker, (int)i);
  return error;
}

static int run_unit(const loop *l, uint32_t worker, uint32_t unit) {
  snc_worker *self = &l->context->workers[worker];
  self->in_task = 1;
  int error = run_range(l, self, unit_begin(l, unit), unit_begin(l, unit + 1));
  self->in_task = 0;
  return error;
}

static int pool_unit(void *arg, uint32_t worker, uint32_t unit) {
  return run_unit(arg, worker, unit);
}

/* The task handed to the parallel_for hook: slice `index`, as worker `index`. */
static int hook_unit(void *arg, int index) {
  loop *l = arg;
  if (index < 0 || (uint32_t)index >= l->units)
    return SNC_INVALID_ARGUMENT;
  int32_t error = run_unit(l, (uint32_t)index, (uint32_t)index), none = 0;
  if (error)
    atomic_compare_exchange_strong(&l->error, &none, error);
  atomic_fetch_add(&l->done, 1);
  return error;
}

static int run_hook(loop *l) {
  const snc_options *options = &l->context->options;
  int refused = options->parallel_for(options->user, hook_unit, l, (int)l->units);
  int32_t error = atomic_load(&l->error);
  if (error)
    return error;
  if (!refused && atomic_load(&l->done) == l->units)
    return 0;
  snc_context_fail(l->context, SNC_CANCELLED, "the parallel_for hook did not run every task");
  return SNC_CANCELLED;
}

int snc_par_for(snc_worker *worker, snc_loop_body body, snc_loop_arg arg, int size) {
  if (size <= 0)
    return 0;
  snc_context *context = worker->context;
  uint32_t threads = (uint32_t)context->options.threads;
  loop l = {.context = context, .body = body, .arg = arg, .size = (uint32_t)size};
  if (worker->in_task || threads == 1 || size == 1)
    return run_range(&l, worker, 0, l.size);
  uint32_t most = context->options.parallel_for ? threads : SNC_POOL_MAX_UNITS;
  l.units = l.size < most ? l.size : most;
  if (context->options.parallel_for)
    return run_hook(&l);
  return snc_pool_run(&context->pool, pool_unit, &l, l.units);
}
