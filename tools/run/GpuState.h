// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What became of a context's GPU, for people and programs.

#ifndef SNC_TOOLS_RUN_GPUSTATE_H
#define SNC_TOOLS_RUN_GPUSTATE_H

#include "tools/run/Session.h"

#include <nlohmann/json.hpp>

namespace snc::run {

/// {"state", "name", "memory_bytes", "cold_start_ms", "kernels", "kernels_cached"} and,
/// where it fell back to the CPU, "why"; null for a library without a GPU.
nlohmann::ordered_json deviceJson(const Session &session);

/// The same in a line.
std::string deviceText(const nlohmann::ordered_json &gpu);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_GPUSTATE_H
