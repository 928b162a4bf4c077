/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The threads of one context. A leader forks a job of `units` units over a team,
 * itself and the threads that follow it, and joins it; each member starts with a
 * range of its own (the same one every time, for its caches) and takes from the
 * back of the others' ranges once it has run dry. Thread 0 is the caller of the
 * run. It leads all threads, or sends each of several threads off to lead some:
 * teams that work at the same time have no thread in common.
 *
 * A job is done when its units are, not when every member has come by: a worker
 * that sleeps, or that the system has descheduled, delays nothing it has not
 * begun.
 *
 * Invariants:
 *  P1  Units leave a range only by compare-and-swap of the word that also holds
 *      the job's epoch, which no other job has, of no leader; so whoever takes a
 *      unit knows that its job is running.
 *  P2  A slot's job changes only after all units of the one before are done; so
 *      what was read before a successful take is that job's.
 *  P3  `remaining` falls only by units taken, and reaches 0 once for each job.
 *  P4  A worker announces its sleep (`asleep`, then `sleepers`) before it looks at
 *      its range for the last time, and a leader looks for sleepers after it has
 *      changed the ranges; so no wake is lost. The same holds for `joining` and
 *      `remaining`.
 *  P5  Members further from the leader get their job first; so who has seen a job
 *      may wake those behind it in the tree of wakes.
 */
#ifndef SNC_RUNTIME_THREAD_POOL_H
#define SNC_RUNTIME_THREAD_POOL_H

#include "futex.h"
#include "placement.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* The most units of a job; par_for puts several indices in a unit beyond. */
#define SNC_POOL_MAX_UNITS 65535u

/* One unit of a job, on the given thread; nonzero means failure and makes the
 * units not yet begun be skipped. */
typedef int (*snc_pool_fn)(void *arg, uint32_t thread, uint32_t unit);

typedef struct snc_pool snc_pool;

/* How far a job is. Written by all who work on it. */
typedef struct snc_pool_job {
  _Atomic uint32_t remaining; /* units not yet done */
  _Atomic uint32_t joining;   /* who joins sleeps, or is about to */
  _Atomic int32_t error;      /* of the first failed unit */
} snc_pool_job;

/* One thread; number 0 is the caller. All that a worker needs of a job is in the
 * first line of its slot, where it spins: a fork costs one line's way between
 * cores. */
typedef struct snc_pool_slot {
  /* epoch << 32 | begin << 16 | end: the units not yet taken. */
  _Alignas(SNC_CACHE_LINE) _Atomic uint64_t range;
  _Atomic(snc_pool_fn) fn;
  _Atomic(void *) arg;
  _Atomic(snc_pool_job *) job;
  _Atomic uint32_t team; /* leader << 16 | members */
  /* As a leader. */
  _Alignas(SNC_CACHE_LINE) snc_pool_job led;
  uint32_t jobs; /* begun */
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t asleep;
  _Atomic int id; /* of the thread in the kernel; 0 until it has started */
  /* Constant once started. */
  snc_pool *pool;
  pthread_t thread;
  uint32_t index;
  int32_t processor; /* it stays on; negative: on no one in particular */
} snc_pool_slot;

struct snc_pool {
  _Alignas(SNC_CACHE_LINE) _Atomic uint32_t sleepers;
  _Atomic uint32_t stop;
  _Atomic int caller;                         /* processor that workers avoid; negative: none */
  _Alignas(SNC_CACHE_LINE) snc_pool_job sent; /* its units: the threads sent off */
  /* Constant once started. */
  _Alignas(SNC_CACHE_LINE) uint32_t threads;
  uint32_t started;
  uint32_t placed;   /* there is a processor for each thread: keep them apart */
  uint32_t max_jobs; /* of one leader before its epochs start again */
  uint64_t spin_ns;
  snc_processors processors;
  snc_pool_slot *slots; /* `threads` of them, owned by the caller */
};

/* How to start a pool. */
typedef struct snc_pool_options {
  uint32_t threads; /* the caller's included */
  uint64_t spin_ns; /* before an idle thread sleeps */
  /* As in snc_options. */
  const int32_t *processors;
  uint32_t num_processors;
} snc_pool_options;

/* Starts threads - 1 workers. The pool and its `threads` slots must be zeroed and
 * outlive snc_pool_stop. With more threads than processors nobody spins: it would
 * keep from work whoever has some. Returns SNC_OK or SNC_THREAD_FAILED; stop it
 * in both cases. */
int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, const snc_pool_options *options);

/* Ends and joins the workers. No job may be running. */
void snc_pool_stop(snc_pool *pool);

/* Told before a series of jobs: keeps the workers off the calling thread's
 * processor and wakes them, so that they are near when the first job comes. One
 * caller at a time. */
void snc_pool_enter(snc_pool *pool);

/* Runs fn(arg, thread, u) once for each u < units on the threads from `leader`,
 * the calling one, to leader + members - 1. Returns 0, or what a failed unit
 * returned. Never from inside a unit of such a job. */
int snc_pool_run(snc_pool *pool, uint32_t leader, uint32_t members, snc_pool_fn fn, void *arg,
                 uint32_t units);

/* Sends `count` other threads off, one snc_pool_send each, then waits for them.
 * On thread 0, between its own jobs or around them. What is sent may lead jobs;
 * its result is ignored. */
void snc_pool_split(snc_pool *pool, uint32_t count);
void snc_pool_send(snc_pool *pool, uint32_t thread, snc_pool_fn fn, void *arg, uint32_t unit);
void snc_pool_gather(snc_pool *pool);

/* To be told by thread 0 after it has slept: it may be on another processor. */
void snc_pool_keep_apart(snc_pool *pool);

#endif /* SNC_RUNTIME_THREAD_POOL_H */
