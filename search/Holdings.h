// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which unit has which part of a value in its caches, and so what a kernel has
// to fetch from another core.

#ifndef SNC_SEARCH_HOLDINGS_H
#define SNC_SEARCH_HOLDINGS_H

#include "ir/KernelShape.h"
#include "search/SegmentSplit.h"

namespace snc {

/// Who wrote a value.
struct Holding {
  enum Kind {
    whole,  ///< one unit
    spread, ///< each unit its range of a dimension
    mixed   ///< parts here and there
  };
  Kind kind = mixed;
  int64_t unit = 0;                   ///< of a whole
  int64_t axis = 1;                   ///< of a spread
  llvm::SmallVector<Range, 2> ranges; ///< of a spread, by unit; empty ones have nothing
};

class Holdings {
public:
  explicit Holdings(llvm::ArrayRef<PlanUnit> units) : units(units) {}

  void set(mlir::Value value, Holding holding) { known[value] = std::move(holding); }
  /// Bytes of what `unit` needs of `value` that other units wrote. None for
  /// values that no kernel computes.
  double remoteBytes(mlir::Value value, const Need &need, int64_t unit) const;

  /// Operators on all threads: each unit a strip. Returns the most bytes that a
  /// unit fetches, and notes the strips of the result.
  double runOnAll(llvm::ArrayRef<mlir::Operation *> ops, mlir::Operation *anchor,
                  int64_t blockLanes);
  /// Operators on one unit.
  double runOnUnit(llvm::ArrayRef<mlir::Operation *> ops, int64_t unit);
  /// A view: where its operand is.
  void view(mlir::Operation *op);
  /// What the branches of a split hand on.
  void handOn(const SegmentSplit &split);

private:
  llvm::ArrayRef<PlanUnit> units;
  llvm::DenseMap<mlir::Value, Holding> known;
};

} // namespace snc

#endif // SNC_SEARCH_HOLDINGS_H
