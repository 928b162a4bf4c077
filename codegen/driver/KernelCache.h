// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled kernels by content. Safe with several compilers at once: entries appear
// whole, and one that is damaged is treated as absent.

#ifndef SNC_CODEGEN_DRIVER_KERNELCACHE_H
#define SNC_CODEGEN_DRIVER_KERNELCACHE_H

#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace snc {

/// What the kernel compiler's --info says.
struct CompiledKernel {
  std::string info;   ///< JSON
  std::string object; ///< bytes of the object file
};

/// Where the compiler keeps what it found out: `given`, or where that is empty
/// $XDG_CACHE_HOME/syncnasc or ~/.cache/syncnasc, made where it is missing. Empty where
/// there is none.
std::string cacheFolder(const std::string &given);

class KernelCache {
public:
  /// In cacheFolder(`folder`). A folder that cannot be made or written means no cache,
  /// not an error.
  explicit KernelCache(std::string folder);

  /// The key of a kernel's text under a compiler of identity `compiler`.
  static std::string key(llvm::StringRef text, llvm::StringRef compiler);
  std::optional<CompiledKernel> find(llvm::StringRef key) const;
  void store(llvm::StringRef key, const CompiledKernel &kernel) const;

private:
  std::string pathOf(llvm::StringRef key) const;
  std::string folder;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_KERNELCACHE_H
