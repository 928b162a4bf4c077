// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums of a block of threads in the registers of the threads that own them.

#ifndef SNC_CODEGEN_SCHEDULE_GPU_PRIVATESUMS_H
#define SNC_CODEGEN_SCHEDULE_GPU_PRIVATESUMS_H

#include "Halide.h"

#include <memory>
#include <string>

namespace snc {

/// A pass for a Func that is computed at a loop over blocks and stored in registers.
/// Halide gives each thread room for the sums of all threads, of which it touches those
/// that its numbers select. The pass keeps a thread's own: the part of each index that is
/// the thread's is dropped, the rest, a constant, is numbered anew from zero. It throws
/// Halide's error where an index is not of that form or threads would read each
/// other's sums.
std::unique_ptr<Halide::Internal::IRMutator> privateSums(const std::string &func);

} // namespace snc

#endif // SNC_CODEGEN_SCHEDULE_GPU_PRIVATESUMS_H
