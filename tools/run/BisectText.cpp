// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Bisect.h"
#include "tools/run/GpuState.h"

#include <cstdio>

using Json = nlohmann::ordered_json;

namespace snc::run {

static std::string format(const char *pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

static std::string verdictOf(const Json &entry) {
  if (!entry.value("compared", false))
    return "not compared: " + entry.value("why", "nothing is written");
  return (entry["agrees"].get<bool>() ? "agrees" : "differs") +
         format(", largest error %.1e of the range", entry["relative"].get<double>());
}

static std::string numberOf(const Json &value) {
  return value.is_number() ? format("%g", value.get<double>()) : "nan";
}

/// Where the largest error is, and what it is about.
static std::string detailsOf(const Json &entry) {
  std::string place;
  for (const Json &index : entry["at"])
    place += (place.empty() ? "" : ", ") + std::to_string(index.get<int64_t>());
  std::string text =
      "  largest at [" + place + "]: gpu " + numberOf(entry["gpu"]) + ", cpu " +
      numberOf(entry["cpu"]) + "\n  " + std::to_string(entry["beyond"].get<size_t>()) + " of " +
      std::to_string(entry["elements"].get<size_t>()) + " elements are beyond the tolerance\n";
  if (entry.contains("part"))
    text += "  it is the part from " + std::to_string(entry["part"]["begin"].get<int64_t>()) +
            " to " + std::to_string(entry["part"]["end"].get<int64_t>()) + " along axis " +
            std::to_string(entry["part"]["axis"].get<int64_t>()) + "\n";
  return text;
}

static std::string conclusionOf(const Json &result) {
  const Json &kernels = result["kernels"];
  size_t compared = 0;
  for (const Json &entry : kernels)
    compared += entry["compared"].get<bool>();
  if (!result["first"].is_null()) {
    const Json &entry = kernels[result["first"].get<size_t>()];
    return "first kernel that differs: " + entry["kernel"].get<std::string>() + " (" +
           entry["op"].get<std::string>() + ", " + entry["device"].get<std::string>() + ")\n" +
           detailsOf(entry);
  }
  std::string text = std::to_string(compared) + " of " + std::to_string(kernels.size()) +
                     " kernels were compared and agree\n";
  if (!result["agrees"].get<bool>())
    text += "outputs differ all the same: one of the kernels not compared, or the order of units\n";
  return text;
}

std::string bisectText(const Json &result) {
  std::string text = deviceText(result["gpu"]) + "\n";
  for (const Json &output : result["outputs"])
    text += "output " + output["name"].get<std::string>() + ": " + verdictOf(output) + "\n";
  size_t shown = result["kernels"].size();
  if (!result["first"].is_null())
    shown = result["first"].get<size_t>() + 1;
  for (size_t i = 0; i < shown; ++i) {
    const Json &entry = result["kernels"][i];
    text += "  " + entry["device"].get<std::string>() + " " + entry["op"].get<std::string>() + " " +
            entry["kernel"].get<std::string>() + ": " + verdictOf(entry) + "\n";
  }
  return text + conclusionOf(result);
}

} // namespace snc::run
