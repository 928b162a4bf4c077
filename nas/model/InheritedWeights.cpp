// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/model/InheritedWeights.h"

#include "nas/model/InheritedChannels.h"
#include "nas/model/WeightSource.h"

#include <cmath>

namespace snc {

namespace {

class Heir {
public:
  Heir(const StagedNetwork &network, const StagedNetwork &base, const NetworkWeights &from,
       uint64_t seed)
      : network(network), base(base), from(from), weights(initialWeights(network, seed)) {}

  NetworkWeights run();

private:
  void conv(const std::string &own, const std::string &theirs, const Picks &out, const Picks &in,
            int64_t theirInputs, int64_t taps, const std::vector<double> &factors = {});
  void pointwise(const std::string &own, int64_t ownGroups, const std::string &theirs,
                 int64_t theirGroups, const Picks &out, const Picks &in, int64_t theirInputs,
                 const std::vector<double> &factors = {});
  void values(const std::string &own, const std::string &theirs, const Picks &out,
              double factor = 1);
  void norm(const std::string &own, const std::string &theirs, const Picks &out, double share = 1);
  void convNorm(const std::string &module, const ConvSpec &own, const ConvSpec &theirs,
                const Picks &in);
  void stage(size_t s, std::vector<Picks> &at);
  std::vector<Picks> expandedPicks(size_t s, size_t index, llvm::ArrayRef<Picks> at) const;
  void block(size_t s, size_t b, size_t index, const Picks &in, const Picks &expanded,
             const Picks &out, const std::vector<double> &factors);
  void select(const std::string &module, const Picks &expanded, const Picks &in);
  void depthwise(const BlockModules &own, const BlockSpec &ownSpec, const BlockModules &theirs,
                 const BlockSpec &theirSpec, const Picks &expanded);

