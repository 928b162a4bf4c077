// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How wide branches may be: the expanded channels of each block of each branch, as many as fit the
// latency budget (Kang et al., LCTES 2023, section 4: channel decision).

#ifndef SNC_NAS_BRANCHWIDTHS_H
#define SNC_NAS_BRANCHWIDTHS_H

#include "nas/BlockCost.h"
#include <optional>

namespace snc {

struct WidthOptions {
  int64_t step = 4;       ///< expanded channels are a multiple of it
  int64_t least = 4;      ///< and no fewer: a vector of the target
  double budgetUs = 0;    ///< of the whole network; 0: by budgetScale
  double budgetScale = 1; ///< of the base network's latency on its best single unit
};

/// What is between two syncs.
struct IntervalCost {
  size_t begin, end;          ///< stages
  double budgetUs;            ///< of each branch, without the join
  std::vector<double> unitUs; ///< what each branch takes
  double joinUs;
};

struct Candidate {
  StagedNetwork network; ///< named after the strategy
  double us;             ///< predicted, of the whole network
  std::vector<IntervalCost> intervals;
};

/// Widths for strategies of one base network on given units, branch i on unit i. For one thread
/// at a time.
class BranchWidths {
public:
  /// `base` is not branched and verified; `costs` must outlive this.
  BranchWidths(StagedNetwork base, const CostModel &costs, std::vector<PlanUnit> units,
               const WidthOptions &options);

  /// The base network on the unit that is fastest.
  double baseUs() const { return baseLatency; }
  /// That unit.
  size_t baseUnit() const { return bestUnit; }
  double budgetUs() const { return budget; }
  /// What all latencies are of.
  const BlockCost &costs() const { return cost; }

  /// The candidate of a strategy, or nullopt where some interval has no room for its blocks at
  /// their least.
  ///
  /// What the stem, the head, the fork and all joins leave of the budget is shared out to
  /// intervals as the base network's stages need it; what one leaves over goes to the next. Within
  /// an interval each branch has as large a share of the base's expanded channels, equal for all
  /// blocks, as its unit can compute in time, and then, block after block, what still fits.
  std::optional<Candidate> candidate(llvm::ArrayRef<SyncKind> strategy) const;

private:
  using Blocks = std::vector<BlockSpec *>;
  double us(const Blocks &blocks, size_t unit) const;
  int64_t stepOf(const BlockSpec &block) const;
  bool fill(const Blocks &blocks, size_t unit, double budgetUs) const;
  void setWidths(const Blocks &blocks, llvm::ArrayRef<int64_t> full, double share) const;
  std::vector<IntervalCost> intervalsOf(const StagedNetwork &network) const;
  StagedNetwork branched(llvm::ArrayRef<SyncKind> strategy) const;

  StagedNetwork base;
  WidthOptions options;
  BlockCost cost;
  std::vector<double> stageUs; ///< of the base on its best unit
  size_t bestUnit = 0;         ///< for the base
  double baseLatency = 0, budget = 0;
};

} // namespace snc

#endif // SNC_NAS_BRANCHWIDTHS_H
