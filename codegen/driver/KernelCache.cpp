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

KernelCache::KernelCache(std::string given)
    : folder(given.empty() ? defaultFolder() : std::move(given)) {
  if (!folder.empty() && llvm::sys::fs::create_directories(folder))
    folder.clear();
}

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
  auto temporary = llvm::sys::fs::TempFile::create(pathOf(key) + ".tmp-%%%%%%%%");
  if (!temporary)
    return llvm::consumeError(temporary.takeError());
  std::string rest = kernel.info + "\n" + kernel.object;
  llvm::raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
  os << hashOf(rest) << "\n" << rest;
  os.flush();
  bool written = !os.has_error();
  os.clear_error();
  llvm::consumeError(written ? temporary->keep(pathOf(key)) : temporary->discard());
}

} // namespace snc
