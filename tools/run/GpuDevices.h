// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The GPUs that a driver sees, as the runtime counts them (gpu_device of snc_options).

#ifndef SNC_TOOLS_RUN_GPUDEVICES_H
#define SNC_TOOLS_RUN_GPUDEVICES_H

#include <string>
#include <vector>

namespace snc::run {

struct GpuDevice {
  std::string name;
  std::string platform;   ///< "" where the interface has none
  bool isDefault = false; ///< that a library takes when it is told nothing
};

/// The devices of "opencl" or "cuda" in the order of their numbers; none where there is no
/// driver. Throws RunError for another interface, and for a driver that fails.
std::vector<GpuDevice> listGpuDevices(const std::string &interface);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_GPUDEVICES_H
