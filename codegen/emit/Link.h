// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects to a static and a shared library with the model's symbols alone.

#ifndef SNC_CODEGEN_EMIT_LINK_H
#define SNC_CODEGEN_EMIT_LINK_H

#include "ir/Target.h"

#include "llvm/Support/Error.h"

namespace snc {

/// The programs of LLVM that finish a library, found when the compiler starts.
struct LinkTools {
  std::string lld, objcopy;
  /// Looks beside the LLVM this was built with, then in PATH. An error that names
  /// the missing program and its Debian package.
  static llvm::Expected<LinkTools> find();
};

/// Joins `objects`, the executor's first, into `folder`/lib<name>.a and .so. Only
/// symbols `<name>_*` stay global; what is missing must be in libc, libm or
/// libpthread. The shared library records their names, so nothing of the target
/// need be installed. `scratch` is a folder for files in between.
llvm::Error linkLibraries(const LinkTools &tools, llvm::ArrayRef<std::string> objects,
                          llvm::StringRef name, const Target &target, llvm::StringRef folder,
                          llvm::StringRef scratch);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_LINK_H
