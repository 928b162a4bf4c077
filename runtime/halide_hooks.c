/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The functions Halide's kernels expect of their runtime. Declared here and in
 * snc_model.h, as HalideRuntime.h is not needed to build an emitted library.
 */
#include "par_for.h"

#include <stdbool.h>

static int halide_index(const snc_loop_arg *arg, snc_worker *worker, int index) {
  return ((snc_halide_task)arg->fn)(worker, arg->min + index, arg->data);
}

int halide_do_par_for(void *user_context, snc_halide_task task, int min, int size,
                      uint8_t *closure) {
  snc_loop_arg arg = {(void (*)(void))task, closure, min};
  return snc_par_for(user_context, halide_index, arg, size);
}

void *halide_malloc(void *user_context, size_t bytes) {
  snc_worker *worker = user_context;
  void *block = snc_scratch_alloc(&worker->scratch, bytes);
  if (!block)
    snc_context_fail(worker->context, SNC_KERNEL_FAILED,
                     "a kernel wants more scratch memory than its model declares");
  return block;
}

void halide_free(void *user_context, void *block) {
  snc_worker *worker = user_context;
  if (!snc_scratch_free(&worker->scratch, block))
    snc_context_fail(worker->context, SNC_KERNEL_FAILED,
                     "a kernel frees a block that its thread does not hold");
}

void halide_error(void *user_context, const char *message) {
  snc_context_fail(((snc_worker *)user_context)->context, SNC_KERNEL_FAILED, message);
}

/* ---- tasks with a range of their own, for sibling parallel loops ---------- */

typedef int (*halide_range_task)(void *user_context, int min, int extent, uint8_t *closure,
                                 void *task_parent);

/* Layout of halide_parallel_task_t. */
typedef struct halide_parallel_task {
  halide_range_task fn;
  uint8_t *closure;
  const char *name;
  void *semaphores;
  int num_semaphores;
  int min, extent;
  int min_threads;
  bool serial;
} halide_parallel_task;

static int halide_task_index(const snc_loop_arg *arg, snc_worker *worker, int index) {
  return ((halide_range_task)arg->fn)(worker, arg->min + index, 1, arg->data, NULL);
}

/* One task after the other, each in parallel if it may. Semaphores, which only
 * Halide's async stages use, would need threads that block; refused. */
int halide_do_parallel_tasks(void *user_context, int num_tasks, halide_parallel_task *tasks,
                             void *task_parent) {
  (void)task_parent;
  int error = 0;
  for (int i = 0; i < num_tasks && !error; ++i) {
    halide_parallel_task *task = &tasks[i];
    if (task->num_semaphores) {
      halide_error(user_context, "a kernel uses asynchronous stages");
      return SNC_KERNEL_FAILED;
    }
    snc_loop_arg arg = {(void (*)(void))task->fn, task->closure, task->min};
    if (task->serial)
      error = task->fn(user_context, task->min, task->extent, task->closure, NULL);
    else
      error = snc_par_for(user_context, halide_task_index, arg, task->extent);
  }
  return error;
}
