// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts what the runtime and the tests' kernels take from the system, and lets
// a chosen call fail. Only calls made by code linked with --wrap are seen:
// libstdc++ and GoogleTest, being shared or inlined around it, do not matter
// where a test looks at differences.
#pragma once

#include <atomic>

namespace snc::test {

struct SystemCalls {
  std::atomic<long> allocations{0}; // malloc, posix_memalign, mmap
  std::atomic<long> mapped{0};      // mmap minus munmap of whole regions
  std::atomic<long> threads{0};     // pthread_create
  // Fails the n-th thread from now on (1: the next); 0: none.
  std::atomic<long> failThread{0};
};

SystemCalls &systemCalls();

} // namespace snc::test
