/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Where workers run: on the processor they were given, or else off their
 * caller's. A thread that is woken is often
 * put on the processor of the thread that woke it, and some kernels leave it
 * there for milliseconds, while the caller does all the work.
 */
#ifndef SNC_RUNTIME_PLACEMENT_H
#define SNC_RUNTIME_PLACEMENT_H

#include <stdint.h>

/* A set of processors, as the kernel writes it. */
typedef struct snc_processors {
  unsigned long words[64];
  uint32_t bytes; /* of `words` in use; 0: unknown */
} snc_processors;

/* Those the calling thread may run on. Returns how many; at least 1. */
uint32_t snc_processors_allowed(snc_processors *set);

/* The one the calling thread runs on; negative when unknown. */
int snc_processor_current(void);

/* Lets `thread` (a kernel thread id; 0: the caller) run on all of `set` but
 * `avoided`, or on all when that would leave none. Best effort. */
void snc_processors_avoid(const snc_processors *set, int avoided, int thread);

/* Whether `processor` is one of `set`. Any number. */
int snc_processors_contain(const snc_processors *set, int32_t processor);

/* Confines the calling thread to `processor`, one of `set`. Best effort. */
void snc_processors_pin(const snc_processors *set, int32_t processor);

#endif /* SNC_RUNTIME_PLACEMENT_H */
