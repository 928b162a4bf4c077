// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Interrupt.h"

#include <atomic>
#include <csignal>

namespace snc {

static std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

void catchInterrupts() {
  std::signal(SIGINT, [](int) { flag = true; });
  std::signal(SIGTERM, [](int) { flag = true; });
}

bool interrupted() { return flag; }

std::atomic<bool> &interruptFlag() { return flag; }

} // namespace snc
