// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/driver/OutputFolder.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdio>
#include <fcntl.h>

namespace fs = llvm::sys::fs;

namespace snc {

static llvm::Error failure(const llvm::Twine &what, std::error_code error = {}) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 error ? what + ": " + error.message() : what);
}

/// True for an output of this program (share/*/manifest.json), or an empty folder.
static bool isOurs(llvm::StringRef path) {
  std::error_code error;
  if (fs::directory_iterator(path, error) == fs::directory_iterator())
    return !error;
  for (fs::directory_iterator it(path + "/share", error), end; it != end && !error;
       it.increment(error))
    if (fs::exists(it->path() + "/manifest.json"))
      return true;
  return false;
}

llvm::Error OutputFolder::open(llvm::StringRef wanted, bool force) {
  path = wanted.rtrim('/').str();
  if (path.empty())
    return failure("the output folder needs a name");
  if (fs::exists(path) && !fs::is_directory(path))
    return failure("cannot write '" + path + "': it is a file");
  if (fs::exists(path) && !isOurs(path) && !force)
    return failure("will not replace '" + path +
                   "': it holds something else; choose another folder, or --force");
  llvm::StringRef parent = llvm::sys::path::parent_path(path);
  if (!parent.empty())
    if (std::error_code error = fs::create_directories(parent))
      return failure("cannot make '" + parent + "'", error);
  llvm::SmallString<256> made;
  if (std::error_code error = fs::createUniqueDirectory(path + ".partial", made))
    return failure("cannot write beside '" + path + "'", error);
  temporary = made.str().str();
  // Unique folders are private; a library is for everyone.
  fs::setPermissions(temporary, fs::perms(fs::all_all & ~fs::getUmask()));
  return llvm::Error::success();
}

OutputFolder::~OutputFolder() {
  if (!temporary.empty())
    fs::remove_directories(temporary);
}

llvm::Expected<std::string> OutputFolder::folder(llvm::StringRef relative) {
  std::string full = temporary + "/" + relative.str();
  if (std::error_code error = fs::create_directories(full))
    return failure("cannot make '" + full + "'", error);
  return full;
}

llvm::Error OutputFolder::write(llvm::StringRef relative, llvm::StringRef text) {
  auto parent = folder(llvm::sys::path::parent_path(relative));
  if (!parent)
    return parent.takeError();
  std::string full = temporary + "/" + relative.str();
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
  // Exchanging keeps a complete folder in place at every moment.
  if (fs::exists(path)) {
    if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0)
      return llvm::Error::success(); // the old one goes with this object
    fs::remove_directories(path);
  }
  if (std::error_code error = fs::rename(temporary, path))
    return failure("cannot write '" + path + "'", error);
  temporary.clear();
  return llvm::Error::success();
}

ScratchFolder::~ScratchFolder() {
  if (!path.empty())
    fs::remove_directories(path);
}

llvm::Error ScratchFolder::open() {
  llvm::SmallString<256> made;
  if (std::error_code error = fs::createUniqueDirectory("syncnasc", made))
    return failure("cannot make a temporary folder", error);
  path = made.str().str();
  return llvm::Error::success();
}

} // namespace snc
