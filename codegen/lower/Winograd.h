// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Winograd's minimal filtering F(4x4, 3x3): 36 multiplications for 16 outputs where the
// direct sum takes 144. Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks",
// arXiv 1509.09308, section 4.3; points 0, 1, -1, 2, -2 and infinity.

#ifndef SNC_CODEGEN_LOWER_WINOGRAD_H
#define SNC_CODEGEN_LOWER_WINOGRAD_H

#include "codegen/lower/Lowering.h"

namespace snc {

/// Lowers a 3x3 convolution of stride and dilation 1 over channel blocks, whose `weight`
/// is packed as `winograd`: adds a stage of kind Winograd and sets the result's view.
void lowerWinograd(LoweredKernel &kernel, ConvOp op, TensorView input, TensorView weight);

} // namespace snc

#endif // SNC_CODEGEN_LOWER_WINOGRAD_H
