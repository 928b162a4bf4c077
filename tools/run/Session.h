// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A context with memory for its inputs and outputs.

#ifndef SNC_TOOLS_RUN_SESSION_H
#define SNC_TOOLS_RUN_SESSION_H

#include "tools/run/LoadedLibrary.h"

#include <memory>

namespace snc::run {

/// Not copyable; one thread at a time. The library must outlive it.
class Session {
public:
  Session(const LoadedLibrary &library, const snc_options &options);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  /// Bytes of input `i`, to be filled before run().
  char *input(size_t i) { return inputs_[i].get(); }
  /// Bytes of output `i`, valid after run().
  const char *output(size_t i) const { return outputs_[i].get(); }
  void run();
  /// What became of the GPU.
  snc_device_info device() const { return library_.device(context_); }
  const LoadedLibrary &library() const { return library_; }

  /// Fills every f32 input with values in [-1, 1) from a fixed seed; inputs of
  /// other types with zeros.
  void fillRandom(uint32_t seed);

private:
  using Memory = std::unique_ptr<char, void (*)(void *)>;
  static std::vector<Memory> allocate(const std::vector<const snc_tensor_info *> &infos);

  const LoadedLibrary &library_;
  snc_context *context_;
  std::vector<Memory> inputs_, outputs_;
  std::vector<const void *> inputPointers_;
  std::vector<void *> outputPointers_;
};

} // namespace snc::run

#endif // SNC_TOOLS_RUN_SESSION_H
