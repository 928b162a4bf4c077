// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/profile/KernelKeys.h"

#include <algorithm>

using nlohmann::json;
using snc::run::RunError;

namespace snc::profile {

static int64_t wholeNumber(const json &object, const char *member, int64_t otherwise,
                           const std::string &where) {
  auto found = object.find(member);
  if (found == object.end())
    return otherwise;
  if (!found->is_number_integer() || *found < -1 || *found > SNC_MAX_THREADS)
    throw RunError(where + ": '" + member + "' is not a number from -1 to " +
                   std::to_string(SNC_MAX_THREADS));
  return found->get<int64_t>();
}

int64_t plannedThreads(const json &manifest) {
  return std::max<int64_t>(
      0, manifest.is_object() ? wholeNumber(manifest, "threads", 0, "manifest.json") : 0);
}

static KernelKey keyOf(const json &entry, const snc_kernel_info &kernel,
                       const std::string &libraryName, int64_t threads, const std::string &where) {
  KernelKey key;
  key.unit = wholeNumber(entry, "unit", -1, where);
  bool alone = key.unit >= 0 && threads > 1;
  key.threads = alone ? std::max<int64_t>(1, wholeNumber(entry, "threads", 1, where)) : threads;
  auto device = entry.find("device");
  if (device != entry.end() && !device->is_string())
    throw RunError(where + ": 'device' is not a text");
  if (device != entry.end())
    key.device = device->get<std::string>();
  auto signature = entry.find("signature");
  if (signature != entry.end() && !signature->is_string())
    throw RunError(where + ": 'signature' is not a text");
  if (signature != entry.end())
    key.signature = signature->get<std::string>();
  key.hasSignature = !key.signature.empty();
  if (!key.hasSignature)
    key.signature = "unsigned " + libraryName + "/" + kernel.name + " " + kernel.op;
  return key;
}

std::vector<KernelKey> kernelKeys(const json &manifest,
                                  const std::vector<const snc_kernel_info *> &kernels,
                                  const std::string &libraryName, int64_t threads) {
  auto list = manifest.is_object() ? manifest.find("kernels") : manifest.end();
  bool listed = manifest.is_object() && list != manifest.end();
  if (listed && (!list->is_array() || list->size() != kernels.size()))
    throw RunError("manifest.json: 'kernels' is not a list of the library's " +
                   std::to_string(kernels.size()) + " kernels: compile the model again");
  int64_t planned = plannedThreads(manifest);
  std::vector<KernelKey> keys;
  for (size_t i = 0; i < kernels.size(); ++i) {
    std::string where = "manifest.json: kernels[" + std::to_string(i) + "]";
    const json entry = listed ? (*list)[i] : json::object();
    if (!entry.is_object())
      throw RunError(where + " is not an object");
    keys.push_back(keyOf(entry, *kernels[i], libraryName, threads, where));
    if (keys.back().unit >= 0 && threads > 1 && planned && planned != threads)
      throw RunError("--threads: the branches of this library are planned for " +
                     std::to_string(planned) +
                     " threads; --threads=1 runs them one after the other");
  }
  return keys;
}

} // namespace snc::profile
