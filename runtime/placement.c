/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Processor sets by the system calls themselves: libc's wrappers exist in two
 * incompatible versions under one name.
 */
#include "placement.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORD_BITS (8 * (int)sizeof(unsigned long))

static uint32_t count(const unsigned long *words, uint32_t bytes) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < bytes / sizeof words[0]; ++i)
    for (unsigned long bits = words[i]; bits; bits &= bits - 1)
      ++n;
  return n;
}

uint32_t snc_processors_allowed(snc_processors *set) {
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof set->words, set->words);
  set->bytes = bytes > 0 ? (uint32_t)bytes : 0;
  uint32_t n = count(set->words, set->bytes);
  return n ? n : 1;
}

int snc_processor_current(void) { return sched_getcpu(); }

void snc_processors_avoid(const snc_processors *set, int avoided, int thread) {
  if (!set->bytes || avoided < 0 || avoided >= (int)set->bytes * 8)
    return;
  snc_processors rest = *set;
  rest.words[avoided / WORD_BITS] &= ~(1ul << avoided % WORD_BITS);
  const snc_processors *chosen = count(rest.words, rest.bytes) ? &rest : set;
  syscall(SYS_sched_setaffinity, thread, (size_t)chosen->bytes, chosen->words);
}

int snc_processors_contain(const snc_processors *set, int32_t processor) {
  return processor >= 0 && processor < (int)set->bytes * 8 &&
         (set->words[processor / WORD_BITS] >> processor % WORD_BITS & 1);
}

void snc_processors_pin(const snc_processors *set, int32_t processor) {
  snc_processors one = {.bytes = set->bytes};
  one.words[processor / WORD_BITS] = 1ul << processor % WORD_BITS;
  syscall(SYS_sched_setaffinity, 0, (size_t)one.bytes, one.words);
}
