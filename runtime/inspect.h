/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The inspect hook: hands out what kernels have read and written.
 */
#ifndef SNC_RUNTIME_INSPECT_H
#define SNC_RUNTIME_INSPECT_H

#include "context.h"

/* Bytes from the begin of a buffer to the end of the memory it lies in; 0 for a number
 * out of range. */
uint64_t snc_buffer_room(const snc_context *context, uint32_t buffer);

/* Tells of a kernel of the CPU, where there is a hook and the run goes on. */
void snc_inspect_host(snc_worker *worker, uint32_t kernel);

#endif /* SNC_RUNTIME_INSPECT_H */
