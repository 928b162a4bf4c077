// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/Manifest.h"

#include <fstream>

using nlohmann::json;

namespace snc::run {

json readManifest(const LoadedLibrary &library) {
  std::string path = library.shareFolder() + "/manifest.json";
  std::ifstream file(path);
  if (!file)
    throw RunError(path + ": cannot read this file");
  try {
    return json::parse(file);
  } catch (const json::exception &error) {
    throw RunError(path + ": not a manifest: " + error.what());
  }
}

std::string gpuInterface(const json &manifest) {
  try {
    for (const json &kernel : manifest.at("kernels"))
      if (std::string device = kernel.value("device", "cpu"); device != "cpu")
        return device;
  } catch (const json::exception &) { // as good as none
  }
  return "";
}

namespace {
/// More than any tensor that a run could hold.
constexpr uint64_t kMostBytes = uint64_t(1) << 46;

std::vector<KernelValue> valuesOf(const json &list) {
  std::vector<KernelValue> values;
  for (const json &v : list) {
    KernelValue value;
    v.at("buffer").get_to(value.buffer);
    v.at("type").get_to(value.type);
    v.at("shape").get_to(value.shape);
    v.at("bytes").get_to(value.bytes);
    value.lanes = v.value("lanes", int64_t(0));
    value.rows = v.value("rows", int64_t(0));
    if (value.bytes > kMostBytes)
      throw RunError("manifest.json: a value of " + std::to_string(value.bytes) + " bytes");
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<ProgramKernel> kernelsOf(const json &list) {
  std::vector<ProgramKernel> kernels;
  for (const json &k : list)
    kernels.push_back({k.at("name"), k.at("nodes"), k.at("op"), k.at("device"), k.at("flops"),
                       k.at("bytes"), valuesOf(k.at("reads")), valuesOf(k.at("writes"))});
  return kernels;
}
} // namespace

Programs readPrograms(const json &manifest) {
  if (gpuInterface(manifest).empty())
    throw RunError("this library was not made for a GPU: compile with --devices=cpu,gpu");
  if (!manifest.contains("fallback"))
    throw RunError("this library holds no network for the CPU alone to compare with: compile it "
                   "without --fallback=false");
  try {
    return {kernelsOf(manifest.at("kernels")), kernelsOf(manifest.at("fallback").at("kernels"))};
  } catch (const json::exception &error) {
    throw RunError(std::string("manifest.json: ") + error.what());
  }
}

RunningKernels::RunningKernels(const LoadedLibrary &library, const snc_device_info &device)
    : list_(library.kernels()) {
  if (device.state != SNC_DEVICE_OFF && device.state != SNC_DEVICE_FALLBACK)
    return;
  fallback_ = readPrograms(readManifest(library)).fallback;
  for (const ProgramKernel &k : fallback_)
    infos_.push_back({k.nodes.c_str(), k.op.c_str(), k.flops, k.bytes});
  list_.clear();
  for (const snc_kernel_info &info : infos_)
    list_.push_back(&info);
}

} // namespace snc::run
