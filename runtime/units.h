/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Units of a context: which threads each has, and which of its steps come when.
 */
#ifndef SNC_RUNTIME_UNITS_H
#define SNC_RUNTIME_UNITS_H

#include "event.h"
#include "snc_model.h"

#define SNC_NO_STEP 0xffffffffu

typedef struct snc_units {
  uint32_t count;    /* that run at once; 0: all steps run on the caller */
  uint32_t run;      /* number of the current run; what a done step's event holds */
  snc_event *events; /* of each step */
  uint32_t *starts;  /* [phase][unit]: its first step, or SNC_NO_STEP */
  uint16_t first[SNC_MAX_THREADS + 1]; /* thread of each unit, and behind the last one's */
} snc_units;

/* How many units run at once on so many threads: all, or 0 where there are fewer
 * threads than units, or one. */
uint32_t snc_units_at_once(const snc_model *model, uint32_t threads);

/* Sets first[u] to the first thread of unit u, and first[count] to the one behind
 * the last unit's: consecutive threads, as many as each was planned for, or in
 * proportion to that where there are fewer, but at least one. `threads` >= `count`. */
void snc_share_threads(const snc_unit *units, uint32_t count, uint32_t threads, uint16_t *first);

/* Whether the tables of phases, steps and waits keep what snc_model.h says; those
 * that do cannot make a run wait for ever. */
int snc_units_valid(const snc_model *model);

/* Shares out `threads` and links the steps of each unit. `events` and `starts` as
 * context_layout.c places them, zeroed; not looked at when no units run at once. */
void snc_units_init(snc_units *units, const snc_model *model, uint32_t threads, snc_event *events,
                    uint32_t *starts);

#endif /* SNC_RUNTIME_UNITS_H */
