/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The thread pool of a context; thread_pool.h has the rules it keeps (P1-P5).
 */
#include "thread_pool.h"

#include "snc.h"

#include <sched.h>
#include <signal.h>

/* Epochs come back after 2^32 / threads jobs of a leader; a worker would have to
 * stand still for all of them, between two instructions, to mistake one job for
 * another. */
static uint64_t pack(uint32_t epoch, uint32_t begin, uint32_t end) {
  return (uint64_t)epoch << 32 | (uint64_t)begin << 16 | end;
}

static uint32_t epoch_of(const snc_pool_slot *slot) {
  return (uint32_t)(atomic_load_explicit(&slot->range, memory_order_acquire) >> 32);
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

static void wake(snc_pool_slot *slot) {
  if (atomic_load(&slot->asleep) && atomic_exchange(&slot->asleep, 0))
    snc_futex_wake(&slot->asleep, 1);
}

/* Wakes those of the team who are `self`'s to wake, a binary tree under the
 * leader's one: it goes to work after one system call, however many sleep. */
static void wake_behind(snc_pool *pool, uint32_t leader, uint32_t members, uint32_t self) {
  uint32_t place = self - leader, next = place ? 2 * place : 1, end = 2 * place + 2;
  if (next >= members)
    return;
  atomic_thread_fence(memory_order_seq_cst);
  if (!atomic_load_explicit(&pool->sleepers, memory_order_relaxed))
    return;
  for (; next < end && next < members; ++next)
    wake(&pool->slots[leader + next]);
}

/* Does what is left of job `epoch`, own range first. */
static void work(snc_pool *pool, uint32_t self, uint32_t epoch) {
  snc_pool_slot *slot = &pool->slots[self];
  snc_pool_fn fn = atomic_load_explicit(&slot->fn, memory_order_relaxed);
  void *arg = atomic_load_explicit(&slot->arg, memory_order_relaxed);
  snc_pool_job *job = atomic_load_explicit(&slot->job, memory_order_relaxed);
  uint32_t team = atomic_load_explicit(&slot->team, memory_order_relaxed);
  uint32_t leader = team >> 16, members = team & 0xffff;
  if (self != leader)
    wake_behind(pool, leader, members, self);
  uint32_t done = 0;
  for (uint32_t i = 0; i < members; ++i) {
    uint32_t victim = self + i < leader + members ? self + i : self + i - members;
    uint32_t unit;
    while (take(&pool->slots[victim].range, epoch, i == 0, &unit)) {
      /* The first unit runs unasked: it saves fetching the shared line. */
      if (done++ && atomic_load_explicit(&job->error, memory_order_relaxed))
        continue;
      int32_t error = fn(arg, self, unit);
      int32_t none = 0;
      if (error)
        atomic_compare_exchange_strong(&job->error, &none, error);
    }
  }
  if (done && atomic_fetch_sub(&job->remaining, done) == done && atomic_load(&job->joining)) {
    snc_futex_wake(&job->remaining, 1);
    sched_yield(); /* who joins may have been put on this processor */
  }
}

static int range_changed(const void *where, uint32_t seen) { return epoch_of(where) != seen; }

static int remaining_changed(const void *where, uint32_t left) {
  const snc_pool_job *job = where;
  return atomic_load_explicit(&job->remaining, memory_order_acquire) != left;
}

/* Waits for an epoch other than `seen`, spinning first. */
static uint32_t next_epoch(snc_pool *pool, snc_pool_slot *slot, uint32_t seen) {
  if (snc_spin(range_changed, slot, seen, pool->spin_ns))
    return epoch_of(slot);
  atomic_fetch_add(&pool->sleepers, 1);
  for (;;) {
    atomic_store(&slot->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst);
    if (epoch_of(slot) != seen)
      break;
    snc_futex_wait(&slot->asleep, 1);
  }
  atomic_store(&slot->asleep, 0);
  atomic_fetch_sub(&pool->sleepers, 1);
  return epoch_of(slot);
}

/* Goes where it was told to, or off the caller's processor. */
static void settle(snc_pool *pool, snc_pool_slot *slot) {
  if (slot->processor >= 0) {
    snc_processors_pin(&pool->processors, slot->processor);
    return;
  }
  /* Either the caller sees the id and moves this thread whenever it has itself
   * been moved, or this thread sees where the caller is now. */
  atomic_store(&slot->id, (int)syscall(SYS_gettid));
  int caller = -1;
  while (pool->placed && caller != atomic_load(&pool->caller)) {
    caller = atomic_load(&pool->caller);
    snc_processors_avoid(&pool->processors, caller, 0);
  }
}

static void *worker_main(void *arg) {
  snc_pool_slot *slot = arg;
  snc_pool *pool = slot->pool;
  settle(pool, slot);
  for (uint32_t seen = 0;;) {
    seen = next_epoch(pool, slot, seen);
    if (atomic_load_explicit(&pool->stop, memory_order_relaxed))
      return NULL;
    work(pool, slot->index, seen);
  }
}

/* An epoch that no other job has, whoever leads it. */
static uint32_t begin_job(snc_pool *pool, uint32_t leader) {
  snc_pool_slot *slot = &pool->slots[leader];
  slot->jobs = slot->jobs < pool->max_jobs ? slot->jobs + 1 : 1;
  return slot->jobs * pool->threads + leader;
}

/* What a thread finds in its slot. */
typedef struct order {
  snc_pool_fn fn;
  void *arg;
  snc_pool_job *job;
  uint32_t leader, members;
} order;

static void give(snc_pool_slot *slot, const order *o, uint64_t range) {
  atomic_store_explicit(&slot->fn, o->fn, memory_order_relaxed);
  atomic_store_explicit(&slot->arg, o->arg, memory_order_relaxed);
  atomic_store_explicit(&slot->job, o->job, memory_order_relaxed);
  atomic_store_explicit(&slot->team, o->leader << 16 | o->members, memory_order_relaxed);
  atomic_store_explicit(&slot->range, range, memory_order_release);
}

/* Hands out a new job's units and makes it known. */
static uint32_t publish(snc_pool *pool, const order *o, uint32_t units) {
  uint32_t epoch = begin_job(pool, o->leader);
  for (uint32_t i = o->members, end = units; i-- > 0;) {
    uint32_t begin = (uint32_t)((uint64_t)units * i / o->members);
    give(&pool->slots[o->leader + i], o, pack(epoch, begin, end));
    end = begin;
  }
  wake_behind(pool, o->leader, o->members, o->leader);
  return epoch;
}

/* A job without units. */
static void call_all(snc_pool *pool) {
  publish(pool, &(order){NULL, NULL, &pool->slots[0].led, 0, pool->threads}, 0);
}

int32_t snc_pool_start(snc_pool *pool, snc_pool_slot *slots, const snc_pool_options *options) {
  uint32_t threads = options->threads;
  pool->threads = threads;
  pool->slots = slots;
  pool->started = 1;
  pool->max_jobs = UINT32_MAX / threads - 1;
  pool->placed = threads <= snc_processors_allowed(&pool->processors);
  pool->spin_ns = pool->placed ? options->spin_ns : 0;
  atomic_store(&pool->caller, snc_processor_current());
  if (threads == 1)
    return SNC_OK;
  /* The application's signals are for its own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = 0;
  for (uint32_t i = 1; i < threads && !failed; ++i) {
    int32_t processor = i < options->num_processors ? options->processors[i] : -1;
    slots[i].pool = pool;
    slots[i].index = i;
    slots[i].processor = snc_processors_contain(&pool->processors, processor) ? processor : -1;
    failed = pthread_create(&slots[i].thread, NULL, worker_main, &slots[i]);
    pool->started += !failed;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed ? SNC_THREAD_FAILED : SNC_OK;
}

void snc_pool_stop(snc_pool *pool) {
  atomic_store(&pool->stop, 1);
  call_all(pool);
  atomic_thread_fence(memory_order_seq_cst);
  for (uint32_t i = 1; i < pool->started; ++i)
    wake(&pool->slots[i]); /* who has seen `stop` early wakes nobody */
  for (uint32_t i = 1; i < pool->started; ++i)
    pthread_join(pool->slots[i].thread, NULL);
  pool->started = 0;
}

void snc_pool_keep_apart(snc_pool *pool) {
  int here = pool->placed ? snc_processor_current() : -1;
  if (here < 0 || here == atomic_load_explicit(&pool->caller, memory_order_relaxed))
    return;
  atomic_store(&pool->caller, here);
  for (uint32_t i = 1; i < pool->threads; ++i) {
    int id = atomic_load(&pool->slots[i].id); /* none for those with a place of their own */
    if (id)
      snc_processors_avoid(&pool->processors, here, id);
  }
}

void snc_pool_enter(snc_pool *pool) {
  if (pool->threads == 1)
    return;
  snc_pool_keep_apart(pool);
  /* Those woken find nothing to do and spin. */
  if (pool->spin_ns && atomic_load(&pool->sleepers))
    call_all(pool);
}

static void join(snc_pool *pool, snc_pool_job *job, uint32_t self) {
  uint32_t left;
  while ((left = atomic_load_explicit(&job->remaining, memory_order_acquire)) != 0) {
    if (snc_spin(remaining_changed, job, left, pool->spin_ns))
      continue;
    atomic_store(&job->joining, 1);
    snc_futex_wait(&job->remaining, left);
    atomic_store(&job->joining, 0);
    if (self == 0)
      snc_pool_keep_apart(pool);
  }
}

int snc_pool_run(snc_pool *pool, uint32_t leader, uint32_t members, snc_pool_fn fn, void *arg,
                 uint32_t units) {
  snc_pool_job *job = &pool->slots[leader].led;
  atomic_store_explicit(&job->error, 0, memory_order_relaxed);
  atomic_store_explicit(&job->remaining, units, memory_order_relaxed);
  uint32_t epoch = publish(pool, &(order){fn, arg, job, leader, members}, units);
  work(pool, leader, epoch);
  join(pool, job, leader);
  return atomic_load_explicit(&job->error, memory_order_relaxed);
}

void snc_pool_split(snc_pool *pool, uint32_t count) {
  atomic_store_explicit(&pool->sent.remaining, count, memory_order_relaxed);
}

void snc_pool_send(snc_pool *pool, uint32_t thread, snc_pool_fn fn, void *arg, uint32_t unit) {
  snc_pool_slot *slot = &pool->slots[thread];
  uint32_t epoch = begin_job(pool, 0);
  give(slot, &(order){fn, arg, &pool->sent, thread, 1}, pack(epoch, unit, unit + 1));
  atomic_thread_fence(memory_order_seq_cst);
  if (atomic_load_explicit(&pool->sleepers, memory_order_relaxed))
    wake(slot);
}

void snc_pool_gather(snc_pool *pool) { join(pool, &pool->sent, 0); }
