// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the user reads after a compilation.

#ifndef SNC_CODEGEN_DRIVER_SUMMARY_H
#define SNC_CODEGEN_DRIVER_SUMMARY_H

#include "codegen/driver/KernelPool.h"
#include "codegen/emit/Description.h"

#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace snc {

class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

private:
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

void printSummary(llvm::raw_ostream &os, const LibraryDescription &library,
                  const KernelPoolResult &kernels, llvm::StringRef folder, double seconds);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_SUMMARY_H
