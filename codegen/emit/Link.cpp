// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/Link.h"

#include "codegen/emit/Objects.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace snc {

namespace {
llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::string> findTool(llvm::StringRef name, llvm::StringRef package) {
  for (std::string candidate : {name.str(), name.str() + "-19"}) {
    if (auto beside = llvm::sys::findProgramByName(candidate, {SNC_LLVM_TOOLS_DIR}))
      return *beside;
    if (auto inPath = llvm::sys::findProgramByName(candidate))
      return *inPath;
  }
  return failure("cannot find " + name + ": install the package " + package);
}

/// Runs a program; on failure the error holds what it printed.
llvm::Error run(const std::string &program, llvm::ArrayRef<std::string> arguments,
                llvm::StringRef scratch) {
  std::vector<llvm::StringRef> line{program};
  line.insert(line.end(), arguments.begin(), arguments.end());
  std::string log = (scratch + "/tool.log").str(), message;
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(log),
                                                llvm::StringRef(log)};
  int code = llvm::sys::ExecuteAndWait(program, line, std::nullopt, redirects, 0, 0, &message);
  if (code == 0)
    return llvm::Error::success();
  auto printed = llvm::MemoryBuffer::getFile(log);
  std::string text = printed ? (*printed)->getBuffer().trim().str() : "";
  // The caller's message is the error; a second such word would look like another.
  llvm::StringRef first = llvm::StringRef(text).split('\n').first;
  first = first.contains("error: ") ? first.split("error: ").second : first;
  return failure(llvm::sys::path::filename(program) +
                 " failed: " + (message.empty() ? first.str() : message));
}

using Symbols = llvm::StringSet<>;

/// Names that the object at `path` needs from elsewhere.
llvm::Expected<Symbols> undefinedSymbols(llvm::StringRef path) {
  auto file = llvm::object::ObjectFile::createObjectFile(path);
  if (!file)
    return file.takeError();
  Symbols names;
  for (const llvm::object::SymbolRef &symbol : file->getBinary()->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (!flags || !name)
      return llvm::joinErrors(flags.takeError(), name.takeError());
    bool needed = *flags & llvm::object::SymbolRef::SF_Undefined;
    if (needed && !(*flags & llvm::object::SymbolRef::SF_Weak) && !name->empty())
      names.insert(*name);
  }
  return names;
}

bool isMath(llvm::StringRef name) {
  static const Symbols functions{"acos",  "acosh", "asin", "asinh", "atan", "atan2",     "atanh",
                                 "ceil",  "cos",   "cosh", "erf",   "exp",  "exp2",      "expm1",
                                 "fabs",  "floor", "fma",  "fmax",  "fmin", "fmod",      "log",
                                 "log10", "log1p", "log2", "pow",   "rint", "nearbyint", "round",
                                 "sin",   "sinh",  "sqrt", "tan",   "tanh", "trunc"};
  return functions.contains(name) || (name.consume_back("f") && functions.contains(name));
}

bool isMemory(llvm::StringRef name) {
  return name == "memcpy" || name == "memmove" || name == "memset";
}

/// Which libraries of the system are needed beside libc and libpthread.
struct SystemNeeds {
  bool math = false, loader = false;
};

/// An error where a kernel needs what neither the runtime nor libc has: better here than when
/// an app is linked.
llvm::Expected<SystemNeeds> checkSymbols(llvm::StringRef joined, llvm::StringRef executor) {
  auto needed = undefinedSymbols(joined), known = undefinedSymbols(executor);
  if (!needed || !known)
    return llvm::joinErrors(needed.takeError(), known.takeError());
  SystemNeeds needs;
  needs.loader = needed->contains("dlopen");
  for (llvm::StringRef name : needed->keys()) {
    needs.math |= isMath(name);
    if (!isMath(name) && !isMemory(name) && !known->contains(name))
      return failure("a kernel calls " + name + ", which the runtime does not have");
  }
  return needs;
}

/// Empty shared objects with the names of the system's libraries: linking against
/// them records the names. libpthread and libdl for systems where they are not a part of libc,
/// as of glibc before 2.34; later ones have libraries of these names that refer to it.
llvm::Expected<std::vector<std::string>> systemLibraries(const LinkTools &tools,
                                                         const Target &target, SystemNeeds needs,
                                                         llvm::StringRef scratch) {
  std::string empty = (scratch + "/empty.o").str();
  if (auto error = writeDataObject({}, "snc_nothing", target, empty))
    return std::move(error);
  std::vector<std::string> sonames{"libpthread.so.0", "libc.so.6"}, libraries;
  if (needs.loader)
    sonames.insert(sonames.begin(), "libdl.so.2");
  if (needs.math)
    sonames.insert(sonames.begin(), "libm.so.6");
  for (const std::string &soname : sonames) {
    std::string path = (scratch + "/" + soname).str();
    if (auto error = run(tools.lld, {"-shared", "-soname", soname, empty, "-o", path}, scratch))
      return std::move(error);
    libraries.push_back(path);
  }
  return libraries;
}

llvm::Error writeStatic(const std::string &object, llvm::StringRef path) {
  auto member = llvm::NewArchiveMember::getFile(object, /*Deterministic=*/true);
  if (!member)
    return member.takeError();
  member->MemberName = llvm::sys::path::filename(object); // the folder is a temporary one
  std::vector<llvm::NewArchiveMember> members;
  members.push_back(std::move(*member));
  return llvm::writeArchive(path, members, llvm::SymtabWritingMode::NormalSymtab,
                            llvm::object::Archive::K_GNU,
                            /*Deterministic=*/true, /*Thin=*/false);
}
} // namespace

llvm::Expected<LinkTools> LinkTools::find() {
  auto lld = findTool("ld.lld", "lld-19");
  if (!lld)
    return lld.takeError();
  auto objcopy = findTool("llvm-objcopy", "llvm-19");
  if (!objcopy)
    return objcopy.takeError();
  return LinkTools{*lld, *objcopy};
}

llvm::Error linkLibraries(const LinkTools &tools, llvm::ArrayRef<std::string> objects,
                          llvm::StringRef name, const Target &target, llvm::StringRef folder,
                          llvm::StringRef scratch) {
  std::string joined = (scratch + "/joined.o").str(), object = (scratch + "/" + name + ".o").str();
  std::vector<std::string> join{"-r", "-o", joined};
  join.insert(join.end(), objects.begin(), objects.end());
  if (auto error = run(tools.lld, join, scratch))
    return error;
  std::string keep = ("--keep-global-symbol=" + name + "_*").str();
  if (auto error =
          run(tools.objcopy,
              {"--wildcard", keep, "--strip-unneeded", "--remove-section=.comment", joined, object},
              scratch))
    return error;
  std::string base = (folder + "/lib" + name).str();
  if (auto error = writeStatic(object, base + ".a"))
    return error;
  auto needs = checkSymbols(object, objects.front());
  if (!needs)
    return needs.takeError();
  auto libraries = systemLibraries(tools, target, *needs, scratch);
  if (!libraries)
    return libraries.takeError();
  std::string soname = ("lib" + name + ".so").str();
  std::vector<std::string> shared{"-shared", "-soname",        soname, "-o",    base + ".so",
                                  "-z",      "noexecstack",    "-z",   "relro", "-z",
                                  "now",     "--no-as-needed", object};
  shared.insert(shared.end(), libraries->begin(), libraries->end());
  return run(tools.lld, shared, scratch);
}

} // namespace snc
