// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels that measure a GPU, as its interfaces take them.

#ifndef SNC_TOOLS_PROFILE_GPUKERNELS_H
#define SNC_TOOLS_PROFILE_GPUKERNELS_H

#include "runtime/snc_model.h"

#include <string>

namespace snc::profile {

/// One way to a GPU: the runtime's driver and Halide's functions over it.
struct GpuInterface {
  const char *name; ///< as in the manifest: "opencl", "cuda"
  const snc_gpu_driver *driver;
  int (*initialize)(void *user, void **state, const char *code, int bytes);
  int (*run)(void *user, void *state, const char *entry, int bx, int by, int bz, int tx, int ty,
             int tz, int shared, size_t *sizes, void **args, int8_t *isBuffer);
  /// The program: `nothing(out)`; `multiply_add(out)`, kFlops in each thread, which writes one
  /// float; `read_all(in, out)`, kReads times 16 bytes for each thread, which writes one float.
  /// Ends with a zero byte.
  std::string (*program)();

  static constexpr double kFlops = 64 * 32 * 2;
  static constexpr uint32_t kReads = 16;
};

/// Null for a name that the runtime has no driver for.
const GpuInterface *findGpuInterface(const std::string &name);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_GPUKERNELS_H
