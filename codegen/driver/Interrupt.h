// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ctrl-C as a question that long work asks.

#ifndef SNC_CODEGEN_DRIVER_INTERRUPT_H
#define SNC_CODEGEN_DRIVER_INTERRUPT_H

#include <atomic>

namespace snc {

/// From now on SIGINT and SIGTERM set a flag instead of ending the process.
void catchInterrupts();
/// True after one of them came.
bool interrupted();
/// The flag itself, for work that ends early and keeps what it has; that work
/// clears it.
std::atomic<bool> &interruptFlag();

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_INTERRUPT_H
