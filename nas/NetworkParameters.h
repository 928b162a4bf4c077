// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What of a staged network is trained, under the names that the trainer's PyTorch module
// (syncnas_trainer) has for it.

#ifndef SNC_NAS_NETWORKPARAMETERS_H
#define SNC_NAS_NETWORKPARAMETERS_H

#include "nas/StagedNetwork.h"

#include <map>

namespace snc {

enum class ParameterKind {
  conv,     ///< O x I/group x K x K
  bias,     ///< of a gate's convolution, or of the classifier
  scale,    ///< of a batch normalisation, as are the next three: gamma
  shift,    ///< beta
  mean,     ///< running mean
  variance, ///< running variance, biased
  linear    ///< of the classifier or the hidden layer, outputs x inputs
};

struct Parameter {
  std::string name; ///< "stages.1.0.2.layers.0.0.weight"
  llvm::SmallVector<int64_t, 4> shape;
  ParameterKind kind;
  int64_t elements() const;
};

/// In the order of PyTorch's state_dict, of which only "num_batches_tracked" are not here.
std::vector<Parameter> parametersOf(const StagedNetwork &network);

/// Values of each parameter by its name, row-major.
using NetworkWeights = std::map<std::string, std::vector<float>>;

/// Names of a block's modules; empty where it has none. In `expand`, `depthwise` and `project`
/// ".0" is the convolution (with several kernels ".0.convs.0", ".0.convs.1", ...) and ".1" the
/// batch normalisation; in `gate`, ".reduce" and ".expand" are convolutions with bias.
struct BlockModules {
  std::string expand, depthwise, gate, project;
  /// Of the depthwise convolution with the block's `kernel`th kernel.
  std::string depthwiseConv(const BlockSpec &block, size_t kernel) const;
};
BlockModules modulesOf(const BlockSpec &block, size_t stage, size_t branch, size_t index);

} // namespace snc

#endif // SNC_NAS_NETWORKPARAMETERS_H
