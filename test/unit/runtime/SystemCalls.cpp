// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The wrappers behind SystemCalls.h.
#include "SystemCalls.h"

#include <cerrno>
#include <pthread.h>
#include <sys/mman.h>

namespace snc::test {
SystemCalls &systemCalls() {
  static SystemCalls calls;
  return calls;
}
} // namespace snc::test

using snc::test::systemCalls;

extern "C" {
void *__real_malloc(size_t bytes);
void __real_free(void *memory);
int __real_posix_memalign(void **memory, size_t alignment, size_t bytes);
void *__real_mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t bytes);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);

void *__wrap_malloc(size_t bytes) {
  ++systemCalls().allocations;
  return __real_malloc(bytes);
}

void __wrap_free(void *memory) { __real_free(memory); }

int __wrap_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  ++systemCalls().allocations;
  return __real_posix_memalign(memory, alignment, bytes);
}

void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset) {
  ++systemCalls().allocations;
  if (!(flags & MAP_FIXED))
    ++systemCalls().mapped;
  return __real_mmap(at, bytes, protection, flags, fd, offset);
}

int __wrap_munmap(void *at, size_t bytes) {
  --systemCalls().mapped;
  return __real_munmap(at, bytes);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg) {
  if (systemCalls().failThread > 0 && --systemCalls().failThread == 0)
    return EAGAIN;
  ++systemCalls().threads;
  return __real_pthread_create(thread, attributes, start, arg);
}
}
