// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run on the cores and a GPU as predicted, segment after segment: a clock for each
// unit, and what of each value is in the memory of the host and of the GPU.
//
// * A part of a value is copied when it is first needed on the other side, once.
// * Copies are in the GPU's queue, which runs in order: behind what was sent before
//   them, downloads for a segment before uploads for it.
// * Whoever waits for the other side begins `syncUs` after that is done.
// * Branches go on as soon as they have what they read: there is no other barrier.
// * What the units of the CPU fetch from each other's caches is not counted; they
//   meet before each segment.

#ifndef SNC_SEARCH_DEVICERUN_H
#define SNC_SEARCH_DEVICERUN_H

#include "search/PlanCost.h"
#include "search/ValueRegions.h"

namespace snc {

/// A part of a value that kernels write, or of the partial sum that branch `sum` of an
/// add-split has (-1: the value itself).
struct ValueBox {
  mlir::Value value;
  int64_t sum = -1;
  Box box;
};

/// What one unit does of a segment.
struct UnitWork {
  int64_t unit;
  std::vector<PieceCost> pieces;
  double us = 0;                ///< of the pieces
  std::vector<ValueBox> reads;  ///< of values from before
  std::vector<ValueBox> writes; ///< that are read behind
};

/// A segment's work by branch; behind the sum of an add-split the rest.
struct SegmentWork {
  std::vector<UnitWork> branches, tails;
};

/// What the units do of a segment that is not of all threads, and is cut as `split` (null:
/// not at all) into `pieces`.
SegmentWork workOf(const PlanCost &cost, const PlanSegment &segment, const SegmentSplit *split,
                   llvm::ArrayRef<PieceCost> pieces);

/// Copied by searches, to go on in several ways. `cost` must outlive it.
class DeviceRun {
public:
  explicit DeviceRun(const PlanCost &cost);

  /// Before the first add(): as if what `segment` reads lay where an equal split
  /// before it leaves it, for the cost of a segment by itself.
  void assumeAlike(const SegmentWork &work);
  /// Goes on with a segment, whose work is `work`.
  void add(const PlanSegment &segment, const SegmentWork &work,
           std::vector<PlannedSpan> *timeline = nullptr);
  /// Brings the outputs to the host. Microseconds of the whole run.
  double finish(std::vector<PlannedSpan> *timeline = nullptr);

  /// Microseconds until the last unit is done with what was added.
  double us() const;
  /// Microseconds of copies so far.
  double copiesUs() const { return copied; }

private:
  struct Known {
    mlir::Value value;
    int64_t sum;
    BoxSet host, device;
  };
  Known &known(const ValueBox &part);
  double hostDone() const;
  bool copy(llvm::ArrayRef<ValueBox> reads, bool up, double notBefore, int64_t node,
            std::vector<PlannedSpan> *timeline);
  void runUnits(llvm::ArrayRef<UnitWork> works, int64_t node, std::vector<PlannedSpan> *timeline);
  void start(int64_t unit, double time, std::vector<PlannedSpan> *timeline);
  void forget(int64_t end);

  const PlanCost *cost;
  int64_t gpu;
  llvm::SmallVector<double, 3> clocks; ///< by unit
  llvm::SmallVector<Known, 4> values;  ///< that are still read
  double copied = 0;
};

} // namespace snc

#endif // SNC_SEARCH_DEVICERUN_H
