// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes one segment of a branch plan behind what has been rewritten so far.

#ifndef SNC_PASSES_BRANCHBUILDER_H
#define SNC_PASSES_BRANCHBUILDER_H

#include "mlir/IR/IRMapping.h"
#include "search/SegmentSplit.h"

namespace snc {

/// `range` of dimension `axis` of `value`; the value itself where that is all of it.
mlir::Value sliceOf(mlir::OpBuilder &builder, mlir::Value value, int64_t axis, Range range);

class BranchBuilder {
public:
  /// `mapping` takes values of the original network to those of the new one.
  BranchBuilder(mlir::OpBuilder &builder, mlir::IRMapping &mapping, int64_t blockLanes)
      : builder(builder), mapping(mapping), blockLanes(blockLanes) {}

  /// Operators as they are, on `unit` (kAllUnits: on all).
  void buildWhole(llvm::ArrayRef<mlir::Operation *> ops, int64_t unit);
  void buildSplit(const SegmentSplit &split);

private:
  BranchesOp makeBranches(mlir::Location loc, Sync sync, llvm::ArrayRef<int64_t> units,
                          llvm::ArrayRef<int64_t> axes, mlir::TypeRange results);
  void buildBranch(const SegmentSplit &split, size_t branch,
                   llvm::SmallVectorImpl<mlir::Value> &yields);
  mlir::Operation *buildPart(const SegmentSplit &split, mlir::Operation *op, size_t branch,
                             mlir::IRMapping &local);
  void buildTail(const SegmentSplit &split);

  mlir::OpBuilder &builder;
  mlir::IRMapping &mapping;
  int64_t blockLanes;
};

} // namespace snc

#endif // SNC_PASSES_BRANCHBUILDER_H
