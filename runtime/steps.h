/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Running a model's phases: on units at once, over the caller's parallel_for, or
 * one step after the other.
 */
#ifndef SNC_RUNTIME_STEPS_H
#define SNC_RUNTIME_STEPS_H

#include "context.h"

/* Runs all steps, or until the run stops (snc_context_stopped says why). On the
 * thread of _run, once for each run. */
void snc_run_steps(snc_context *context);

#endif /* SNC_RUNTIME_STEPS_H */
