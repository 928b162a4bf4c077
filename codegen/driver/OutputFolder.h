// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder that appears whole or not at all.

#ifndef SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H
#define SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H

#include "llvm/Support/Error.h"

#include <filesystem>
#include <string>

namespace snc {

/// Collects files in a temporary sibling of the output; commit() puts it in place
/// in one step, else it is removed with this object. What was there before stays
/// until then.
class OutputFolder {
public:
  OutputFolder() = default;
  OutputFolder(const OutputFolder &) = delete;
  OutputFolder &operator=(const OutputFolder &) = delete;
  ~OutputFolder();

  /// Settles on `path`, making nothing yet. Refuses a file, a folder that this
  /// process works in, and, unless `force`, one that holds anything but an earlier
  /// output: only files that its manifest lists.
  llvm::Error check(llvm::StringRef path, bool force);
  /// Makes the temporary folder.
  llvm::Error open();
  /// The temporary folder.
  std::string root() const { return temporary.string(); }
  /// Writes `text` to `relative`, making folders on the way.
  llvm::Error write(llvm::StringRef relative, llvm::StringRef text);
  /// Makes `relative` and returns its path.
  llvm::Expected<std::string> folder(llvm::StringRef relative);
  llvm::Error commit();

private:
  std::filesystem::path path, temporary;
};

/// A folder for files in between; removed with this object.
class ScratchFolder {
public:
  ScratchFolder() = default;
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  ~ScratchFolder();
  llvm::Error open();
  const std::string &root() const { return path; }

private:
  std::string path;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H
