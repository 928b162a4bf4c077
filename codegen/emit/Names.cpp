// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace snc {

/// Words of C and C++, and macros that the usual headers and compilers define.
static bool isTaken(llvm::StringRef word) {
  static const llvm::StringSet<> words{"EOF",
                                       "I",
                                       "NULL",
                                       "alignas",
                                       "alignof",
                                       "and",
                                       "and_eq",
                                       "asm",
                                       "assert",
                                       "auto",
                                       "bitand",
                                       "bitor",
                                       "bool",
                                       "break",
                                       "case",
                                       "catch",
                                       "char",
                                       "char16_t",
                                       "char32_t",
                                       "char8_t",
                                       "class",
                                       "co_await",
                                       "co_return",
                                       "co_yield",
                                       "compl",
                                       "complex",
                                       "concept",
                                       "const",
                                       "consteval",
                                       "constexpr",
                                       "constinit",
                                       "const_cast",
                                       "continue",
                                       "decltype",
                                       "default",
                                       "delete",
                                       "do",
                                       "double",
                                       "dynamic_cast",
                                       "else",
                                       "enum",
                                       "errno",
                                       "explicit",
                                       "export",
                                       "extern",
                                       "false",
                                       "float",
                                       "for",
                                       "friend",
                                       "goto",
                                       "if",
                                       "inline",
                                       "int",
                                       "linux",
                                       "long",
                                       "mutable",
                                       "namespace",
                                       "new",
                                       "noexcept",
                                       "noreturn",
                                       "not",
                                       "not_eq",
                                       "nullptr",
                                       "operator",
                                       "or",
                                       "or_eq",
                                       "private",
                                       "protected",
                                       "public",
                                       "register",
                                       "reinterpret_cast",
                                       "requires",
                                       "restrict",
                                       "return",
                                       "short",
                                       "signed",
                                       "sizeof",
                                       "static",
                                       "static_assert",
                                       "static_cast",
                                       "stderr",
                                       "stdin",
                                       "stdout",
                                       "struct",
                                       "switch",
                                       "template",
                                       "this",
                                       "thread_local",
                                       "throw",
                                       "true",
                                       "try",
                                       "typedef",
                                       "typeid",
                                       "typename",
                                       "union",
                                       "unix",
                                       "unsigned",
                                       "using",
                                       "virtual",
                                       "void",
                                       "volatile",
                                       "wchar_t",
                                       "while",
                                       "xor",
                                       "xor_eq"};
  return words.contains(word);
}

/// Prefixes that the runtime, kernels, or functions of libc named *_create, *_destroy,
/// *_cancel and *_info have already.
static bool isReserved(llvm::StringRef name) {
  static const llvm::StringSet<> names{"aio",     "cnd", "gai", "halide", "io",   "k",     "mtx",
                                       "pthread", "sem", "snc", "str",    "thrd", "timer", "tss"};
  return names.contains(name) || name.starts_with("snc_") || name.starts_with("halide_") ||
         name.starts_with("k_") || name.starts_with("pthread_");
}

std::string identifierOf(llvm::StringRef text) {
  std::string id;
  for (char c : text)
    id += llvm::isAlnum(c) ? c : '_';
  // Names such as "/head/Concat": what begins with an underscore is the compiler's.
  id = llvm::StringRef(id).ltrim('_').str();
  if (id.empty() || llvm::isDigit(id[0]))
    id = "t" + id;
  return isTaken(id) ? id + "_" : id;
}

bool isLibraryName(llvm::StringRef name) {
  return !name.empty() && identifierOf(name) == name && !isReserved(name);
}

std::string libraryNameOf(llvm::StringRef text) {
  std::string name;
  for (char c : text)
    if (llvm::isAlnum(c))
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  name = llvm::StringRef(name).rtrim('_').str();
  if (isLibraryName(name))
    return name;
  return name.empty() ? "model" : "model_" + name;
}

} // namespace snc
