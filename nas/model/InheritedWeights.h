// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights of a branched network out of those of its base.

#ifndef SNC_NAS_MODEL_INHERITEDWEIGHTS_H
#define SNC_NAS_MODEL_INHERITEDWEIGHTS_H

#include "nas/NetworkParameters.h"

namespace snc {

/// Weights of `network`, taken from those of `base` block by block, else as initialWeights.
///
/// Of the base block's expanded channels, branch 0 takes the first, branch 1 those behind them,
/// and so on, going round; MixConv's from those of the same kernel. A branch takes a channel
/// once: what it has beyond the base's is initialised, and read with weights 0 by channels that
/// are inherited. A branch that is to be concatenated takes the output channels that will be
/// its own; behind a shortcut those of its input, and a part of what the base adds to them. Where
/// branches are added, each has its share of what the sum would otherwise have several times: means
/// and shifts of the projections' normalisations, and the projection's weights of channels that
/// several took (Net2Net: Chen et al., ICLR 2016). So branches of one block without gate and
/// shortcut, of which each of the base's channels has one, add up to the base's block. Where the
/// base does not expand, a branch's expansion selects. From one of the base's groups to another
/// weights are 0.
NetworkWeights inheritedWeights(const StagedNetwork &network, const StagedNetwork &base,
                                const NetworkWeights &baseWeights, uint64_t seed);

} // namespace snc

#endif // SNC_NAS_MODEL_INHERITEDWEIGHTS_H
