/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The thread pool of a context; thread_pool.h has the rules it keeps (P1-P4).
 */
#include "thread_pool.h"

#include "futex.h"
#include "snc.h"

#include <sched.h>
#include <signal.h>

/* The epoch wraps after 2^32 jobs; a worker would have to stand still for all
 * of them, between two instructions, to mistake one job for another. */
static uint64_t pack(uint32_t epoch, uint32_t begin, uint32_t end) {
  return (uint64_t)epoch << 32 | (uint64_t)begin << 16 | end;
}

/* Takes a unit of job `epoch` from the front (own range) or the back (others')
 * of a range. Returns 0 when there is none. */
static int take(_Atomic uint64_t *range, uint32_t epoch, int front, uint32_t *unit) {
  uint64_t word = atomic_load_explicit(range, memory_order_acquire);
  for (;;) {
    uint32_t begin = word >> 16 & 0xffff, end = word & 0xffff;
    if ((uint32_t)(word >> 32) != epoch || begin >= end)
      return 0;
    uint64_t left = front ? pack(epoch, begin + 1, end) : pack(epoch, begin, end - 1);
    if (atomic_compare_exchange_weak_explicit(range, &word, left, memory_order_acq_rel,
                                              memory_order_acquire)) {
      *unit = front ? begin : end - 1;
      return 1;
    }
  }
}

/* Does what is left of job `epoch`, own range first. */
static void work(snc_pool *pool, uint32_t self, uint32_t epoch) {
  snc_pool_slot *slot = &pool->slots[self];
  snc_pool_fn fn = atomic_load_explicit(&slot->fn, memory_order_relaxed);
  void *arg = atomic_load_explicit(&slot->arg, memory_order_relaxed);
  uint32_t done = 0;
  for (uint32_t i = 0; i < pool->threads; ++i) {
    uint32_t victim = self + i < pool->threads ? self + i : self + i - pool->threads;
    uint32_t unit;
    while (take(&pool->slots[victim].range, epoch, i == 0, &unit)) {
      /* The first unit runs unasked: it saves fetching the shared line. */
      if (done++ && atomic_load_explicit(&pool->error, memory_order_relaxed))
        continue;
      int32_t error = fn(arg, self, unit);
      int32_t none = 0;
      if (error)
        atomic_compare_exchange_strong(&pool->error, &none, error);
    }
  }
  if (done && atomic_fetch_sub(&pool->remaining, done) == done && atomic_load(&pool->joining)) {
    snc_futex_wake(&pool->remaining, 1);
    sched_yield(); /* the caller may have been put on this processor */
  }
}

typedef int (*changed_fn)(const void *where, uint32_t from);

static int range_changed(const void *where, uint32_t seen) {
  const snc_pool_slot *slot = where;
  return atomic_load_explicit(&slot->range, memory_order_acquire) >> 32 != seen;
}

static int remaining_changed(const void *where, uint32_t left) {
  const snc_pool *pool = where;
  return atomic_load_explicit(&pool->remaining, memory_order_acquire) != left;
}

/* Spins until changed(where, from) or the time is over; returns the former. */
static inline int spin(changed_fn changed, const void *where, uint32_t from, uint64_t spin_ns) {
  if (changed(where, from))
    return 1;
  if (!spin_ns)
    return 0;
  uint64_t begin = snc_now_ns();
  do {
    for (int i = 0; i < 32; ++i) {
      snc_pause();
      if (changed(where, from))
        return 1;
    }
  } while (snc_now_ns() - begin < spin_ns);
  return 0;
}

/* Waits for an epoch other than `seen`, spinning first. */
static uint32_t next_epoch(snc_pool *pool, const snc_pool_slot *slot, uint32_t seen) {
  if (spin(range_changed, slot, seen, pool->spin_ns))
    return (uint32_t)(atomic_load_explicit(&slot->range, memory_order_acquire) >> 32);
  uint32_t epoch;
  atomic_fetch_add(&pool->sleepers, 1);
  while ((epoch = atomic_load(&pool->epoch)) == seen)
    snc_futex_wait(&pool->epoch, seen);
  /* Whoever was woken wakes two more: the caller goes to work after one system
   * call, however many sleep. */
  if (atomic_fetch_sub(&pool->sleepers, 1) > 1)
    snc_futex_wake(&pool->epoch, 2);
  return epoch;
}

