// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Staged networks as ONNX models.

#ifndef SNC_NAS_MODEL_ONNXWRITER_H
#define SNC_NAS_MODEL_ONNXWRITER_H

#include "nas/NetworkParameters.h"

namespace onnx {
class ModelProto;
}

namespace snc {

/// `network`, verified, as an ONNX model of opset 13 (14 where HardSwish is needed): input "input",
/// 1 x channels x edge x edge, output "output", 1 x classes, float32. Batch normalisations stand
/// unfolded, so that it can be trained on. Initializers are exactly parametersOf(network), by those
/// names; nodes are called by what they are in: "/stage1/branch0/block2/expand/Conv" (in a base
/// network without the branch). The same arguments give the same bytes.
onnx::ModelProto toOnnx(const StagedNetwork &network, const NetworkWeights &weights);

} // namespace snc

#endif // SNC_NAS_MODEL_ONNXWRITER_H
