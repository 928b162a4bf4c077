// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/LoadedLibrary.h"

#include <dlfcn.h>
#include <filesystem>

namespace fs = std::filesystem;

namespace snc::run {

static std::string onlyName(const fs::path &folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto &entry : fs::directory_iterator(folder / "share", ignored))
    if (fs::exists(entry.path() / "manifest.json"))
      names.push_back(entry.path().filename().string());
  if (names.size() == 1)
    return names.front();
  if (names.empty())
    throw RunError(folder.string() + ": no library here; give the folder that syncnasc -o wrote");
  std::string list;
  for (const std::string &n : names)
    list += " " + n;
  throw RunError(folder.string() + ": several libraries here, choose one with --name:" + list);
}

LoadedLibrary LoadedLibrary::open(const std::string &folder, const std::string &name) {
  LoadedLibrary library;
  library.name_ = name.empty() ? onlyName(folder) : name;
  library.share_ = (fs::path(folder) / "share" / library.name_).string();
  fs::path file = fs::absolute(fs::path(folder) / "lib" / ("lib" + library.name_ + ".so"));
  library.handle_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library.handle_)
    throw RunError(std::string("cannot open the library: ") + dlerror());
  library.bindAll();
  return library;
}

template <typename Fn> Fn *LoadedLibrary::bind(const char *function) const {
  std::string symbol = name_ + "_" + function;
  void *address = dlsym(handle_, symbol.c_str());
  if (!address)
    throw RunError("lib" + name_ + ".so has no function " + symbol);
  return reinterpret_cast<Fn *>(address);
}

void LoadedLibrary::bindAll() {
  if (uint32_t version = bind<uint32_t()>("abi_version")(); version != SNC_ABI_VERSION)
    throw RunError("lib" + name_ + ".so speaks interface version " + std::to_string(version) +
                   ", this tool " + std::to_string(SNC_ABI_VERSION) + ": compile the model again");
  optionsInit_ = bind<void(snc_options *)>("options_init");
  create_ = bind<int32_t(const snc_options *, snc_context **)>("create");
  run_ = bind<int32_t(snc_context *, const void *const *, void *const *)>("run_indexed");
  device_ = bind<int32_t(const snc_context *, snc_device_info *)>("device");
  destroy_ = bind<void(snc_context *)>("destroy");
  strerror_ = bind<const char *(int32_t)>("strerror");
  auto list = [&](auto &into, const char *count, const char *info) {
    using Info = std::remove_reference_t<decltype(*into[0])>;
    for (uint32_t i = 0, n = bind<uint32_t()>(count)(); i < n; ++i)
      into.push_back(bind<Info *(uint32_t)>(info)(i));
  };
  list(inputs_, "input_count", "input_info");
  list(outputs_, "output_count", "output_info");
  list(kernels_, "kernel_count", "kernel_info");
}

void LoadedLibrary::fail(const char *what, int32_t status) const {
  throw RunError(name_ + ": " + what + " failed: " + strerror_(status));
}

snc_context *LoadedLibrary::create(const snc_options &given) const {
  snc_options options = given;
  std::string weights = (fs::path(share_) / (name_ + ".weights")).string();
  if (!options.weights && !options.weights_path && fs::exists(weights))
    options.weights_path = weights.c_str();
  snc_context *context = nullptr;
  if (int32_t status = create_(&options, &context))
    fail("create", status);
  return context;
}

void LoadedLibrary::run(snc_context *context, const void *const *inputs,
                        void *const *outputs) const {
  if (int32_t status = run_(context, inputs, outputs))
    fail("run", status);
}

snc_device_info LoadedLibrary::device(const snc_context *context) const {
  snc_device_info info = {};
  if (int32_t status = device_(context, &info))
    fail("device", status);
  return info;
}

} // namespace snc::run
