// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/OnnxGraph.h"

namespace snc {

onnx::NodeProto &OnnxGraph::node(const char *type, llvm::ArrayRef<std::string> inputs,
                                 const std::string &path) {
  std::string name = path + "/" + type;
  if (unsigned count = used[name]++)
    name += "_" + std::to_string(count);
  onnx::NodeProto &node = *graph.add_node();
  node.set_name(name);
  node.set_op_type(type);
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(name + "_output_0");
  return node;
}

static onnx::AttributeProto &attribute(onnx::NodeProto &node, const char *name,
                                       onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto &added = *node.add_attribute();
  added.set_name(name);
  added.set_type(type);
  return added;
}

void OnnxGraph::set(onnx::NodeProto &node, const char *name, int64_t value) {
  attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void OnnxGraph::set(onnx::NodeProto &node, const char *name, float value) {
  attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void OnnxGraph::set(onnx::NodeProto &node, const char *name, llvm::ArrayRef<int64_t> values) {
  onnx::AttributeProto &added = attribute(node, name, onnx::AttributeProto::INTS);
  for (int64_t value : values)
    added.add_ints(value);
}

std::string OnnxGraph::constant(const std::string &name, const onnx::TensorProto &value) {
  if (used[name]++)
    return name;
  onnx::NodeProto &node = *graph.add_node();
  node.set_name(name);
  node.set_op_type("Constant");
  *attribute(node, "value", onnx::AttributeProto::TENSOR).mutable_t() = value;
  node.add_output(name);
  return name;
}

std::string OnnxGraph::constant(const std::string &name, float value) {
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_float_data(value);
  return constant(name, tensor);
}

std::string OnnxGraph::constant(const std::string &name, llvm::ArrayRef<int64_t> values) {
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(int64_t(values.size()));
  for (int64_t value : values)
    tensor.add_int64_data(value);
  return constant(name, tensor);
}

} // namespace snc
