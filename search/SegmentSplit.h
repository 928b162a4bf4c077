// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each unit computes of each value when a run of nodes is split, and
// whether the split keeps the network's function. Shared by the search, which
// asks what a split costs, and the pass that carries it out.
//
// Exact by construction: rows and channels of an operator depend on rows and
// channels of its operands as given here, and a convolution is linear in its
// input channels, `W2 f(W1 x) = W2a f(W1a x) + W2b f(W1b x)` for any f that acts
// on each channel alone.

#ifndef SNC_SEARCH_SEGMENTSPLIT_H
#define SNC_SEARCH_SEGMENTSPLIT_H

#include "search/BranchPlan.h"
#include "search/NetworkGraph.h"

#include <optional>

namespace snc {

struct Range {
  int64_t begin = 0, end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Range &) const = default;
};

/// What the branches have of a value.
struct ValuePart {
  enum Axis {
    channels = 1, ///< dimension 1
    rows = 2,     ///< dimension 2 of 4
    sum = -1,     ///< each a partial sum of the whole
    whole = -2,   ///< one branch has all of it (paths)
  };
  Axis axis = whole;
  llvm::SmallVector<Range, 2> ranges; ///< of each branch
};

/// What one branch needs of an operand: `range` along dimension `axis`, or all
/// of it where `axis` is negative.
struct Need {
  int64_t axis = -1;
  Range range;
};

struct SegmentSplit {
  SegmentKind kind;
  llvm::SmallVector<int64_t, 2> units;             ///< branch i runs on units[i]
  llvm::SmallVector<mlir::Operation *> body;       ///< computed in branches, in order
  llvm::SmallVector<mlir::Operation *> tail;       ///< add: what follows the sum
  llvm::SmallVector<mlir::Value> exits;            ///< of the body; used behind it
  llvm::DenseMap<mlir::Value, ValuePart> parts;    ///< of each value of the body
  llvm::DenseMap<mlir::Operation *, size_t> owner; ///< paths: the branch of each op

  /// True when branch `i` computes `op`.
  bool computes(mlir::Operation *op, size_t branch) const {
    auto it = owner.find(op);
    return it == owner.end() || it->second == branch;
  }
  /// What branch `branch` of the body needs of operand `operand` of `op`.
  Need need(mlir::Operation *op, unsigned operand, size_t branch) const;
  /// [top, left, bottom, right] of a branch's convolution or pool.
  llvm::SmallVector<int64_t> pads(mlir::Operation *op, size_t branch) const;
};

/// Splits nodes as `segment` says, for kernels in channel blocks of
/// `blockLanes`; nullopt, and the reason in `why`, where that would change the
/// network's function or leaves a unit without work.
std::optional<SegmentSplit> splitSegment(const NetworkGraph &graph, const PlanSegment &segment,
                                         int64_t blockLanes, std::string *why = nullptr);

/// Borders of `extent` cut by `shares` (which sum to kShares) at multiples of
/// `grain`; empty where a part would be.
llvm::SmallVector<Range, 2> cutByShares(int64_t extent, llvm::ArrayRef<int64_t> shares,
                                        int64_t grain);

/// Dimension 1 of `type` cut by `shares` at borders of channel blocks and of
/// `grain`; empty where a part would be, or there are no channels.
llvm::SmallVector<Range, 2> cutChannels(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> shares,
                                        int64_t blockLanes, int64_t grain = 1);

/// The channels of a sum of `branches` partial ones that each of their units adds up:
/// about even shares; empty where there are too few channels, and the first adds all.
llvm::SmallVector<Range, 2> cutSum(mlir::RankedTensorType type, size_t branches,
                                   int64_t blockLanes);

/// The dimension of `operand` that dimension `axis` of the result of rank
/// `rank` broadcasts from; -1 where it has none or only one element there.
int64_t broadcastAxis(mlir::Value operand, int64_t rank, int64_t axis);

} // namespace snc

#endif // SNC_SEARCH_SEGMENTSPLIT_H
