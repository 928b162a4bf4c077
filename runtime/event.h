/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What the steps of one unit tell those of others: that they are done. An event
 * holds the number of the last run in which it happened, so none is ever reset.
 */
#ifndef SNC_RUNTIME_EVENT_H
#define SNC_RUNTIME_EVENT_H

#include "futex.h"

/* Of one step. A line of its own, written by the unit that runs the step. */
typedef struct snc_event {
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t done;
  _Atomic uint32_t sleepers;
  /* Constant. */
  uint32_t next;    /* step of the same unit in the phase, or SNC_NO_STEP */
  uint32_t awaited; /* some step waits for this one */
} snc_event;

static inline int snc_event_changed(const void *where, uint32_t run) {
  const snc_event *event = where;
  return atomic_load_explicit(&event->done, memory_order_acquire) == run;
}

/* Lets all pass who wait for it in this run. Either the signaller sees a sleeper,
 * or that one, who announces itself before it looks, sees the event. */
static inline void snc_event_signal(snc_event *event, uint32_t run) {
  atomic_store_explicit(&event->done, run, memory_order_release);
  atomic_thread_fence(memory_order_seq_cst);
  if (atomic_load_explicit(&event->sleepers, memory_order_relaxed))
    snc_futex_wake(&event->done, INT_MAX);
}

/* Returns once the event has happened in this run; nonzero when the thread may
 * have slept. */
static inline int snc_event_wait(snc_event *event, uint32_t run, uint64_t spin_ns) {
  if (snc_spin(snc_event_changed, event, run, spin_ns))
    return 0;
  atomic_fetch_add(&event->sleepers, 1);
  atomic_thread_fence(memory_order_seq_cst);
  uint32_t seen;
  while ((seen = atomic_load_explicit(&event->done, memory_order_acquire)) != run)
    snc_futex_wait(&event->done, seen);
  atomic_fetch_sub(&event->sleepers, 1);
  return 1;
}

#endif /* SNC_RUNTIME_EVENT_H */
