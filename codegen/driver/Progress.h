// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How far a long piece of work has come, on standard error.

#ifndef SNC_CODEGEN_DRIVER_PROGRESS_H
#define SNC_CODEGEN_DRIVER_PROGRESS_H

#include <cstddef>
#include <string>

namespace snc {

/// A bar on a terminal, taken away at the end; elsewhere a line at the beginning and
/// at each quarter. Silent when `enabled` is false or there is nothing to do.
class Progress {
public:
  Progress(bool enabled, std::string what, size_t total);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;
  void advance();

private:
  void show();

  std::string what;
  size_t total, done = 0, quarter = 0;
  bool enabled, terminal;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_PROGRESS_H
