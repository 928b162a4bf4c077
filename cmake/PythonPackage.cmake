# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(SNC_PYTHON python3 CACHE STRING "Python with the packages of tools/requirements.txt")

# snc_python_package(variable name): the folder of an installed Python package.
function(snc_python_package variable name)
  execute_process(
    COMMAND ${SNC_PYTHON} -c "import importlib.util as u; print(u.find_spec('${name}').submodule_search_locations[0])"
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
  if(failed)
    message(FATAL_ERROR "No `${name}` package in ${SNC_PYTHON}: run tools/setup, or set SNC_PYTHON")
  endif()
  set(${variable} ${folder} PARENT_SCOPE)
endfunction()
