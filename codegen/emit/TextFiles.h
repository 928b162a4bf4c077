// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files of an emitted library that are text.

#ifndef SNC_CODEGEN_EMIT_TEXTFILES_H
#define SNC_CODEGEN_EMIT_TEXTFILES_H

#include "codegen/emit/Description.h"

#include "llvm/Support/Error.h"

namespace snc {

/// The C header: C11 and C++ clean.
std::string headerText(const LibraryDescription &library);
/// lib/cmake/<name>/<name>Config.cmake: targets <name>::<name>, <name>::<name>_shared.
std::string cmakeConfigText(const LibraryDescription &library);
/// lib/pkgconfig/<name>.pc, relocatable.
std::string pkgConfigText(const LibraryDescription &library);
/// share/<name>/manifest.json; sizes and hashes are those of the files below `root`.
llvm::Expected<std::string> manifestText(const LibraryDescription &library, llvm::StringRef root);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_TEXTFILES_H