  const StagedNetwork &network, &base;
  const NetworkWeights &from;
  NetworkWeights weights;
};

/// The base's block; null where it has none there.
const BlockSpec *blockAt(const StagedNetwork &base, size_t stage, size_t index) {
  if (stage >= base.stages.size() || index >= base.stages[stage].branches[0].size())
    return nullptr;
  return &base.stages[stage].branches[0][index];
}

} // namespace

/// `factors`: of inputs; empty: 1.
void Heir::conv(const std::string &own, const std::string &theirs, const Picks &out,
                const Picks &in, int64_t theirInputs, int64_t taps,
                const std::vector<double> &factors) {
  std::vector<float> &to = weights.at(own);
  const std::vector<float> &source = from.at(theirs);
  for (size_t o = 0; o < out.size(); ++o)
    for (size_t i = 0; i < in.size() && out[o] >= 0; ++i)
      for (int64_t t = 0; t < taps; ++t) {
        float &weight = to[(o * in.size() + i) * size_t(taps) + size_t(t)];
        weight = 0; // of a channel that the base has not
        if (in[i] >= 0)
          weight = float(source[size_t((out[o] * theirInputs + in[i]) * taps + t)] *
                         (factors.empty() ? 1 : factors[i]));
      }
}

/// 1x1, in groups: what goes from one of the base's groups to another is 0.
void Heir::pointwise(const std::string &own, int64_t ownGroups, const std::string &theirs,
                     int64_t theirGroups, const Picks &out, const Picks &in, int64_t theirInputs,
                     const std::vector<double> &factors) {
  std::vector<float> &to = weights.at(own);
  const std::vector<float> &source = from.at(theirs);
  size_t ownWidth = in.size() / size_t(ownGroups);
  int64_t theirWidth = theirInputs / theirGroups;
  int64_t theirRows = int64_t(source.size()) / theirWidth / theirGroups; // of a group
  for (size_t o = 0; o < out.size(); ++o) {
    size_t first = o * size_t(ownGroups) / out.size() * ownWidth;
    for (size_t i = 0; i < ownWidth && out[o] >= 0; ++i) {
      int64_t input = in[first + i];
      bool connected = input >= 0 && input / theirWidth == out[o] / theirRows;
      double factor = factors.empty() ? 1 : factors[first + i];
      to[o * ownWidth + i] =
          connected ? float(source[size_t(out[o] * theirWidth + input % theirWidth)] * factor) : 0;
    }
  }
}

void Heir::values(const std::string &own, const std::string &theirs, const Picks &out,
                  double factor) {
  std::vector<float> &to = weights.at(own);
  const std::vector<float> &source = from.at(theirs);
  for (size_t o = 0; o < out.size(); ++o)
    if (out[o] >= 0)
      to[o] = float(source[size_t(out[o])] * factor);
}

void Heir::norm(const std::string &own, const std::string &theirs, const Picks &out, double share) {
  values(own + ".weight", theirs + ".weight", out);
  values(own + ".bias", theirs + ".bias", out, share);
  values(own + ".running_mean", theirs + ".running_mean", out, share);
  values(own + ".running_var", theirs + ".running_var", out);
  if (network.bnEpsilon == base.bnEpsilon)
    return;
  std::vector<float> &scale = weights.at(own + ".weight");
  const std::vector<float> &variance = weights.at(own + ".running_var");
  for (size_t o = 0; o < out.size(); ++o)
    if (out[o] >= 0)
      scale[o] = float(
          scale[o] * std::sqrt((variance[o] + network.bnEpsilon) / (variance[o] + base.bnEpsilon)));
}

/// Stem and head.
void Heir::convNorm(const std::string &module, const ConvSpec &own, const ConvSpec &theirs,
                    const Picks &in) {
  if (own.kernel != theirs.kernel)
    return;
  Picks out = leading(own.outChannels, theirs.outChannels);
  conv(module + ".0.weight", module + ".0.weight", out, in, theirs.inChannels,
       own.kernel * own.kernel);
  norm(module + ".1", module + ".1", out);
}

/// What each branch's `index`th block takes of the base's expanded channels.
std::vector<Picks> Heir::expandedPicks(size_t s, size_t index, llvm::ArrayRef<Picks> at) const {
  const BlockSpec &theirs = *blockAt(base, s, index);
  using Kind = std::pair<int64_t, int64_t>; // kernel and group
  std::map<Kind, Picks> pools;
  std::vector<size_t> kernels = kernelIndexes(theirs);
  auto kindOf = [&](const BlockSpec &block, size_t kernel, size_t channel, int64_t groups) {
    return Kind(block.kernels[kernel], int64_t(channel) * groups / block.expanded);
  };
  std::map<Kind, size_t> taken; // by all branches so far
  std::vector<Picks> picks(at.size());
  for (size_t b = 0; b < at.size(); ++b) {
    const auto &blocks = network.stages[s].branches[b];
    if (index >= blocks.size())
      continue;
    const BlockSpec &own = blocks[index];
    if (!own.expands() && !theirs.expands()) { // they are the block's inputs
      picks[b] = at[b];
      continue;
    }
    int64_t groups = own.expandedGroups() == theirs.expandedGroups() ? own.expandedGroups() : 1;
    pools.clear();
    for (size_t c = 0; c < kernels.size(); ++c)
      pools[kindOf(theirs, kernels[c], c, groups)].push_back(int64_t(c));
    std::map<Kind, size_t> mine;
    std::vector<size_t> ownKernels = kernelIndexes(own);
    for (size_t c = 0; c < ownKernels.size(); ++c) {
      Kind kind = kindOf(own, ownKernels[c], c, groups);
      const Picks &pool = pools[kind];
      bool left = mine[kind]++ < pool.size();
      picks[b].push_back(left ? pool[taken[kind]++ % pool.size()] : -1);
    }
  }
  return picks;
}

/// An expansion where the base has none.
void Heir::select(const std::string &module, const Picks &expanded, const Picks &in) {
  std::vector<float> &weight = weights.at(module + ".0.weight");
  std::vector<float> &variance = weights.at(module + ".1.running_var");
  size_t width = weight.size() / expanded.size(), groups = in.size() / width;
  for (size_t e = 0; e < expanded.size(); ++e) {
    if (expanded[e] < 0)
      continue;
    size_t first = e * groups / expanded.size() * width;
    for (size_t i = 0; i < width; ++i)
      weight[e * width + i] = in[first + i] == expanded[e];
    variance[e] = float(1 - network.bnEpsilon); // a normalisation that changes nothing
  }
}

void Heir::depthwise(const BlockModules &own, const BlockSpec &ownSpec, const BlockModules &theirs,
                     const BlockSpec &theirSpec, const Picks &expanded) {
  std::vector<size_t> ownKernels = kernelIndexes(ownSpec), theirKernels = kernelIndexes(theirSpec);
  for (size_t e = 0; e < expanded.size(); ++e) {
    if (expanded[e] < 0)
      continue;
    size_t k = ownKernels[e], kernel = theirKernels[size_t(expanded[e])];
    if (ownSpec.kernels[k] != theirSpec.kernels[kernel])
      continue;
    auto taps = size_t(ownSpec.kernels[k] * ownSpec.kernels[k]);
    auto first = [&](const std::vector<size_t> &kernels, size_t kernel) {
      return size_t(std::ranges::find(kernels, kernel) - kernels.begin());
    };
    size_t to = e - first(ownKernels, k);
    size_t source = size_t(expanded[e]) - first(theirKernels, kernel);
    std::copy_n(
        from.at(theirs.depthwiseConv(theirSpec, kernel) + ".weight").begin() +
            ptrdiff_t(source * taps),
        taps, weights.at(own.depthwiseConv(ownSpec, k) + ".weight").begin() + ptrdiff_t(to * taps));
  }
  norm(own.depthwise + ".1", theirs.depthwise + ".1", expanded);
}

/// `factors`: of the projection's inputs, where the block's result is added to other branches'.
void Heir::block(size_t s, size_t b, size_t index, const Picks &in, const Picks &expanded,
                 const Picks &out, const std::vector<double> &factors) {
  const BlockSpec &own = network.stages[s].branches[b][index], &theirs = *blockAt(base, s, index);
  BlockModules to = modulesOf(own, s, b, index), source = modulesOf(theirs, s, 0, index);
  if (own.expands() && theirs.expands()) {
    pointwise(to.expand + ".0.weight", own.expandGroups, source.expand + ".0.weight",
              theirs.expandGroups, expanded, in, theirs.inChannels);
    norm(to.expand + ".1", source.expand + ".1", expanded);
  } else if (own.expands()) {
    select(to.expand, expanded, in);
  }
  depthwise(to, own, source, theirs, expanded);
  if (own.squeezed && theirs.squeezed) {
    Picks squeezed = leading(own.squeezed, theirs.squeezed);
    conv(to.gate + ".reduce.weight", source.gate + ".reduce.weight", squeezed, expanded,
         theirs.expanded, 1);
    values(to.gate + ".reduce.bias", source.gate + ".reduce.bias", squeezed);
    conv(to.gate + ".expand.weight", source.gate + ".expand.weight", expanded, squeezed,
         theirs.squeezed, 1);
    values(to.gate + ".expand.bias", source.gate + ".expand.bias", expanded);
  }
  pointwise(to.project + ".0.weight", own.projectGroups, source.project + ".0.weight",
            theirs.projectGroups, out, expanded, theirs.expanded, factors);
  norm(to.project + ".1", source.project + ".1", out,
       factors.empty() ? 1 : 1.0 / double(network.branches()));
}

void Heir::stage(size_t s, std::vector<Picks> &at) {
  const StageSpec &spec = network.stages[s];
  size_t longest = 0;
  for (const auto &blocks : spec.branches)
    longest = std::max(longest, blocks.size());
  for (size_t index = 0; index < longest; ++index) {
    const BlockSpec *theirs = blockAt(base, s, index);
    std::vector<Picks> expanded;
    std::map<int64_t, int64_t> copies;
    for (Picks &picks : at)
      limit(picks, theirs ? theirs->inChannels : 0);
    if (theirs)
      expanded = expandedPicks(s, index, at);
    for (const Picks &picks : expanded)
      for (int64_t channel : picks)
        ++copies[channel];
    Parts parts;
    for (size_t b = 0; b < at.size(); ++b) {
      if (index >= spec.branches[b].size())
        continue;
      const BlockSpec &own = spec.branches[b][index];
      Picks out = parts.next(own, theirs, at[b], spec.sync == SyncKind::concat);
      std::vector<double> factors;
      if (theirs && spec.sync == SyncKind::add && index + 1 == spec.branches[b].size())
        for (int64_t channel : expanded[b])
          factors.push_back(1.0 / double(copies[channel]));
      if (theirs)
        block(s, b, index, at[b], expanded[b], out, factors);
      at[b] = std::move(out);
    }
  }
}

NetworkWeights Heir::run() {
  Picks picture = leading(network.stem.inChannels, base.stem.inChannels);
  convNorm("stem", network.stem, base.stem, picture);
  std::vector<Picks> at(network.branches(),
                        leading(network.stem.outChannels, base.stem.outChannels));
  for (size_t s = 0; s < network.stages.size(); ++s) {
    stage(s, at);
    if (network.stages[s].sync == SyncKind::none)
      continue;
    Picks joined = at[0];
    for (size_t b = 1; network.stages[s].sync == SyncKind::concat && b < at.size(); ++b)
      joined.insert(joined.end(), at[b].begin(), at[b].end());
    at.assign(at.size(), joined);
  }
  limit(at[0], base.head.inChannels);
  convNorm("head", network.head, base.head, at[0]);
  Picks features = leading(network.head.outChannels, base.head.outChannels);
  auto linear = [&](const std::string &module, int64_t own, int64_t theirs, int64_t inputs) {
    Picks out = leading(own, theirs);
    conv(module + ".weight", module + ".weight", out, features, inputs, 1);
    values(module + ".bias", module + ".bias", out);
    features = std::move(out);
  };
  if (network.hidden && base.hidden)
    linear("hidden.0", network.hidden, base.hidden, base.head.outChannels);
  if (!network.hidden == !base.hidden)
    linear("classifier", network.classes, base.classes, base.features());
  return std::move(weights);
}

NetworkWeights inheritedWeights(const StagedNetwork &network, const StagedNetwork &base,
                                const NetworkWeights &baseWeights, uint64_t seed) {
  return Heir(network, base, baseWeights, seed).run();
}

} // namespace snc
