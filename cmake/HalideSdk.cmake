# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Halide's C++ SDK out of the `halide` Python package.

execute_process(
  COMMAND ${SNC_PYTHON} -c "import importlib.util as u; print(u.find_spec('halide').submodule_search_locations[0])"
  OUTPUT_VARIABLE SNC_HALIDE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "No `halide` package in ${SNC_PYTHON}: run tools/setup, or set SNC_PYTHON")
endif()
# The wheel keeps its libraries in lib64, where Debian's search does not look.
set_property(GLOBAL PROPERTY FIND_LIBRARY_USE_LIB64_PATHS ON)
list(APPEND CMAKE_PREFIX_PATH ${SNC_HALIDE_DIR})
find_package(Halide 21 REQUIRED CONFIG COMPONENTS shared)
