// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors in files: NumPy's .npy and ONNX's TensorProto (.pb).

#ifndef SNC_TOOLS_RUN_TENSORFILE_H
#define SNC_TOOLS_RUN_TENSORFILE_H

#include "tools/run/LoadedLibrary.h"

namespace snc::run {

/// Name ("float32") and size in bytes of an element type.
const char *dtypeName(uint32_t dtype);
size_t dtypeBytes(uint32_t dtype);
/// "1x3x224x224".
std::string shapeText(const snc_tensor_info &info);

/// Reads `path` (.npy or .pb) into `into` (info.bytes). The element type and
/// the number of elements must match; a missing batch dimension is forgiven.
/// Throws RunError.
void readTensor(const std::string &path, const snc_tensor_info &info, char *into);

/// Writes a C-order .npy file, version 1.0. Throws RunError.
void writeNpy(const std::string &path, const snc_tensor_info &info, const char *data);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_TENSORFILE_H
