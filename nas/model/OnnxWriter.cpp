// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/OnnxWriter.h"

#include "nas/model/OnnxGraph.h"

#include "llvm/Support/Endian.h"

namespace snc {

namespace {

/// Layers of a network as nodes; each takes a value and returns one.
class GraphWriter {
public:
  GraphWriter(const StagedNetwork &network, onnx::GraphProto &graph)
      : network(network), to(graph) {}

  std::string convNorm(const std::string &x, const std::string &path, const std::string &module,
                       const ConvSpec &conv, const std::string &act, int64_t groups = 1);
  std::string block(const std::string &x, const std::string &path, const BlockModules &modules,
                    const BlockSpec &block);
  std::string join(SyncKind kind, llvm::ArrayRef<std::string> values, const std::string &path);
  void classifier(const std::string &x);
  bool usesHardSwish() const { return hardSwish; }

private:
  std::string conv(const std::string &x, const std::string &path, const std::string &weight,
                   const ConvSpec &conv, bool depthwise, const std::string &bias = {});
  onnx::NodeProto &linear(const std::string &x, const std::string &path, const std::string &module);
  std::string norm(const std::string &x, const std::string &path, const std::string &module);
  std::string activate(const std::string &x, const std::string &path, const std::string &act);
  std::string depthwise(const std::string &x, const std::string &path, const BlockModules &modules,
                        const BlockSpec &block);
  std::string gate(const std::string &x, const std::string &path, const std::string &module,
                   const BlockSpec &block);
  llvm::SmallVector<std::string> split(const std::string &x, const std::string &path, int64_t axis,
                                       llvm::ArrayRef<int64_t> sizes);
  std::string groupedConv(const std::string &x, const std::string &path, const std::string &weight,
                          const ConvSpec &conv, int64_t groups);
  std::string shortcut(const std::string &x, const std::string &y, const std::string &path,
                       const BlockSpec &block);

