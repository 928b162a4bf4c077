// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One rule a kind of split; private to search/.

#ifndef SNC_SEARCH_SPLITRULES_H
#define SNC_SEARCH_SPLITRULES_H

#include "search/SegmentSplit.h"

namespace snc {

/// A split in the making: shares of the branches, and what went wrong.
struct SplitRequest {
  const NetworkGraph &graph;
  const PlanSegment &segment;
  int64_t blockLanes;
  llvm::SmallVector<int64_t, 2> shares; ///< of each branch
  std::string *why;

  /// Notes that `op` stands in the way; false.
  bool refuse(mlir::Operation *op, llvm::StringRef reason) const;
};

// Each fills in parts, exits and tail of `split`, or refuses.
bool splitRows(const SplitRequest &request, SegmentSplit &split);
bool splitChannels(const SplitRequest &request, SegmentSplit &split);
bool splitPaths(const SplitRequest &request, SegmentSplit &split);

// Parts of SegmentSplit::need, by the axis of the op's result.
Need rowsNeed(mlir::Operation *op, unsigned operand, Range out);
Need channelsNeed(mlir::Operation *op, unsigned operand, Range out);
/// `in` is the branch's range of the op's input channels.
Need sumNeed(mlir::Operation *op, unsigned operand, Range in);

/// The sliding window of a convolution or pool.
struct Window {
  llvm::ArrayRef<int64_t> kernel, strides, dilations, pads;
};
std::optional<Window> windowOf(mlir::Operation *op);
/// The rows (dimension 0) or columns (1) that those of a result see, beyond the
/// input where it is padded.
Range windowInput(const Window &window, Range out, size_t dimension);

} // namespace snc

#endif // SNC_SEARCH_SPLITRULES_H
