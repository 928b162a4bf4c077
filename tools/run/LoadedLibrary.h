// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An emitted library opened at run time, with the runtime's own types.

#ifndef SNC_TOOLS_RUN_LOADEDLIBRARY_H
#define SNC_TOOLS_RUN_LOADEDLIBRARY_H

#include "runtime/snc.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace snc::run {

/// What went wrong, in words for the user; the tool prints it and exits 1.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One emitted library. Stays open until the process ends, since contexts and
/// infos point into it.
class LoadedLibrary {
public:
  /// Opens the only library of `folder` (what `syncnasc -o` wrote), or the one
  /// called `name`. Throws RunError where there is none, several, or an
  /// interface version other than ours.
  static LoadedLibrary open(const std::string &folder, const std::string &name);

  const std::string &name() const { return name_; }
  /// The folder's share/<name>/, with the manifest.
  const std::string &shareFolder() const { return share_; }
  const std::vector<const snc_tensor_info *> &inputs() const { return inputs_; }
  const std::vector<const snc_tensor_info *> &outputs() const { return outputs_; }
  const std::vector<const snc_kernel_info *> &kernels() const { return kernels_; }

  void optionsInit(snc_options &options) const { optionsInit_(&options); }
  /// The library's sentence for a status.
  std::string statusText(int32_t status) const { return strerror_(status); }
  snc_context *create(const snc_options &options) const;
  void run(snc_context *context, const void *const *inputs, void *const *outputs) const;
  snc_device_info device(const snc_context *context) const;
  void destroy(snc_context *context) const { destroy_(context); }

private:
  template <typename Fn> Fn *bind(const char *function) const;
  void bindAll();
  [[noreturn]] void fail(const char *what, int32_t status) const;

  void *handle_ = nullptr;
  std::string name_, share_;
  std::vector<const snc_tensor_info *> inputs_, outputs_;
  std::vector<const snc_kernel_info *> kernels_;
  void (*optionsInit_)(snc_options *) = nullptr;
  int32_t (*create_)(const snc_options *, snc_context **) = nullptr;
  int32_t (*run_)(snc_context *, const void *const *, void *const *) = nullptr;
  int32_t (*device_)(const snc_context *, snc_device_info *) = nullptr;
  void (*destroy_)(snc_context *) = nullptr;
  const char *(*strerror_)(int32_t) = nullptr;
};

} // namespace snc::run

#endif // SNC_TOOLS_RUN_LOADEDLIBRARY_H
