/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Times for the trace hook; nothing where there is none.
 */
#ifndef SNC_RUNTIME_TRACE_H
#define SNC_RUNTIME_TRACE_H

#include "context.h"

/* The clock; 0 when nobody listens. */
uint64_t snc_trace_now(const snc_worker *worker);

/* Tells of a stretch that ends now, on the worker's thread. */
void snc_trace_emit(const snc_worker *worker, uint32_t kind, uint32_t index, uint64_t begin_ns);

#endif /* SNC_RUNTIME_TRACE_H */
