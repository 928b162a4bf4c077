// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of values, exactly: what of a tensor is in the memory of the host or of a
// GPU, what a kernel still needs there, and how many bytes that is.

#ifndef SNC_SEARCH_VALUEREGIONS_H
#define SNC_SEARCH_VALUEREGIONS_H

#include "search/SegmentSplit.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace snc {

/// Ranges of a value's channels (dimension 1) and rows (dimension 2), and all of its
/// other dimensions. Of a dimension that it lacks the range is 0 to 1.
struct Box {
  Range channels, rows;
  bool empty() const { return channels.size() <= 0 || rows.size() <= 0; }
  bool operator==(const Box &) const = default;
};

Box wholeBox(mlir::Value value);
/// What `need` says of `value`; all of it where it names another dimension.
Box boxOf(mlir::Value value, const Need &need);
/// Bytes of a part of `value`, 4 an element.
double bytesOf(mlir::Value value, const Box &box);

/// A union of boxes that do not overlap.
class BoxSet {
public:
  /// The parts of `box` outside the region; they do not overlap.
  llvm::SmallVector<Box, 2> missing(const Box &box) const;
  void add(const Box &box);
  bool operator==(const BoxSet &) const = default;

private:
  llvm::SmallVector<Box, 2> boxes;
};

/// Calls `visit` with the parts of values that kernels write, or of arguments, which
/// a part of `value` consists of: sees through reshapes, and through concats and
/// slices that move nothing. Constants have none: every unit has its own.
void forEachRoot(const NetworkGraph &graph, mlir::Value value, const Box &box,
                 llvm::function_ref<void(mlir::Value, const Box &)> visit);

} // namespace snc

#endif // SNC_SEARCH_VALUEREGIONS_H
