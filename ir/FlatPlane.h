// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels to which a plane is just a row of pixels.

#ifndef SNC_IR_FLATPLANE_H
#define SNC_IR_FLATPLANE_H

#include "ir/SncOps.h"

namespace snc {

/// True when `kernel` is a pointwise convolution of stride 1, with elementwise operators on
/// tensors of the same plane, single pixels or numbers, and no tensor is a window of a
/// higher one; planes of one row are flat already: then no result depends on where a row ends.
bool hasFlatPlane(KernelOp kernel);

/// Makes every plane of H x W in `kernel` one of 1 x H*W, which has the same bytes. The
/// kernel has a flat plane.
void flattenPlane(KernelOp kernel);

} // namespace snc

#endif // SNC_IR_FLATPLANE_H
