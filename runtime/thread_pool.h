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
 *  P2  The caller changes the job's fields only after all units are done; so
 *      fields read before a successful take are that job's.
 *  P3  `remaining` falls only by units taken, and reaches 0 once for each job.
 *  P4  A worker counts itself in `sleepers` before it sleeps on `epoch`, and the
 *      caller reads `sleepers` after it has changed `epoch`; so no wake is lost.
 *      The same holds for `joining` and `remaining`.
 */
#ifndef SNC_RUNTIME_THREAD_POOL_H
#define SNC_RUNTIME_THREAD_POOL_H

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

/* One participant; number 0 is the caller. */
typedef struct snc_pool_slot {
  /* epoch << 32 | begin << 16 | end: the units not yet taken. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint64_t range;
  snc_pool *pool;
  uint32_t index;
  pthread_t thread;
} snc_pool_slot;

struct snc_pool {
  /* Written by the caller, read by workers. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t epoch; /* changes with every job */
  _Atomic uint32_t stop;
  _Atomic(snc_pool_fn) fn;
  _Atomic(void *) arg;
  /* Written by all. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t remaining; /* units not yet done */
  _Atomic uint32_t joining; /* the caller sleeps, or is about to */
  _Atomic int32_t error;    /* of the job's first failed unit */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t sleepers;
  /* Constant once started. */
  _Alignas(SNC_CACHE_LINE) uint32_t threads;
  uint32_t started;
  uint64_t spin_ns;
  snc_pool_slot *slots; /* `threads` of them, zeroed, owned by the caller */
};

/* Starts threads - 1 workers. The pool and its slots must be zeroed and outlive
 * snc_pool_stop. Returns SNC_OK or SNC_THREAD_FAILED; stop it in both cases. */
int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, uint32_t threads, uint64_t spin_ns);

/* Ends and joins the workers. No job may be running. */
void snc_pool_stop(snc_pool *pool);

/* Wakes sleeping workers without a job, so that they are near when the first
 * one comes. One caller at a time, as below. */
void snc_pool_rouse(snc_pool *pool);

/* Runs fn(arg, worker, u) once for each u < units and returns 0, or what a
 * failed unit returned. One caller at a time, never from inside a unit. */
int snc_pool_run(snc_pool *pool, snc_pool_fn fn, void *arg, uint32_t units);

#endif /* SNC_RUNTIME_THREAD_POOL_H */
