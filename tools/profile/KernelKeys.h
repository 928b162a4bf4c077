// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Under which key the time of a kernel is kept, so that other networks and other
// plans with the same kernel find it.

#ifndef SNC_TOOLS_PROFILE_KERNELKEYS_H
#define SNC_TOOLS_PROFILE_KERNELKEYS_H

#include "tools/run/Manifest.h"

#include <nlohmann/json.hpp>

namespace snc::profile {

struct KernelKey {
  std::string signature;
  int64_t threads = 1;        ///< that run it
  int64_t unit = -1;          ///< that it is planned for; -1: all threads
  bool hasSignature = false;  ///< false: the manifest has none, `signature` is made of names
  std::string device = "cpu"; ///< that it is made for: an interface of a GPU, or the CPU
};

using run::readManifest;

/// Threads that the manifest's library was planned for; 0: one for each processor.
int64_t plannedThreads(const nlohmann::json &manifest);

/// One for each of `kernels`, the library's own list, when it runs with `threads`
/// in all. A kernel without a signature is "unsigned <library>/<kernel> <op>".
/// Throws RunError where manifest and library differ, for a member of a wrong
/// type, and for branches that were planned for another number of threads; on one
/// thread all run.
std::vector<KernelKey> kernelKeys(const nlohmann::json &manifest,
                                  const std::vector<const snc_kernel_info *> &kernels,
                                  const std::string &libraryName, int64_t threads);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_KERNELKEYS_H
