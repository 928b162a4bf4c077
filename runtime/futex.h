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

#endif /* SNC_RUNTIME_FUTEX_H */
