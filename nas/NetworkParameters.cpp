// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/NetworkParameters.h"

#include <numeric>

namespace snc {

int64_t Parameter::elements() const {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
}

std::string BlockModules::depthwiseConv(const BlockSpec &block, size_t kernel) const {
  return block.kernels.size() > 1 ? depthwise + ".0.convs." + std::to_string(kernel)
                                  : depthwise + ".0";
}

BlockModules modulesOf(const BlockSpec &block, size_t stage, size_t branch, size_t index) {
  std::string layers = "stages." + std::to_string(stage) + "." + std::to_string(branch) + "." +
                       std::to_string(index) + ".layers.";
  int layer = 0;
  auto next = [&](bool exists) {
    return exists ? layers + std::to_string(layer++) : std::string();
  };
  BlockModules modules;
  modules.expand = next(block.expands());
  modules.depthwise = next(true);
  modules.gate = next(block.squeezed > 0);
  modules.project = next(true);
  return modules;
}

namespace {
class Lister {
public:
  explicit Lister(std::vector<Parameter> &list) : list(list) {}

  void add(const std::string &name, llvm::SmallVector<int64_t, 4> shape, ParameterKind kind) {
    list.push_back({name, std::move(shape), kind});
  }
  void conv(const std::string &module, int64_t out, int64_t in, int64_t kernel) {
    add(module + ".weight", {out, in, kernel, kernel}, ParameterKind::conv);
  }
  void norm(const std::string &module, int64_t channels) {
    add(module + ".weight", {channels}, ParameterKind::scale);
    add(module + ".bias", {channels}, ParameterKind::shift);
    add(module + ".running_mean", {channels}, ParameterKind::mean);
    add(module + ".running_var", {channels}, ParameterKind::variance);
  }
  void convNorm(const std::string &module, const ConvSpec &spec, int64_t groups = 1) {
    conv(module + ".0", spec.outChannels, spec.inChannels / groups, spec.kernel);
    norm(module + ".1", spec.outChannels);
  }
  void gate(const std::string &module, int64_t channels, int64_t squeezed) {
    conv(module + ".reduce", squeezed, channels, 1);
    add(module + ".reduce.bias", {squeezed}, ParameterKind::bias);
    conv(module + ".expand", channels, squeezed, 1);
    add(module + ".expand.bias", {channels}, ParameterKind::bias);
  }
  void block(const BlockModules &modules, const BlockSpec &spec) {
    if (spec.expands())
      convNorm(modules.expand, {spec.inChannels, spec.expanded}, spec.expandGroups);
    for (size_t k = 0; k < spec.kernels.size(); ++k)
      conv(modules.depthwiseConv(spec, k), spec.kernelChannels(k), 1, spec.kernels[k]);
    norm(modules.depthwise + ".1", spec.expanded);
    if (spec.squeezed)
      gate(modules.gate, spec.expanded, spec.squeezed);
    convNorm(modules.project, {spec.expanded, spec.outChannels}, spec.projectGroups);
  }

private:
  std::vector<Parameter> &list;
};
} // namespace

std::vector<Parameter> parametersOf(const StagedNetwork &network) {
  std::vector<Parameter> list;
  Lister lister(list);
  lister.convNorm("stem", network.stem);
  for (size_t s = 0; s < network.stages.size(); ++s)
    for (size_t b = 0; b < network.stages[s].branches.size(); ++b)
      for (size_t i = 0; i < network.stages[s].branches[b].size(); ++i) {
        const BlockSpec &block = network.stages[s].branches[b][i];
        lister.block(modulesOf(block, s, b, i), block);
      }
  lister.convNorm("head", network.head);
  if (network.hidden) {
    lister.add("hidden.0.weight", {network.hidden, network.head.outChannels},
               ParameterKind::linear);
    lister.add("hidden.0.bias", {network.hidden}, ParameterKind::bias);
  }
  lister.add("classifier.weight", {network.classes, network.features()}, ParameterKind::linear);
  lister.add("classifier.bias", {network.classes}, ParameterKind::bias);
  return list;
}

} // namespace snc
