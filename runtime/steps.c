/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Running a model's phases. A run that stops early still signals every event of
 * the phase it is in, so nobody waits for a step that does not come.
 */
#include "steps.h"

#include "gpu_context.h"
#include "par_for.h"
#include "trace.h"

/* Unless the run has stopped. */
static void run_step(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  const snc_step *step = &context->model->steps[s];
  if (snc_context_stopped(context))
    return;
  worker->unit = step->unit;
  if (snc_gpu_runs(context, s)) {
    snc_gpu_run_step(worker, s); /* notes failures itself; times are the device's */
    return;
  }
  uint64_t begin = snc_trace_now(worker);
  if (step->run(worker, context->buffers))
    snc_context_fail(context, SNC_KERNEL_FAILED, NULL);
  snc_trace_emit(worker, SNC_TRACE_STEP, s, begin);
}

/* Until the steps of other units are done that this one follows. */
static void await(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  const snc_model *model = context->model;
  const snc_step *step = &model->steps[s];
  if (!step->num_waits || snc_context_stopped(context))
    return;
  worker->unit = step->unit;
  uint64_t begin = snc_trace_now(worker);
  int slept = 0;
  for (uint32_t i = 0; i < step->num_waits; ++i)
    slept |= snc_event_wait(&context->units.events[model->waits[step->first_wait + i]],
                            context->units.run, context->pool.spin_ns);
  if (slept && worker->index == 0)
    snc_pool_keep_apart(&context->pool);
  snc_gpu_await_waits(worker, s);
  snc_trace_emit(worker, SNC_TRACE_WAIT, s, begin);
}

/* As run_step, where the steps of other units that it waits for have been run or sent to
 * the GPU already. */
static void run_late_step(snc_worker *worker, uint32_t s) {
  snc_context *context = worker->context;
  if (context->gpu && context->model->steps[s].num_waits && !snc_gpu_runs(context, s)) {
    worker->unit = context->model->steps[s].unit;
    uint64_t begin = snc_trace_now(worker);
    snc_gpu_await_waits(worker, s);
    snc_trace_emit(worker, SNC_TRACE_WAIT, s, begin);
  }
  run_step(worker, s);
}

/* ---- units at once -------------------------------------------------------- */

/* What a unit's first thread does in a phase. `arg` is the context, `thread` that
 * thread, `first` the number of its first step. */
static void run_chain(snc_context *context, uint32_t unit, uint32_t first) {
  const snc_units *units = &context->units;
  snc_worker *worker = &context->workers[units->first[unit]];
  worker->members = (uint32_t)units->first[unit + 1] - units->first[unit];
  for (uint32_t s = first; s != SNC_NO_STEP; s = units->events[s].next) {
    await(worker, s);
    run_step(worker, s);
    if (units->events[s].awaited)
      snc_event_signal(&units->events[s], units->run);
  }
}

typedef struct part {
  snc_context *context;
  const uint32_t *starts; /* of the phase */
} part;

static int run_part(void *arg, uint32_t thread, uint32_t unit) {
  const part *p = arg;
  (void)thread; /* the unit's first */
  run_chain(p->context, unit, p->starts[unit]);
  return 0;
}

static void run_on_units(snc_context *context, uint32_t phase) {
  const snc_units *units = &context->units;
  part p = {context, &units->starts[(uint64_t)phase * units->count]};
  uint32_t others = 0;
  for (uint32_t u = 1; u < units->count; ++u)
    others += p.starts[u] != SNC_NO_STEP;
  snc_pool_split(&context->pool, others);
  for (uint32_t u = 1; u < units->count; ++u)
    if (p.starts[u] != SNC_NO_STEP)
      snc_pool_send(&context->pool, units->first[u], run_part, &p, u);
  run_chain(context, 0, p.starts[0]);
  context->workers[0].members = (uint32_t)context->options.threads;
  snc_pool_gather(&context->pool);
}

/* ---- over the caller's parallel_for --------------------------------------- */

typedef struct level {
  snc_context *context;
  uint32_t first; /* its first step */
} level;

/* As the first worker of the step's unit, whom nobody else uses in this level. */
static int run_level_step(void *arg, uint32_t index) {
  const level *l = arg;
  snc_context *context = l->context;
  uint32_t s = l->first + index;
  snc_worker *worker = &context->workers[context->units.first[context->model->steps[s].unit]];
  worker->in_task = 1;
  run_late_step(worker, s);
  worker->in_task = 0;
  return snc_context_stopped(context);
}

/* Steps of one level do not wait for each other, so the hook may run them in any
 * order, and on any number of threads. */
static void run_by_levels(snc_context *context, const snc_phase *phase) {
  const snc_step *steps = context->model->steps;
  uint32_t end = phase->first_step + phase->num_steps;
  for (uint32_t s = phase->first_step, next; s < end; s = next) {
    for (next = s + 1; next < end && steps[next].level == steps[s].level;)
      ++next;
    level l = {context, s};
    if (snc_context_stopped(context))
      return;
    if (next - s == 1)
      run_late_step(&context->workers[0], s);
    else
      snc_hook_run(context, run_level_step, &l, next - s);
  }
}

/* ---- all ------------------------------------------------------------------ */

static void run_in_order(snc_context *context, const snc_phase *phase) {
  for (uint32_t i = 0; i < phase->num_steps; ++i)
    run_late_step(&context->workers[0], phase->first_step + i);
}

void snc_run_steps(snc_context *context) {
  const snc_model *model = context->model;
  ++context->units.run;
  for (uint32_t p = 0; p < model->num_phases && !snc_context_stopped(context); ++p) {
    const snc_phase *phase = &model->phases[p];
    if (!context->units.count || model->steps[phase->first_step].unit == SNC_ALL_UNITS)
      run_in_order(context, phase);
    else if (context->options.parallel_for)
      run_by_levels(context, phase);
    else
      run_on_units(context, p);
    snc_gpu_end_phase(&context->workers[0]);
  }
}
