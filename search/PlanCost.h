// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a plan costs: kernels of each unit one after the other, what they fetch
// from other units' caches, all units until the slowest at a sync. Where a unit is
// a GPU, DeviceRun.h tells of copies and waits.

#ifndef SNC_SEARCH_PLANCOST_H
#define SNC_SEARCH_PLANCOST_H

#include "search/CostModel.h"
#include "search/Holdings.h"

#include <map>

namespace snc {

/// A kernel, or a part of one, on a unit.
struct PieceCost {
  int64_t node, unit; ///< unit: kAllUnits for one on all
  KernelShape shape;
  double us;
  bool afterSum = false; ///< add: behind the first sync
};

struct SegmentCost {
  double us = 0; ///< until all units are done, syncs included
  std::vector<PieceCost> pieces;
};

/// When something happens in a predicted run, in microseconds.
struct PlannedSpan {
  enum Kind { run, upload, download };
  int64_t node, unit; ///< node: -1 for a wait; of a copy: where the segment that needs it begins
  double begin, end;
  Kind kind = run;
  double bytes = 0; ///< of a copy
};

struct SegmentWork;

/// For one thread at a time; reads `graph` and `model`, which must outlive it.
class PlanCost {
public:
  PlanCost(const NetworkGraph &graph, const CostModel &model, std::vector<PlanUnit> units,
           int64_t blockLanes);
  ~PlanCost();

  /// The cost of a segment by itself, as if its operands were where they are
  /// needed (with a GPU: as an equal split before would leave them); nullopt, and the
  /// reason, where it is not exact.
  std::optional<SegmentCost> segment(const PlanSegment &segment, std::string *why = nullptr) const;
  /// Microseconds of one node that is not split: on a unit, or on all (kAllUnits;
  /// infinity where a unit is a GPU, rule P6).
  double node(int64_t node, int64_t unit) const;
  /// Between a segment on all threads and one on units, either way.
  double turnUs() const { return model.device().forkUs; }
  /// The unit that is a GPU.
  std::optional<int64_t> gpu() const { return gpuOf(units); }
  /// Where a unit is a GPU: what the units do of a segment; null where it is not exact.
  const SegmentWork *work(const PlanSegment &segment) const;

  /// Microseconds of a plan whose splits are exact, and its timeline if wanted.
  double total(const BranchPlan &plan, std::vector<PlannedSpan> *timeline = nullptr) const;

  const NetworkGraph &network() const { return graph; }
  const CostModel &costs() const { return model; }
  llvm::ArrayRef<PlanUnit> planUnits() const { return units; }
  int64_t lanes() const { return blockLanes; }
  /// What @main returns.
  llvm::ArrayRef<mlir::Value> outputs() const { return returned; }
  /// The last node that reads a value, also through views; the network's size for
  /// those of outputs, and -1 where nobody does.
  int64_t lastUse(mlir::Value value) const;

private:
  SegmentCost splitCost(const PlanSegment &segment, const SegmentSplit &split,
                        Holdings *holdings) const;
  SegmentCost wholeCost(const PlanSegment &segment, Holdings *holdings) const;
  const SegmentSplit *splitOf(const PlanSegment &segment) const;
  double totalWithGpu(const BranchPlan &plan, std::vector<PlannedSpan> *timeline) const;
  void findLastUses();
  double fetchUs(double bytes) const { return bytes / (model.device().transferGBs * 1e3); }

  const NetworkGraph &graph;
  const CostModel &model;
  std::vector<PlanUnit> units;
  int64_t blockLanes, threads;
  std::vector<KernelShape> shapes; ///< of nodes
  llvm::SmallVector<mlir::Value> returned;
  llvm::DenseMap<mlir::Value, int64_t> lastUses;
  mutable std::map<std::vector<int64_t>, std::optional<SegmentSplit>> splits; ///< known ones
  mutable std::map<std::vector<int64_t>, std::unique_ptr<SegmentWork>> works; ///< null: not exact
};

/// True for a node that becomes a view: a concat or slice that moves nothing.
bool isFree(const NetworkNode &node);

} // namespace snc

#endif // SNC_SEARCH_PLANCOST_H
