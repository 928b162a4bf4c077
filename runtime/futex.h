/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Sleeping on a 32-bit word, spinning politely and reading the clock. Raw
 * system calls, since the condition variables of libc carry symbol versions
 * that an emitted library must not depend on.
 */
#ifndef SNC_RUNTIME_FUTEX_H
#define SNC_RUNTIME_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Two 64-byte lines: the adjacent-line prefetcher shares those. */
#define SNC_CACHE_LINE 128

/* Sleeps while *word == value; may return early. */
static inline void snc_futex_wait(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

/* Wakes up to `count` sleepers of the word. */
static inline void snc_futex_wake(_Atomic uint32_t *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static inline void snc_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb" ::: "memory"); /* `yield` is a no-op on most cores */
#endif
}

static inline uint64_t snc_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Whether what is waited for has happened; `seen` tells apart before and after. */
typedef int (*snc_changed_fn)(const void *where, uint32_t seen);

/* Spins until changed(where, seen) or the time is over; returns the former. */
static inline int snc_spin(snc_changed_fn changed, const void *where, uint32_t seen,
                           uint64_t spin_ns) {
  if (changed(where, seen))
    return 1;
  if (!spin_ns)
    return 0;
  uint64_t begin = snc_now_ns();
  do {
    for (int i = 0; i < 32; ++i) {
      snc_pause();
      if (changed(where, seen))
        return 1;
    }
  } while (snc_now_ns() - begin < spin_ns);
  return 0;
}

#endif /* SNC_RUNTIME_FUTEX_H */
