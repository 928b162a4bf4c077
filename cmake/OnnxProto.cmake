# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Target snc_onnx_proto: the ONNX schema of the `onnx` Python package, compiled
# with the system's protobuf.

find_package(Protobuf REQUIRED)
snc_python_package(SNC_ONNX_DIR onnx)
set(proto_dir ${PROJECT_BINARY_DIR}/onnx_proto)
file(READ ${SNC_ONNX_DIR}/onnx-ml.proto proto)
# The lite runtime has no text format, which tests and messages use.
string(REGEX REPLACE "option optimize_for = LITE_RUNTIME;" "" proto "${proto}")
file(CONFIGURE OUTPUT ${proto_dir}/onnx-ml.proto CONTENT "${proto}" @ONLY)
add_custom_command(
  OUTPUT ${proto_dir}/onnx-ml.pb.cc ${proto_dir}/onnx-ml.pb.h
  COMMAND protobuf::protoc --cpp_out=${proto_dir} -I ${proto_dir} ${proto_dir}/onnx-ml.proto
  DEPENDS ${proto_dir}/onnx-ml.proto)
add_library(snc_onnx_proto STATIC ${proto_dir}/onnx-ml.pb.cc)
target_include_directories(snc_onnx_proto SYSTEM PUBLIC ${proto_dir} ${Protobuf_INCLUDE_DIRS})
target_compile_options(snc_onnx_proto PRIVATE -w)
target_link_libraries(snc_onnx_proto PUBLIC protobuf::libprotobuf)
