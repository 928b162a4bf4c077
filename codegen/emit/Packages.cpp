// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How other builds find the library.

#include "codegen/emit/TextFiles.h"

namespace snc {

static std::string filled(llvm::StringRef text, const std::string &name) {
  std::string out;
  for (char c : text)
    out += c == '@' ? name : std::string(1, c);
  return out;
}

std::string cmakeConfigText(const LibraryDescription &library) {
  std::string weights;
  if (!library.weightsEmbedded)
    weights = "# For the options' weights_path.\n"
              "set(@_WEIGHTS \"${_@_prefix}/share/@/@.weights\")\n";
  return filled(R"(# @::@ is the static library, @::@_shared the shared one.
get_filename_component(_@_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
include(CMakeFindDependencyMacro)
find_dependency(Threads)

if(NOT TARGET @::@)
  add_library(@::@ STATIC IMPORTED)
  set_target_properties(@::@ PROPERTIES
    IMPORTED_LOCATION "${_@_prefix}/lib/lib@.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_@_prefix}/include"
    INTERFACE_LINK_LIBRARIES "Threads::Threads;m;${CMAKE_DL_LIBS}")
  add_library(@::@_shared SHARED IMPORTED)
  set_target_properties(@::@_shared PROPERTIES
    IMPORTED_LOCATION "${_@_prefix}/lib/lib@.so"
    IMPORTED_SONAME "lib@.so"
    INTERFACE_INCLUDE_DIRECTORIES "${_@_prefix}/include")
endif()
)" + weights + R"(set(@_FOUND TRUE)
unset(_@_prefix)
)",
                library.name);
}

std::string pkgConfigText(const LibraryDescription &library) {
  return filled(R"(prefix=${pcfiledir}/../..
includedir=${prefix}/include
libdir=${prefix}/lib

Name: @
Description: the network @, compiled by syncnasc
Version: )" SNC_VERSION R"(
Cflags: -I${includedir}
Libs: -L${libdir} -l@
Libs.private: -lm -lpthread -ldl
)",
                library.name);
}

} // namespace snc
