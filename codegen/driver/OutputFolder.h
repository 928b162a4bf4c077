// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder that appears whole or not at all.

#ifndef SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H
#define SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H

#include "llvm/Support/Error.h"

#include <string>

namespace snc {

/// Collects files in a temporary sibling of `path`; commit() puts it in place in
/// one step, else it is removed with this object. What was at `path` before stays
/// until then.
class OutputFolder {
public:
  ~OutputFolder();

  /// Refuses a `path` that is a file, or holds something other than an earlier
  /// output, unless `force`.
  llvm::Error open(llvm::StringRef path, bool force);
  /// The temporary folder.
  const std::string &root() const { return temporary; }
  /// Writes `text` to `relative`, making folders on the way.
  llvm::Error write(llvm::StringRef relative, llvm::StringRef text);
  /// Makes `relative` and returns its path.
  llvm::Expected<std::string> folder(llvm::StringRef relative);
  llvm::Error commit();

private:
  std::string path, temporary;
};

/// A folder for files in between; removed with this object.
class ScratchFolder {
public:
  ~ScratchFolder();
  llvm::Error open();
  const std::string &root() const { return path; }

private:
  std::string path;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_OUTPUTFOLDER_H
