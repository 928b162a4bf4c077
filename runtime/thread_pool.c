/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The thread pool of a context; thread_pool.h has the rules it keeps (P1-P4).
 */
#include "thread_pool.h"

#include "futex.h"
#include "snc.h"

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
  snc_pool_fn fn = atomic_load_explicit(&pool->fn, memory_order_relaxed);
  void *arg = atomic_load_explicit(&pool->arg, memory_order_relaxed);
  uint32_t done = 0;
  for (uint32_t i = 0; i < pool->threads; ++i) {
    uint32_t victim = self + i < pool->threads ? self + i : self + i - pool->threads;
    uint32_t unit;
    while (take(&pool->slots[victim].range, epoch, i == 0, &unit)) {
      ++done;
      if (atomic_load_explicit(&pool->error, memory_order_relaxed))
        continue;
      int32_t error = fn(arg, self, unit);
      int32_t none = 0;
      if (error)
        atomic_compare_exchange_strong(&pool->error, &none, error);
    }
  }
  if (done && atomic_fetch_sub(&pool->remaining, done) == done &&
      atomic_load(&pool->joining))
    snc_futex_wake(&pool->remaining, 1);
}

/* Spins until *word != value or the time is over; returns the last value. */
static uint32_t spin_while(_Atomic uint32_t *word, uint32_t value, uint64_t spin_ns) {
  uint32_t now = atomic_load_explicit(word, memory_order_acquire);
  if (now != value || !spin_ns)
    return now;
  uint64_t begin = snc_now_ns();
  do {
    for (int i = 0; i < 32; ++i) {
      snc_pause();
      now = atomic_load_explicit(word, memory_order_acquire);
      if (now != value)
        return now;
    }
  } while (snc_now_ns() - begin < spin_ns);
  return now;
}

/* Waits for an epoch other than `seen`, spinning first. */
static uint32_t next_epoch(snc_pool *pool, uint32_t seen) {
  uint32_t epoch = spin_while(&pool->epoch, seen, pool->spin_ns);
  if (epoch != seen)
    return epoch;
  atomic_fetch_add(&pool->sleepers, 1);
  while ((epoch = atomic_load(&pool->epoch)) == seen)
    snc_futex_wait(&pool->epoch, seen);
  /* Whoever was woken wakes two more: the caller goes to work after one or two
   * system calls, however many sleep. */
  if (atomic_fetch_sub(&pool->sleepers, 1) > 1)
    snc_futex_wake(&pool->epoch, 2);
  return epoch;
}

static void *worker_main(void *arg) {
  snc_pool_slot *slot = arg;
  snc_pool *pool = slot->pool;
  uint32_t seen = 0;
  for (;;) {
    seen = next_epoch(pool, seen);
    if (atomic_load_explicit(&pool->stop, memory_order_relaxed))
      return NULL;
    work(pool, slot->index, seen);
  }
}

/* Publishes the job whose fields and ranges are in place. */
static void publish(snc_pool *pool, uint32_t epoch) {
  atomic_store(&pool->epoch, epoch);
  if (atomic_load(&pool->sleepers))
    snc_futex_wake(&pool->epoch, 2);
}

int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, uint32_t threads,
                       uint64_t spin_ns) {
  pool->threads = threads;
  pool->spin_ns = spin_ns;
  pool->slots = slots;
  pool->started = 1;
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
  atomic_fetch_add(&pool->epoch, 1);
  snc_futex_wake(&pool->epoch, INT_MAX);
  for (uint32_t i = 1; i < pool->started; ++i)
    pthread_join(pool->slots[i].thread, NULL);
  pool->started = 0;
}

void snc_pool_rouse(snc_pool *pool) {
  /* A new epoch without ranges: those woken find no unit and spin. */
  if (pool->spin_ns && atomic_load(&pool->sleepers))
    publish(pool, atomic_load_explicit(&pool->epoch, memory_order_relaxed) + 1);
}

int snc_pool_run(snc_pool *pool, snc_pool_fn fn, void *arg, uint32_t units) {
  uint32_t epoch = atomic_load_explicit(&pool->epoch, memory_order_relaxed) + 1;
  atomic_store_explicit(&pool->fn, fn, memory_order_relaxed);
  atomic_store_explicit(&pool->arg, arg, memory_order_relaxed);
  atomic_store_explicit(&pool->error, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->remaining, units, memory_order_relaxed);
  for (uint32_t i = 0, begin = 0; i < pool->threads; ++i) {
    uint32_t end = (uint32_t)((uint64_t)units * (i + 1) / pool->threads);
    atomic_store_explicit(&pool->slots[i].range, pack(epoch, begin, end), memory_order_release);
    begin = end;
  }
  publish(pool, epoch);
  work(pool, 0, epoch);

  uint32_t left;
  while ((left = atomic_load_explicit(&pool->remaining, memory_order_acquire)) != 0) {
    if (spin_while(&pool->remaining, left, pool->spin_ns) != left)
      continue;
    atomic_store(&pool->joining, 1);
    snc_futex_wait(&pool->remaining, left);
    atomic_store(&pool->joining, 0);
  }
  return atomic_load_explicit(&pool->error, memory_order_relaxed);
}
