# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Halide's C++ SDK out of the `halide` Python package.

snc_python_package(SNC_HALIDE_DIR halide)
# The wheel keeps its libraries in lib64, where Debian's search does not look.
set_property(GLOBAL PROPERTY FIND_LIBRARY_USE_LIB64_PATHS ON)
list(APPEND CMAKE_PREFIX_PATH ${SNC_HALIDE_DIR})
find_package(Halide 21 REQUIRED CONFIG COMPONENTS shared)
