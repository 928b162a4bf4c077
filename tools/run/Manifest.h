// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the manifest of a library tells of its programs (docs/library.md).

#ifndef SNC_TOOLS_RUN_MANIFEST_H
#define SNC_TOOLS_RUN_MANIFEST_H

#include "tools/run/LoadedLibrary.h"

#include <nlohmann/json.hpp>

namespace snc::run {

/// The manifest of a library, share/<name>/manifest.json. Throws RunError.
nlohmann::json readManifest(const LoadedLibrary &library);

/// The interface of the GPU that some kernel is made for, "opencl"; empty: none is.
std::string gpuInterface(const nlohmann::json &manifest);

/// What a kernel reads or writes.
struct KernelValue {
  uint32_t buffer = 0;        ///< its number, for snc_read_fn
  std::string type;           ///< in C, of an element
  std::vector<int64_t> shape; ///< logical
  int64_t lanes = 0;          ///< channels of a block, which lie together; 0: plain
  int64_t rows = 0;           ///< from one plane to the next, of rank 4
  uint64_t bytes = 0;         ///< from the first to behind the last element
};

struct ProgramKernel {
  std::string name;  ///< of its code, which others may share
  std::string nodes; ///< of the model, joined by '+'; the name where they have none
  std::string op, device;
  uint64_t flops = 0, bytes = 0;
  std::vector<KernelValue> reads, writes;
};

/// The kernels that run on the GPU and beside it, and those of the same network for the
/// CPU alone; in the order that the inspect hook counts.
struct Programs {
  std::vector<ProgramKernel> planned, fallback;
};

/// Throws RunError for a library without a GPU or without a fallback, and for members
/// that are not as they should be.
Programs readPrograms(const nlohmann::json &manifest);

/// The kernels that the trace hook of a context counts: the library's own, or those of its
/// fallback where the GPU is not used. Both must outlive it.
class RunningKernels {
public:
  /// Throws RunError.
  RunningKernels(const LoadedLibrary &library, const snc_device_info &device);
  RunningKernels(const RunningKernels &) = delete;
  RunningKernels &operator=(const RunningKernels &) = delete;
  const std::vector<const snc_kernel_info *> &list() const { return list_; }

private:
  std::vector<ProgramKernel> fallback_;
  std::vector<snc_kernel_info> infos_;
  std::vector<const snc_kernel_info *> list_;
};

} // namespace snc::run

#endif // SNC_TOOLS_RUN_MANIFEST_H