  const StagedNetwork &network;
  OnnxGraph to;
  bool hardSwish = false;
};

std::string GraphWriter::conv(const std::string &x, const std::string &path,
                              const std::string &weight, const ConvSpec &conv, bool depthwise,
                              const std::string &bias) {
  llvm::SmallVector<std::string, 3> inputs{x, weight};
  if (!bias.empty())
    inputs.push_back(bias);
  onnx::NodeProto &added = to.node("Conv", inputs, path);
  int64_t pad = conv.kernel / 2;
  OnnxGraph::set(added, "kernel_shape", {conv.kernel, conv.kernel});
  OnnxGraph::set(added, "strides", {conv.stride, conv.stride});
  OnnxGraph::set(added, "pads", {pad, pad, pad, pad});
  OnnxGraph::set(added, "group", depthwise ? conv.inChannels : int64_t(1));
  return added.output(0);
}

std::string GraphWriter::norm(const std::string &x, const std::string &path,
                              const std::string &module) {
  onnx::NodeProto &added = to.node(
      "BatchNormalization",
      {x, module + ".weight", module + ".bias", module + ".running_mean", module + ".running_var"},
      path);
  OnnxGraph::set(added, "epsilon", float(network.bnEpsilon));
  OnnxGraph::set(added, "momentum",
                 float(1 - network.bnMomentum)); // of the old mean; torch: of the new
  return added.output(0);
}

std::string GraphWriter::activate(const std::string &x, const std::string &path,
                                  const std::string &act) {
  if (act == "ReLU6")
    return to.value("Clip", {x, to.constant("zero", 0.0f), to.constant("six", 6.0f)}, path);
  if (act == "SiLU")
    return to.value("Mul", {x, to.value("Sigmoid", {x}, path)}, path);
  hardSwish |= act == "Hardswish";
  return to.value(act == "Hardswish" ? "HardSwish" : "Relu", {x}, path);
}

std::string GraphWriter::convNorm(const std::string &x, const std::string &path,
                                  const std::string &module, const ConvSpec &spec,
                                  const std::string &act, int64_t groups) {
  std::string weight = module + ".0.weight";
  std::string y = groups > 1 ? groupedConv(x, path, weight, spec, groups)
                             : conv(x, path, weight, spec, /*depthwise=*/false);
  y = norm(y, path, module + ".1");
  return act.empty() ? y : activate(y, path, act);
}

llvm::SmallVector<std::string> GraphWriter::split(const std::string &x, const std::string &path,
                                                  int64_t axis, llvm::ArrayRef<int64_t> sizes) {
  onnx::NodeProto &added = to.node("Split", {x, to.constant(path + "/split", sizes)}, path);
  OnnxGraph::set(added, "axis", axis);
  llvm::SmallVector<std::string> parts{added.output(0)};
  for (size_t k = 1; k < sizes.size(); ++k)
    parts.push_back(*added.add_output() = added.name() + "_output_" + std::to_string(k));
  return parts;
}

/// One convolution for each group, of its part of the weights: kernels are for such ones.
std::string GraphWriter::groupedConv(const std::string &x, const std::string &path,
                                     const std::string &weight, const ConvSpec &spec,
                                     int64_t groups) {
  ConvSpec own{spec.inChannels / groups, spec.outChannels / groups};
  auto equal = [&](int64_t size) { return llvm::SmallVector<int64_t>(size_t(groups), size); };
  auto inputs = split(x, path, 1, equal(own.inChannels));
  auto weights = split(weight, path + "/weight", 0, equal(own.outChannels));
  llvm::SmallVector<std::string> parts;
  for (auto [input, part] : llvm::zip_equal(inputs, weights))
    parts.push_back(conv(input, path, part, own, /*depthwise=*/false));
  return join(SyncKind::concat, parts, path);
}

std::string GraphWriter::depthwise(const std::string &x, const std::string &path,
                                   const BlockModules &modules, const BlockSpec &block) {
  llvm::SmallVector<std::string> parts{x};
  if (block.kernels.size() > 1) {
    llvm::SmallVector<int64_t> sizes;
    for (size_t k = 0; k < block.kernels.size(); ++k)
      sizes.push_back(block.kernelChannels(k));
    parts = split(x, path, 1, sizes);
  }
  for (size_t k = 0; k < parts.size(); ++k) {
    int64_t channels = block.kernelChannels(k);
    parts[k] = conv(parts[k], path, modules.depthwiseConv(block, k) + ".weight",
                    {channels, channels, block.kernels[k], block.stride}, /*depthwise=*/true);
  }
  std::string y = parts.size() > 1 ? join(SyncKind::concat, parts, path) : parts[0];
  y = norm(y, path, modules.depthwise + ".1");
  return block.lateAct.empty() ? activate(y, path, network.actOf(block)) : y;
}

std::string GraphWriter::gate(const std::string &x, const std::string &path,
                              const std::string &module, const BlockSpec &block) {
  GateSpec spec = network.gateOf(block);
  std::string y = to.value("GlobalAveragePool", {x}, path);
  y = conv(y, path + "/reduce", module + ".reduce.weight", {block.expanded, block.squeezed}, false,
           module + ".reduce.bias");
  y = activate(y, path + "/reduce", spec.act);
  y = conv(y, path + "/expand", module + ".expand.weight", {block.squeezed, block.expanded}, false,
           module + ".expand.bias");
  if (spec.hard) {
    onnx::NodeProto &sigmoid = to.node("HardSigmoid", {y}, path + "/expand");
    OnnxGraph::set(sigmoid, "alpha", 1.0f / 6);
    OnnxGraph::set(sigmoid, "beta", 0.5f);
    y = sigmoid.output(0);
  } else {
    y = to.value("Sigmoid", {y}, path + "/expand");
  }
  return to.value("Mul", {x, y}, path);
}

std::string GraphWriter::block(const std::string &x, const std::string &path,
                               const BlockModules &modules, const BlockSpec &block) {
  std::string y = x;
  if (block.expands())
    y = convNorm(y, path + "/expand", modules.expand, {block.inChannels, block.expanded},
                 network.actOf(block), block.expandGroups);
  y = depthwise(y, path + "/depthwise", modules, block);
  if (block.squeezed)
    y = gate(y, path + "/se", modules.gate, block);
  if (!block.lateAct.empty())
    y = activate(y, path, block.lateAct);
  y = convNorm(y, path + "/project", modules.project, {block.expanded, block.outChannels}, "",
               block.projectGroups);
  return block.hasShortcut() ? shortcut(x, y, path, block) : y;
}

/// A sum with the input, zeros behind it, becomes one kernel with the projection; a sum with some
/// of the channels would not.
std::string GraphWriter::shortcut(const std::string &x, const std::string &y,
                                  const std::string &path, const BlockSpec &block) {
  if (block.addedChannels() == 0)
    return to.value("Add", {x, y}, path);
  llvm::SmallVector<int64_t> pads{0, 0, 0, 0, 0, block.addedChannels(), 0, 0};
  std::string wide = to.value("Pad", {x, to.constant(path + "/pads", pads)}, path);
  return to.value("Add", {wide, y}, path);
}

std::string GraphWriter::join(SyncKind kind, llvm::ArrayRef<std::string> values,
                              const std::string &path) {
  if (kind == SyncKind::concat) {
    onnx::NodeProto &added = to.node("Concat", values, path);
    OnnxGraph::set(added, "axis", int64_t(1));
    return added.output(0);
  }
  std::string sum = values[0];
  for (const std::string &value : values.drop_front())
    sum = to.value("Add", {sum, value}, path);
  return sum;
}

onnx::NodeProto &GraphWriter::linear(const std::string &x, const std::string &path,
                                     const std::string &module) {
  onnx::NodeProto &gemm = to.node("Gemm", {x, module + ".weight", module + ".bias"}, path);
  OnnxGraph::set(gemm, "transB", int64_t(1));
  return gemm;
}

void GraphWriter::classifier(const std::string &x) {
  std::string path = "/classifier";
  onnx::NodeProto &flat = to.node("Flatten", {to.value("GlobalAveragePool", {x}, path)}, path);
  OnnxGraph::set(flat, "axis", int64_t(1));
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

} // namespace snc
