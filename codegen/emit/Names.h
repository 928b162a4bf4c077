// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names that an app's compiler and linker meet.

#ifndef SNC_CODEGEN_EMIT_NAMES_H
#define SNC_CODEGEN_EMIT_NAMES_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace snc {

/// `text` as an identifier of C and C++ that is no keyword and no common macro.
std::string identifierOf(llvm::StringRef text);

/// True when symbols `<name>_*` can be exported: `name` is an identifier of C and
/// C++, and none of the symbols is one of the runtime, of kernels or of libc.
bool isLibraryName(llvm::StringRef name);

/// A library name made from any text, such as a model's file name.
std::string libraryNameOf(llvm::StringRef text);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_NAMES_H
