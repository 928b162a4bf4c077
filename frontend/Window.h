// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strides, dilations and pads of convolutions and pools, always as 2-D.

#ifndef SNC_FRONTEND_WINDOW_H
#define SNC_FRONTEND_WINDOW_H

#include "frontend/NodeView.h"

namespace snc {

struct Window {
  llvm::SmallVector<int64_t> strides, dilations; ///< [h, w]
  llvm::SmallVector<int64_t> pads;               ///< [top, left, bottom, right]
};

/// Reads the node's window for a kernel and an input of as many spatial
/// dimensions (one becomes width, with height 1). `resolveAuto` turns auto_pad
/// into pads as a convolution does. A diagnostic where counts do not fit.
mlir::FailureOr<Window> readWindow(NodeView &node, llvm::ArrayRef<int64_t> kernel,
                                   llvm::ArrayRef<int64_t> input, bool resolveAuto = true);

/// [N, C, 1, L] as [N, C, L].
mlir::FailureOr<mlir::Value> dropHeight(NodeView &node, mlir::FailureOr<mlir::Value> value);

} // namespace snc

#endif // SNC_FRONTEND_WINDOW_H
