// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/GpuState.h"

using Json = nlohmann::ordered_json;

namespace snc::run {

Json deviceJson(const Session &session) {
  snc_device_info info = session.device();
  if (info.state == SNC_DEVICE_NONE)
    return nullptr;
  if (info.state == SNC_DEVICE_OFF)
    return {{"state", "off"}};
  bool active = info.state == SNC_DEVICE_ACTIVE;
  Json json{{"state", active ? "active" : "fallback"},
            {"name", info.name},
            {"memory_bytes", info.memory_bytes},
            {"cold_start_ms", double(info.cold_start_ns) * 1e-6},
            {"kernels", info.kernels},
            {"kernels_cached", info.kernels_cached}};
  if (!active)
    json["why"] = session.library().statusText(info.status);
  return json;
}

std::string deviceText(const Json &gpu) {
  std::string state = gpu["state"];
  if (state == "off")
    return "gpu: off";
  if (state == "fallback")
    return "gpu: not used, " + gpu["why"].get<std::string>();
  char text[256];
  std::snprintf(text, sizeof text, "gpu: %s, %.1f MiB, cold start %.0f ms, %d of %d kernels cached",
                gpu["name"].get<std::string>().c_str(),
                gpu["memory_bytes"].get<double>() / (1 << 20), gpu["cold_start_ms"].get<double>(),
                gpu["kernels_cached"].get<int>(), gpu["kernels"].get<int>());
  return text;
}

} // namespace snc::run
