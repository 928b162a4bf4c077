/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A context's way to its GPU and back to the CPU. Part of the core: reaches the GPU
 * through snc_model.gpu alone.
 */
#ifndef SNC_RUNTIME_GPU_CONTEXT_H
#define SNC_RUNTIME_GPU_CONTEXT_H

#include "context.h"

/* The fallback of a model; NULL: none. */
const snc_model *snc_model_fallback(const snc_model *model);

/* Whether a model's GPU parts fit each other: one unit, sizes, offsets, a fallback with the
 * same tensors and weights. Models without a GPU are fine when they name none. */
int snc_gpu_valid(const snc_model *model);

/* Makes the context's GPU, or lets the context adopt the fallback. The block is laid
 * out, no thread is started. What it returns but SNC_OK is _create's status. */
int32_t snc_gpu_open(snc_context *context);
void snc_gpu_close(snc_context *context);

/* Whether a step's work is in the GPU's record. */
int snc_gpu_runs(const snc_context *context, uint32_t step);
int32_t snc_gpu_run_step(snc_worker *worker, uint32_t step);
/* Returns once the GPU is done with those of its steps that this one waits for, or the run has
 * stopped; their submission must have happened before. */
void snc_gpu_await_waits(snc_worker *worker, uint32_t step);
/* At the end of a phase; nothing where the GPU had no part in it. */
void snc_gpu_end_phase(snc_worker *worker);

/* After a run in which the GPU failed: nonzero when the context uses its fallback from now on. */
int snc_gpu_give_up(snc_context *context);

#endif /* SNC_RUNTIME_GPU_CONTEXT_H */
