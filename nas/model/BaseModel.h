// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Staged networks out of models.

#ifndef SNC_NAS_MODEL_BASEMODEL_H
#define SNC_NAS_MODEL_BASEMODEL_H

#include "nas/NetworkParameters.h"

#include "mlir/IR/BuiltinOps.h"
#include <optional>

namespace snc {

/// What candidates are derived from.
struct BaseNetwork {
  StagedNetwork network;                 ///< of one branch
  std::optional<NetworkWeights> weights; ///< where the file has them
};

/// The network that `module` holds, behind buildRecognitionPipeline: a stem convolution, inverted
/// residuals, a last 1x1 convolution, global average pool, perhaps a hidden layer, classifier. A
/// stage ends where the number of channels changes, but where a shortcut goes around the block that
/// changes it. Batch normalisations that the model has
/// folded into its convolutions come back as ones that add the bias and change nothing else.
/// 1x1 convolutions of equal slices of the channels (MixNet) are one of groups; where the slices
/// differ, a whole one, zero in between, and a remark says so. What has another form is refused in
/// one diagnostic at the node where it differs.
mlir::FailureOr<BaseNetwork> recogniseNetwork(mlir::ModuleOp module);

} // namespace snc

#endif // SNC_NAS_MODEL_BASEMODEL_H
