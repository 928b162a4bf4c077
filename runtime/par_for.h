/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Parallel loops of kernels, over the context's own threads or the caller's.
 */
#ifndef SNC_RUNTIME_PAR_FOR_H
#define SNC_RUNTIME_PAR_FOR_H

#include "context.h"

/* What a body is called with; copied, so that it lies next to the loop's own
 * data. */
typedef struct snc_loop_arg {
  void (*fn)(void); /* of a type the body knows */
  void *data;
  int min;
} snc_loop_arg;

typedef int (*snc_loop_body)(const snc_loop_arg *arg, snc_worker *worker, int index);

/* Calls body(&arg, worker of the thread, i) once for each i in [0, size), on the
 * threads of the worker's unit. Returns 0, or what a failed call returned (then
 * some may be left out). Inside a task: serial, in place. */
int snc_par_for(snc_worker *worker, snc_loop_body body, snc_loop_arg arg, int size);

typedef int (*snc_hook_body)(void *arg, uint32_t index);

/* Calls body(arg, i) once for each i < count through the parallel_for hook, which
 * there must be. Returns 0, or what a failed call returned; when the hook gives
 * up, the run fails. */
int snc_hook_run(snc_context *context, snc_hook_body body, void *arg, uint32_t count);

#endif /* SNC_RUNTIME_PAR_FOR_H */
