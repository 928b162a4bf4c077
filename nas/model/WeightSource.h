// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the weights of a staged network come from before it is trained.

#ifndef SNC_NAS_MODEL_WEIGHTSOURCE_H
#define SNC_NAS_MODEL_WEIGHTSOURCE_H

#include "nas/NetworkParameters.h"

namespace snc {

/// Weights drawn as SyncNAS's published program draws them: convolutions normal with variance
/// 2 / fan out (He et al., ICCV 2015; fan out: output channels times taps), the classifier uniform
/// with variance 1 / classes, batch normalisations 1 and 0, biases 0. The same network and seed
/// give the same bytes, with every standard library.
NetworkWeights initialWeights(const StagedNetwork &network, uint64_t seed);

} // namespace snc

#endif // SNC_NAS_MODEL_WEIGHTSOURCE_H
