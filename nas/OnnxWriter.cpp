// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/OnnxWriter.h"

#include "onnx-ml.pb.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace snc {

namespace {

/// Adds nodes to a graph. Values are named for the nodes they come from.
class GraphWriter {
public:
  GraphWriter(const StagedNetwork &network, onnx::GraphProto &graph)
      : network(network), graph(graph) {}

  std::string convNorm(const std::string &x, const std::string &path, const std::string &module,
                       const ConvSpec &conv, const std::string &act);
  std::string block(const std::string &x, const std::string &path, const BlockModules &modules,
                    const BlockSpec &block);
  std::string join(SyncKind kind, llvm::ArrayRef<std::string> values, const std::string &path);
  void classifier(const std::string &x);
  bool usesHardSwish() const { return hardSwish; }

private:
  onnx::NodeProto &node(const char *type, llvm::ArrayRef<std::string> inputs,
                        const std::string &path);
  std::string one(const char *type, llvm::ArrayRef<std::string> inputs, const std::string &path) {
    return node(type, inputs, path).output(0);
  }
  void number(onnx::NodeProto &node, const char *name, int64_t value);
  void number(onnx::NodeProto &node, const char *name, float value);
  void numbers(onnx::NodeProto &node, const char *name, llvm::ArrayRef<int64_t> values);
  std::string constant(const std::string &name, const onnx::TensorProto &value);
  std::string bound(const char *name, float value);

  std::string conv(const std::string &x, const std::string &path, const std::string &weight,
                   const ConvSpec &conv, bool depthwise, const std::string &bias = {});
  onnx::NodeProto &linear(const std::string &x, const std::string &path, const std::string &module);
  std::string norm(const std::string &x, const std::string &path, const std::string &module);
  std::string activate(const std::string &x, const std::string &path, const std::string &act);
  std::string depthwise(const std::string &x, const std::string &path, const BlockModules &modules,
                        const BlockSpec &block);
  std::string gate(const std::string &x, const std::string &path, const std::string &module,
                   const BlockSpec &block);

