// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontend/Window.h"

using namespace mlir;

namespace snc {

/// auto_pad SAME: as many outputs as ceil(input / stride).
static void padSame(Window &w, ArrayRef<int64_t> kernel, ArrayRef<int64_t> input, bool upper) {
  size_t n = kernel.size();
  for (size_t d = 0; d < n; ++d) {
    int64_t out = (input[d] + w.strides[d] - 1) / w.strides[d];
    int64_t total = std::max<int64_t>(0, (out - 1) * w.strides[d] +
                                             (kernel[d] - 1) * w.dilations[d] + 1 - input[d]);
    w.pads[d] = upper ? total / 2 : total - total / 2;
    w.pads[d + n] = total - w.pads[d];
  }
}

FailureOr<Window> readWindow(NodeView &node, ArrayRef<int64_t> kernel, ArrayRef<int64_t> input,
                             bool resolveAuto) {
  size_t n = kernel.size();
  SmallVector<int64_t> ones(n, 1), zeros(2 * n, 0);
  Window w{node.ints("strides", ones), node.ints("dilations", ones), node.ints("pads", zeros)};
  if (w.strides.size() != n || w.dilations.size() != n || w.pads.size() != 2 * n)
    return node.fail() << "strides, dilations and pads do not have " << n << ", " << n << " and "
                       << 2 * n << " numbers";
  // Beyond this no product below can overflow, nor can a real network be.
  for (const auto &list : {w.strides, w.dilations, w.pads})
    for (int64_t v : list)
      if (v > (1 << 20) || v < -(1 << 20))
        return node.fail() << "has the impossible stride, dilation or pad " << v;
  for (size_t d = 0; d < n; ++d)
    if (w.strides[d] < 1 || w.dilations[d] < 1 || kernel[d] < 1 || kernel[d] > (1 << 20))
      return node.fail() << "has a stride, dilation or kernel that is not positive";
  SmallVector<int64_t> shape = node.ints("kernel_shape", kernel);
  if (ArrayRef<int64_t>(shape) != kernel)
    return node.fail() << "kernel_shape differs from the weight's shape";
  std::string mode = node.s("auto_pad", "NOTSET");
  if (mode == "VALID")
    w.pads = zeros;
  else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    w.pads = zeros;
    if (resolveAuto)
      padSame(w, kernel, input, mode == "SAME_UPPER");
  } else if (mode != "NOTSET" && !mode.empty())
    return node.fail() << "unknown auto_pad '" << mode << "'";
  if (n == 1) {
    w.strides.insert(w.strides.begin(), 1);
    w.dilations.insert(w.dilations.begin(), 1);
    w.pads = {0, w.pads[0], 0, w.pads[1]};
  }
  return w;
}

FailureOr<Value> dropHeight(NodeView &node, FailureOr<Value> value) {
  if (failed(value))
    return failure();
  auto shape = cast<RankedTensorType>((*value).getType()).getShape();
  return node.reshape(*value, {shape[0], shape[1], shape[3]});
}

} // namespace snc
