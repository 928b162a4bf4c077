// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of two programs side by side, whatever their layouts, parts of a value too.

#ifndef SNC_TOOLS_RUN_COMPAREVALUES_H
#define SNC_TOOLS_RUN_COMPAREVALUES_H

#include "tools/run/Manifest.h"

namespace snc::run {

/// Elements in row-major order. 64-bit integers are rounded.
struct DenseTensor {
  std::vector<int64_t> shape;
  std::vector<double> values;
};

/// The tensor that lies in `bytes` (value.bytes of them) as `value` tells. Throws
/// RunError for a type or layout that is none, or that needs more bytes.
DenseTensor unpack(const KernelValue &value, const char *bytes);

/// As a model's input or output lies in memory.
KernelValue denseValue(const snc_tensor_info &info);

/// How far one value is from another.
struct Difference {
  double relative = 0;        ///< the largest error, as a part of the whole's range; inf where one
                              ///< is no number and the other is
  std::vector<int64_t> at;    ///< where that is, in the part
  double part = 0, whole = 0; ///< the values there
  size_t beyond = 0;          ///< elements with an error above the tolerance
  int axis = -1;              ///< along which it is a part; -1: it is all
  int64_t begin = 0;          ///< of the part in the whole, along the axis
};

/// Compares `part` with `whole`, or with the part of it, along one axis, that it is most
/// like. Throws RunError where no part has its shape.
Difference compare(const DenseTensor &part, const DenseTensor &whole, double tolerance);

/// "1x64x8x8".
std::string shapeText(const std::vector<int64_t> &shape);

} // namespace snc::run

#endif // SNC_TOOLS_RUN_COMPAREVALUES_H
