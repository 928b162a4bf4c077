/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Per-kernel times for the trace hook.
 */
#include "context.h"
#include "futex.h"

void snc_trace_begin(snc_trace *trace, uint32_t kernel) {
  (void)kernel; /* kernels do not nest */
  trace->begin_ns = snc_now_ns();
}

void snc_trace_end(snc_trace *trace, uint32_t kernel) {
  trace->hook(trace->user, kernel, trace->begin_ns, snc_now_ns());
}
