# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One helper for each kind of target, so that flags stand in one place.

set(SNC_INCLUDES ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})

function(snc_flags target)
  target_include_directories(${target} PUBLIC ${SNC_INCLUDES})
  target_include_directories(${target} SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter)
endfunction()

# snc_library(name SOURCES ... [DEPENDS ...] [LINK ...])
function(snc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  snc_flags(${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# snc_tool(name SOURCES ... [LINK ...])
function(snc_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  snc_flags(${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
endfunction()

# snc_unit_test(name SOURCES ... [LINK ...]): a GoogleTest program in build/test,
# which tools/check finds in unit-tests.txt there
function(snc_unit_test name)
  snc_tool(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test)
  add_test(NAME ${name} COMMAND ${name})
  set_property(GLOBAL APPEND PROPERTY SNC_UNIT_TESTS ${name})
endfunction()
