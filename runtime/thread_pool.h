/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The threads of one context. One caller at a time forks a job of `units`
 * units over itself and the workers and joins it; each participant starts with
 * a range of its own (the same one every time, for its caches) and takes from
 * the back of others' ranges once it has run dry.
 *
 * A job is done when its units are, not when every worker has come by: a worker
 * that sleeps, or that the system has descheduled, delays nothing it has not
 * begun.
 *
 * Invariants:
 *  P1  Units leave a range only by compare-and-swap of the word that also holds
 *      the job's epoch; so whoever takes a unit knows that its job is running.
 *  P2  The caller changes a slot's fn and arg only after all units are done; so
 *      what was read before a successful take is that job's.
 *  P3  `remaining` falls only by units taken, and reaches 0 once for each job.
 *  P4  A worker counts itself in `sleepers` before it sleeps on `epoch`, and the
 *      caller reads `sleepers` after it has changed `epoch`; so no wake is lost.
 *      The same holds for `joining` and `remaining`.
 */
#ifndef SNC_RUNTIME_THREAD_POOL_H
#define SNC_RUNTIME_THREAD_POOL_H

#include "placement.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* Two 64-byte lines: the adjacent-line prefetcher shares those. */
#define SNC_CACHE_LINE 128

/* The most units of a job; par_for puts several indices in a unit beyond. */
#define SNC_POOL_MAX_UNITS 65535u

/* One unit of a job, on the thread of the given worker; nonzero means failure
 * and makes the units not yet begun be skipped. */
typedef int (*snc_pool_fn)(void *arg, uint32_t worker, uint32_t unit);

typedef struct snc_pool snc_pool;

/* One participant; number 0 is the caller. All that a worker needs of a job is
 * in its own slot, where it spins: a fork costs one line's way between cores. */
typedef struct snc_pool_slot {
  /* epoch << 32 | begin << 16 | end: the units not yet taken. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint64_t range;
  _Atomic(snc_pool_fn) fn;
  _Atomic(void *) arg;
  snc_pool *pool;
  uint32_t index;
  pthread_t thread;
  _Atomic int id; /* of the thread in the kernel; 0 until it has started */
} snc_pool_slot;

struct snc_pool {
  /* Written by the caller, slept on by workers; changes with every job, after
   * the slots have. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t epoch;
  _Atomic uint32_t stop;
  /* Written by all. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t remaining; /* units not yet done */
  _Atomic uint32_t joining;                            /* the caller sleeps, or is about to */
  _Atomic int32_t error;                               /* of the job's first failed unit */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t sleepers;
  _Atomic int caller; /* processor that workers avoid; negative: none */
  /* Constant once started. */
  _Alignas(SNC_CACHE_LINE) uint32_t threads;
  uint32_t started;
  uint32_t placed; /* there is a processor for each thread: keep them apart */
  uint64_t spin_ns;
  snc_processors processors;
  snc_pool_slot *slots; /* `threads` of them, zeroed, owned by the caller */
};

/* Starts threads - 1 workers. The pool and its slots must be zeroed and outlive
 * snc_pool_stop. With more threads than processors nobody spins: it would keep
 * from work whoever has some. Returns SNC_OK or SNC_THREAD_FAILED; stop it in
 * both cases. */
int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, uint32_t threads, uint64_t spin_ns);

/* Ends and joins the workers. No job may be running. */
void snc_pool_stop(snc_pool *pool);

/* Told before a series of jobs: keeps the workers off the calling thread's
 * processor and wakes them, so that they are near when the first job comes. One
 * caller at a time, as below. */
void snc_pool_enter(snc_pool *pool);

/* Runs fn(arg, worker, u) once for each u < units and returns 0, or what a
 * failed unit returned. One caller at a time, never from inside a unit. */
int snc_pool_run(snc_pool *pool, snc_pool_fn fn, void *arg, uint32_t units);

#endif /* SNC_RUNTIME_THREAD_POOL_H */
