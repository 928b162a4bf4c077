// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a GPU and its link to the host can do, measured.

#ifndef SNC_TOOLS_PROFILE_GPUPROBE_H
#define SNC_TOOLS_PROFILE_GPUPROBE_H

#include "runtime/snc.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace snc::profile {

/// Told before each part: what is measured next.
using GpuProgress = std::function<void(const char *what)>;

/// The member "gpu" of a description of a device (docs/profile.md), but for its name:
/// {"peak_gflops", "memory_gbps", "parallelism", "launch_us", "sync_us",
///  "upload": {"gbps", "us"}, "download": {"gbps", "us"}}.
/// `interface` as in the manifest; `base` says which GPU. Takes some seconds and up to 68
/// MiB of its memory. Throws RunError.
nlohmann::ordered_json measureGpu(const std::string &interface, const snc_options &base,
                                  const GpuProgress &progress);

/// The fewest threads with at least 4/5 of the best rate; `rates` are of threads[i].
double parallelismOf(const std::vector<double> &threads, const std::vector<double> &rates);

} // namespace snc::profile

#endif // SNC_TOOLS_PROFILE_GPUPROBE_H
