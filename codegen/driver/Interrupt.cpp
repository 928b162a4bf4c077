// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/Interrupt.h"

#include <csignal>

namespace snc {

static volatile std::sig_atomic_t flag = 0;

void catchInterrupts() {
  std::signal(SIGINT, [](int) { flag = 1; });
  std::signal(SIGTERM, [](int) { flag = 1; });
}

bool interrupted() { return flag != 0; }

} // namespace snc
