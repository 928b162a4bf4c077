// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An entry is one file: the hash of the rest, a line of JSON, the object.

#include "codegen/driver/KernelCache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

namespace snc {

static std::string hashOf(llvm::StringRef bytes) {
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)), /*LowerCase=*/true);
}

static std::string defaultFolder() {
  llvm::SmallString<128> path;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    path = cache;
  else if (const char *home = std::getenv("HOME"); home && *home)
    llvm::sys::path::append(path, home, ".cache");
  else
    return {};
  llvm::sys::path::append(path, "syncnasc");
  return std::string(path);
}

std::string cacheFolder(const std::string &given) {
  std::string folder = given.empty() ? defaultFolder() : given;
  return folder.empty() || llvm::sys::fs::create_directories(folder) ? std::string() : folder;
}

KernelCache::KernelCache(std::string given) : folder(cacheFolder(given)) {}

std::string KernelCache::key(llvm::StringRef text, llvm::StringRef compiler) {
  return hashOf((compiler + "\n" + text).str());
}

std::string KernelCache::pathOf(llvm::StringRef key) const {
  return folder + "/" + key.str() + ".kernel";
}

std::optional<CompiledKernel> KernelCache::find(llvm::StringRef key) const {
  if (folder.empty())
    return std::nullopt;
  auto buffer = llvm::MemoryBuffer::getFile(pathOf(key), false, false);
  if (!buffer)
    return std::nullopt;
  auto [hash, rest] = (*buffer)->getBuffer().split('\n');
  if (hash != hashOf(rest))
    return std::nullopt;
  auto [info, object] = rest.split('\n');
  return CompiledKernel{info.str(), object.str()};
}

void KernelCache::store(llvm::StringRef key, const CompiledKernel &kernel) const {
  if (folder.empty())
    return;
  // No llvm::sys::fs::TempFile: it takes the signals over.
  int descriptor = -1;
  llvm::SmallString<128> temporary;
  if (llvm::sys::fs::createUniqueFile(pathOf(key) + ".tmp-%%%%%%%%", descriptor, temporary))
    return;
  std::string rest = kernel.info + "\n" + kernel.object;
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << hashOf(rest) << "\n" << rest;
  os.close();
  bool written = !os.has_error();
  os.clear_error();
  if (!written || llvm::sys::fs::rename(temporary, pathOf(key)))
    llvm::sys::fs::remove(temporary);
}

} // namespace snc
