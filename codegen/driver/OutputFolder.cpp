// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/OutputFolder.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <fcntl.h>
#include <set>

namespace fs = std::filesystem;

namespace snc {

static llvm::Error failure(const llvm::Twine &what, std::error_code error = {}) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 error ? what + ": " + error.message() : what);
}

/// The files that the manifest at `path` lists; none when it is no manifest of ours.
static std::set<std::string> filesOf(const fs::path &path) {
  std::set<std::string> names;
  auto buffer = llvm::MemoryBuffer::getFile(path.string());
  if (!buffer)
    return names;
  auto json = llvm::json::parse((*buffer)->getBuffer());
  if (!json) {
    llvm::consumeError(json.takeError());
    return names;
  }
  const llvm::json::Object *manifest = json->getAsObject();
  const llvm::json::Object *versions = manifest ? manifest->getObject("versions") : nullptr;
  const llvm::json::Object *files = manifest ? manifest->getObject("files") : nullptr;
  if (!versions || !versions->get("syncnasc") || !files)
    return names;
  for (const auto &entry : *files)
    names.insert(entry.first.str());
  return names;
}

/// True for an empty folder, or one with nothing but files of an earlier output.
static bool isReplaceable(const fs::path &path) {
  std::error_code error;
  std::set<std::string> known;
  for (const auto &entry : fs::directory_iterator(path / "share", error)) {
    fs::path manifest = entry.path() / "manifest.json";
    std::set<std::string> files = filesOf(manifest);
    if (!files.empty())
      known.insert(fs::relative(manifest, path, error).string());
    known.merge(files);
  }
  error.clear();
  for (fs::recursive_directory_iterator it(path, error), end; it != end && !error;
       it.increment(error)) {
    bool isFolder = it->is_directory(error) && !it->is_symlink(error);
    if (!isFolder && !known.contains(it->path().lexically_relative(path).string()))
      return false;
  }
  return !error;
}

/// True when `inner` is `outer` or lies in it.
static bool contains(const fs::path &outer, const fs::path &inner) {
  auto [o, i] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return o == outer.end();
}

llvm::Error OutputFolder::check(llvm::StringRef wanted, bool force) {
  std::error_code error;
  std::string name = wanted.str();
  path = fs::weakly_canonical(fs::absolute(name), error);
  if (error)
    return failure("cannot write '" + name + "'", error);
  if (!path.has_filename()) // "out/" names out
    path = path.parent_path();
  if (contains(path, fs::current_path(error)))
    return failure("will not replace '" + name + "': it is, or holds, the current folder");
  if (!fs::exists(path, error))
    return llvm::Error::success();
  if (!fs::is_directory(path, error))
    return failure("cannot write '" + name + "': it is a file");
  if (!force && !isReplaceable(path))
    return failure("will not replace '" + name +
                   "': it holds other files; choose another folder, or --force");
  return llvm::Error::success();
}

/// A folder with a name of its own beside `path`.
static llvm::Expected<fs::path> makeSibling(const fs::path &path) {
  llvm::SmallString<256> made;
  // Absolute, else it would land in the folder for temporary files.
  if (auto error = llvm::sys::fs::createUniqueDirectory(path.string() + ".partial", made))
    return failure("cannot write beside '" + path.string() + "'", error);
  return fs::path(made.str().str());
}

llvm::Error OutputFolder::open() {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return failure("cannot make '" + path.parent_path().string() + "'", error);
  auto made = makeSibling(path);
  if (!made)
    return made.takeError();
  temporary = *made;
  // Unique folders are private; a library is for everyone.
  fs::permissions(temporary, fs::perms::all & ~fs::perms(llvm::sys::fs::getUmask()), error);
  return llvm::Error::success();
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!temporary.empty())
    fs::remove_all(temporary, ignored);
}

llvm::Expected<std::string> OutputFolder::folder(llvm::StringRef relative) {
  std::error_code error;
  fs::path full = temporary / relative.str();
  fs::create_directories(full, error);
  if (error)
    return failure("cannot make '" + full.string() + "'", error);
  return full.string();
}

llvm::Error OutputFolder::write(llvm::StringRef relative, llvm::StringRef text) {
  auto parent = folder(fs::path(relative.str()).parent_path().string());
  if (!parent)
    return parent.takeError();
  std::string full = (temporary / relative.str()).string();
  std::error_code error;
  llvm::raw_fd_ostream os(full, error);
  if (!error) {
    os << text;
    os.flush();
    error = os.error();
    os.clear_error();
  }
  return error ? failure("cannot write '" + full + "'", error) : llvm::Error::success();
}

llvm::Error OutputFolder::commit() {
  std::error_code error;
  if (fs::exists(path, error)) {
    // Exchanging keeps a complete folder in place at every moment; the old one
    // goes with this object.
    if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0)
      return llvm::Error::success();
    fs::path old = temporary.string() + ".old";
    fs::rename(path, old, error);
    if (error)
      return failure("cannot replace '" + path.string() + "'", error);
    fs::rename(temporary, path, error);
    if (error) { // back to what it was
      std::error_code ignored;
      fs::rename(old, path, ignored);
      return failure("cannot write '" + path.string() + "'", error);
    }
    temporary = old;
    return llvm::Error::success();
  }
  fs::rename(temporary, path, error);
  if (error)
    return failure("cannot write '" + path.string() + "'", error);
  temporary.clear();
  return llvm::Error::success();
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path.empty())
    fs::remove_all(path, ignored);
}

llvm::Error ScratchFolder::open() {
  llvm::SmallString<256> made;
  if (std::error_code error = llvm::sys::fs::createUniqueDirectory("syncnasc", made))
    return failure("cannot make a temporary folder", error);
  path = made.str().str();
  return llvm::Error::success();
}

} // namespace snc