static void *worker_main(void *arg) {
  snc_pool_slot *slot = arg;
  snc_pool *pool = slot->pool;
  uint32_t seen = 0;
  /* Either the caller sees the id and moves this thread whenever it has itself
   * been moved, or this thread sees where the caller is now. */
  atomic_store(&slot->id, (int)syscall(SYS_gettid));
  int caller = -1;
  while (pool->placed && caller != atomic_load(&pool->caller)) {
    caller = atomic_load(&pool->caller);
    snc_processors_avoid(&pool->processors, caller, 0);
  }
  for (;;) {
    seen = next_epoch(pool, slot, seen);
    if (atomic_load_explicit(&pool->stop, memory_order_relaxed))
      return NULL;
    work(pool, slot->index, seen);
  }
}

/* Hands out a new job's units and makes it known. */
static uint32_t publish(snc_pool *pool, snc_pool_fn fn, void *arg, uint32_t units) {
  uint32_t epoch = atomic_load_explicit(&pool->epoch, memory_order_relaxed) + 1;
  for (uint32_t i = 0, begin = 0; i < pool->threads; ++i) {
    snc_pool_slot *slot = &pool->slots[i];
    uint32_t end = (uint32_t)((uint64_t)units * (i + 1) / pool->threads);
    atomic_store_explicit(&slot->fn, fn, memory_order_relaxed);
    atomic_store_explicit(&slot->arg, arg, memory_order_relaxed);
    atomic_store_explicit(&slot->range, pack(epoch, begin, end), memory_order_release);
    begin = end;
  }
  atomic_store(&pool->epoch, epoch);
  if (atomic_load(&pool->sleepers))
    snc_futex_wake(&pool->epoch, 2);
  return epoch;
}

int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, uint32_t threads, uint64_t spin_ns) {
  pool->threads = threads;
  pool->slots = slots;
  pool->started = 1;
  pool->placed = threads <= snc_processors_allowed(&pool->processors);
  pool->spin_ns = pool->placed ? spin_ns : 0;
  atomic_store(&pool->caller, snc_processor_current());
  if (threads == 1)
    return SNC_OK;
  /* The application's signals are for its own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = 0;
  for (uint32_t i = 1; i < threads && !failed; ++i) {
    slots[i].pool = pool;
    slots[i].index = i;
    failed = pthread_create(&slots[i].thread, NULL, worker_main, &slots[i]);
    pool->started += !failed;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed ? SNC_THREAD_FAILED : SNC_OK;
}

void snc_pool_stop(snc_pool *pool) {
  atomic_store(&pool->stop, 1);
  publish(pool, NULL, NULL, 0);
  for (uint32_t i = 1; i < pool->started; ++i)
    pthread_join(pool->slots[i].thread, NULL);
  pool->started = 0;
}

/* Moves the workers away from the caller if that has been moved itself. */
static void keep_apart(snc_pool *pool) {
  int here = pool->placed ? snc_processor_current() : -1;
  if (here < 0 || here == atomic_load_explicit(&pool->caller, memory_order_relaxed))
    return;
  atomic_store(&pool->caller, here);
  for (uint32_t i = 1; i < pool->threads; ++i) {
    int id = atomic_load(&pool->slots[i].id);
    if (id)
      snc_processors_avoid(&pool->processors, here, id);
  }
}

void snc_pool_enter(snc_pool *pool) {
  if (pool->threads == 1)
    return;
  keep_apart(pool);
  /* A job without units: those woken find nothing to do and spin. */
  if (pool->spin_ns && atomic_load(&pool->sleepers))
    publish(pool, NULL, NULL, 0);
}

int snc_pool_run(snc_pool *pool, snc_pool_fn fn, void *arg, uint32_t units) {
  atomic_store_explicit(&pool->error, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->remaining, units, memory_order_relaxed);
  uint32_t epoch = publish(pool, fn, arg, units);
  work(pool, 0, epoch);

  uint32_t left;
  while ((left = atomic_load_explicit(&pool->remaining, memory_order_acquire)) != 0) {
    if (spin(remaining_changed, pool, left, pool->spin_ns))
      continue;
    atomic_store(&pool->joining, 1);
    snc_futex_wait(&pool->remaining, left);
    atomic_store(&pool->joining, 0);
    keep_apart(pool);
  }
  return atomic_load_explicit(&pool->error, memory_order_relaxed);
}
