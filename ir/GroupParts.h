// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a convolution of several groups is cut into dense ones.

#ifndef SNC_IR_GROUPPARTS_H
#define SNC_IR_GROUPPARTS_H

#include "ir/KernelShape.h"

namespace snc {

/// A convolution of several groups.
struct GroupedShape {
  int64_t groups = 1, groupIn = 1, groupOut = 1; ///< channels are those of one group
  int64_t taps = 1;                              ///< places of the window
  int64_t images = 1;
  int64_t inPixels = 1, outPixels = 1; ///< of one image
  int64_t inLanes = 1, outLanes = 1;   ///< channels of a block, of operand and result
  int64_t threads = 1;
};

/// The numbers of `shape`, where that is a convolution of several groups and not depthwise,
/// on a target whose channel blocks have `blockLanes`; nullopt elsewhere.
std::optional<GroupedShape> groupedShapeOf(const KernelShape &shape, int64_t blockLanes,
                                           int64_t threads);

/// A dense convolution: channels [outBegin, outEnd) from channels [inBegin, inEnd). Of the
/// latter the groups of the former read some each; the other weights are zero.
struct GroupPart {
  int64_t outBegin, outEnd, inBegin, inEnd;

  bool operator==(const GroupPart &) const = default;
};

/// The parts that together take the least time by a small model, in order; each but the last
/// ends with a block of the result. Empty where there would be more than 256.
llvm::SmallVector<GroupPart, 0> groupParts(const GroupedShape &shape);

} // namespace snc

#endif // SNC_IR_GROUPPARTS_H