  const StagedNetwork &network;
  onnx::GraphProto &graph;
  llvm::StringMap<unsigned> used; ///< paths and constants
  bool hardSwish = false;
};

onnx::NodeProto &GraphWriter::node(const char *type, llvm::ArrayRef<std::string> inputs,
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

onnx::AttributeProto &attribute(onnx::NodeProto &node, const char *name,
                                onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto &added = *node.add_attribute();
  added.set_name(name);
  added.set_type(type);
  return added;
}

void GraphWriter::number(onnx::NodeProto &node, const char *name, int64_t value) {
  attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void GraphWriter::number(onnx::NodeProto &node, const char *name, float value) {
  attribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void GraphWriter::numbers(onnx::NodeProto &node, const char *name, llvm::ArrayRef<int64_t> values) {
  onnx::AttributeProto &added = attribute(node, name, onnx::AttributeProto::INTS);
  for (int64_t value : values)
    added.add_ints(value);
}

/// Constants are nodes: initializers are what can be trained, and nothing else.
std::string GraphWriter::constant(const std::string &name, const onnx::TensorProto &value) {
  if (used[name]++)
    return name;
  onnx::NodeProto &node = *graph.add_node();
  node.set_name(name);
  node.set_op_type("Constant");
  *attribute(node, "value", onnx::AttributeProto::TENSOR).mutable_t() = value;
  node.add_output(name);
  return name;
}

std::string GraphWriter::bound(const char *name, float value) {
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_float_data(value);
  return constant(name, tensor);
}

std::string GraphWriter::conv(const std::string &x, const std::string &path,
                              const std::string &weight, const ConvSpec &conv, bool depthwise,
                              const std::string &bias) {
  llvm::SmallVector<std::string, 3> inputs{x, weight};
  if (!bias.empty())
    inputs.push_back(bias);
  onnx::NodeProto &added = node("Conv", inputs, path);
  int64_t pad = conv.kernel / 2;
  numbers(added, "kernel_shape", {conv.kernel, conv.kernel});
  numbers(added, "strides", {conv.stride, conv.stride});
  numbers(added, "pads", {pad, pad, pad, pad});
  number(added, "group", depthwise ? conv.inChannels : int64_t(1));
  return added.output(0);
}

std::string GraphWriter::norm(const std::string &x, const std::string &path,
                              const std::string &module) {
  onnx::NodeProto &added = node(
      "BatchNormalization",
      {x, module + ".weight", module + ".bias", module + ".running_mean", module + ".running_var"},
      path);
  number(added, "epsilon", float(network.bnEpsilon));
  number(added, "momentum", float(1 - network.bnMomentum)); // of the old mean; torch: of the new
  return added.output(0);
}

std::string GraphWriter::activate(const std::string &x, const std::string &path,
                                  const std::string &act) {
  if (act == "ReLU6")
    return one("Clip", {x, bound("zero", 0), bound("six", 6)}, path);
  if (act == "SiLU")
    return one("Mul", {x, one("Sigmoid", {x}, path)}, path);
  hardSwish |= act == "Hardswish";
  return one(act == "Hardswish" ? "HardSwish" : "Relu", {x}, path);
}

std::string GraphWriter::convNorm(const std::string &x, const std::string &path,
                                  const std::string &module, const ConvSpec &spec,
                                  const std::string &act) {
  std::string y = conv(x, path, module + ".0.weight", spec, /*depthwise=*/false);
  y = norm(y, path, module + ".1");
  return act.empty() ? y : activate(y, path, act);
}

std::string GraphWriter::depthwise(const std::string &x, const std::string &path,
                                   const BlockModules &modules, const BlockSpec &block) {
  llvm::SmallVector<std::string> parts{x};
  if (block.kernels.size() > 1) {
    onnx::TensorProto sizes;
    sizes.set_data_type(onnx::TensorProto::INT64);
    sizes.add_dims(int64_t(block.kernels.size()));
    for (size_t k = 0; k < block.kernels.size(); ++k)
      sizes.add_int64_data(block.kernelChannels(k));
    std::string split = constant(path + "/split", sizes);
    onnx::NodeProto &added = node("Split", {x, split}, path);
    number(added, "axis", int64_t(1));
    parts[0] = added.output(0);
    for (size_t k = 1; k < block.kernels.size(); ++k)
      parts.push_back(*added.add_output() = added.name() + "_output_" + std::to_string(k));
  }
  for (size_t k = 0; k < parts.size(); ++k) {
    int64_t channels = block.kernelChannels(k);
    parts[k] = conv(parts[k], path, modules.depthwiseConv(block, k) + ".weight",
                    {channels, channels, block.kernels[k], block.stride}, /*depthwise=*/true);
  }
  std::string y = parts.size() > 1 ? join(SyncKind::concat, parts, path) : parts[0];
  return activate(norm(y, path, modules.depthwise + ".1"), path, network.actOf(block));
}

std::string GraphWriter::gate(const std::string &x, const std::string &path,
                              const std::string &module, const BlockSpec &block) {
  GateSpec spec = network.gateOf(block);
  std::string y = one("GlobalAveragePool", {x}, path);
  y = conv(y, path + "/reduce", module + ".reduce.weight", {block.expanded, block.squeezed}, false,
           module + ".reduce.bias");
  y = activate(y, path + "/reduce", spec.act);
  y = conv(y, path + "/expand", module + ".expand.weight", {block.squeezed, block.expanded}, false,
           module + ".expand.bias");
  if (spec.hard) {
    onnx::NodeProto &sigmoid = node("HardSigmoid", {y}, path + "/expand");
    number(sigmoid, "alpha", 1.0f / 6);
    number(sigmoid, "beta", 0.5f);
    y = sigmoid.output(0);
  } else {
    y = one("Sigmoid", {y}, path + "/expand");
  }
  return one("Mul", {x, y}, path);
}

std::string GraphWriter::block(const std::string &x, const std::string &path,
                               const BlockModules &modules, const BlockSpec &block) {
  std::string y = x;
  if (block.expands())
    y = convNorm(y, path + "/expand", modules.expand, {block.inChannels, block.expanded},
                 network.actOf(block));
  y = depthwise(y, path + "/depthwise", modules, block);
  if (block.squeezed)
    y = gate(y, path + "/se", modules.gate, block);
  y = convNorm(y, path + "/project", modules.project, {block.expanded, block.outChannels}, "");
  return block.hasShortcut() ? one("Add", {x, y}, path) : y;
}

std::string GraphWriter::join(SyncKind kind, llvm::ArrayRef<std::string> values,
                              const std::string &path) {
  if (kind == SyncKind::concat) {
    onnx::NodeProto &added = node("Concat", values, path);
    number(added, "axis", int64_t(1));
    return added.output(0);
  }
  std::string sum = values[0];
  for (const std::string &value : values.drop_front())
    sum = one("Add", {sum, value}, path);
  return sum;
}

onnx::NodeProto &GraphWriter::linear(const std::string &x, const std::string &path,
                                     const std::string &module) {
  onnx::NodeProto &gemm = node("Gemm", {x, module + ".weight", module + ".bias"}, path);
  number(gemm, "transB", int64_t(1));
  return gemm;
}

void GraphWriter::classifier(const std::string &x) {
  std::string path = "/classifier";
  onnx::NodeProto &flat = node("Flatten", {one("GlobalAveragePool", {x}, path)}, path);
  number(flat, "axis", int64_t(1));
  std::string y = flat.output(0);
  if (network.hidden)
    y = activate(linear(y, "/hidden", "hidden.0").output(0), "/hidden", network.act);
  linear(y, path, "classifier").set_output(0, "output");
}

} // namespace

static void setType(onnx::ValueInfoProto &value, const char *name, llvm::ArrayRef<int64_t> shape) {
  value.set_name(name);
  auto &type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (int64_t dim : shape)
    type.mutable_shape()->add_dim()->set_dim_value(dim);
}

static void addInitializers(const StagedNetwork &network, const NetworkWeights &weights,
                            onnx::GraphProto &graph) {
  static_assert(llvm::endianness::native == llvm::endianness::little, "as raw_data is");
  for (const Parameter &parameter : parametersOf(network)) {
    const std::vector<float> &values = weights.at(parameter.name);
    assert(int64_t(values.size()) == parameter.elements() && "weights of another network");
    onnx::TensorProto &tensor = *graph.add_initializer();
    tensor.set_name(parameter.name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (int64_t dim : parameter.shape)
      tensor.add_dims(dim);
    tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  }
}

onnx::ModelProto toOnnx(const StagedNetwork &network, const NetworkWeights &weights) {
  onnx::ModelProto model;
  onnx::GraphProto &graph = *model.mutable_graph();
  graph.set_name(network.name.empty() ? "network" : network.name);
  int64_t edge = network.inSize();
  setType(*graph.add_input(), "input", {1, network.stem.inChannels, edge, edge});
  setType(*graph.add_output(), "output", {1, network.classes});
  GraphWriter writer(network, graph);
  std::string stem = writer.convNorm("input", "/stem", "stem", network.stem, network.act);
  std::vector<std::string> values(network.branches(), stem);
  for (size_t s = 0; s < network.stages.size(); ++s) {
    const StageSpec &stage = network.stages[s];
    std::string path = "/stage" + std::to_string(s);
    for (size_t b = 0; b < values.size(); ++b) {
      std::string branch = network.isBranched() ? path + "/branch" + std::to_string(b) : path;
      for (size_t i = 0; i < stage.branches[b].size(); ++i) {
        const BlockSpec &block = stage.branches[b][i];
        values[b] = writer.block(values[b], branch + "/block" + std::to_string(i),
                                 modulesOf(block, s, b, i), block);
      }
    }
    if (stage.sync != SyncKind::none)
      values.assign(values.size(), writer.join(stage.sync, values, path));
  }
  writer.classifier(writer.convNorm(values[0], "/head", "head", network.head, network.act));
  addInitializers(network, weights, graph);
  model.set_ir_version(7);
  model.set_producer_name("syncnasc");
  onnx::OperatorSetIdProto &opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(writer.usesHardSwish() ? 14 : 13);
  return model;
}

llvm::Error writeOnnx(const StagedNetwork &network, const NetworkWeights &weights,
                      const std::string &path) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": " + message);
  };
  std::string bytes;
  if (!toOnnx(network, weights).SerializeToString(&bytes))
    return fail("the model is too large for a file");
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return fail(error.message());
  os << bytes;
  os.flush();
  error = os.error();
  os.clear_error();
  return error ? fail(error.message()) : llvm::Error::success();
}

} // namespace snc
