// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The strategies of a network as a tree: how many splits (each ends in a sync),
// then for each, in order, where it begins, where its sync is, of which kind it
// is, and the shares of the units. What is not split runs unsplit, the cheaper
// way.

#ifndef SNC_SEARCH_STRATEGYSPACE_H
#define SNC_SEARCH_STRATEGYSPACE_H

#include "search/DecisionSpace.h"
#include "search/SplitMenu.h"

namespace snc {

/// How a search fills in what it has not decided.
enum class Rollout {
  uniform, ///< each choice alike, as SyncNAS
  guided   ///< the cheaper the rest can become by the cost model, the likelier
};

class StrategySpace : public DecisionSpace {
public:
  /// From `leastSplits` to `mostSplits` splits, where there are as many. `menu`
  /// must outlive the space.
  StrategySpace(const SplitMenu &menu, int64_t leastSplits, int64_t mostSplits, Rollout rollout);

  unsigned width(llvm::ArrayRef<uint16_t> path) const override;
  double size() const override { return leaves; }
  std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const override;
  void rollout(Choices &path, std::mt19937_64 &random) const override;
  bool informed() const override { return policy == Rollout::guided; }

  BranchPlan planOf(llvm::ArrayRef<uint16_t> leaf) const;
  /// Microseconds of the plan: the sum over splits and gaps.
  double costOf(llvm::ArrayRef<uint16_t> leaf) const;

  /// The cheapest strategy of all, by dynamic programming over the number of
  /// splits and the node: exact because costs add up.
  Choices optimum() const;

private:
  struct State; ///< what a path has decided
  State decode(llvm::ArrayRef<uint16_t> path) const;
  void apply(State &state, unsigned choice) const;
  unsigned choicesAt(const State &state) const;
  /// Cost of choice `choice` at `state` and of the best rest.
  double bestWith(const State &state, unsigned choice) const;
  void addSplitCount(std::vector<double> &counts);

  /// What may follow when exactly k splits are still to be placed.
  struct Rest {
    std::vector<int64_t> begins;                     ///< nodes that the first of them may begin at
    std::vector<std::vector<const SplitRun *>> runs; ///< by node: those of it that leave room
    std::vector<double> cheapestAt;                  ///< by node: of a run there and the best rest
    /// By node p: the cheapest rest behind p, where a split ends right before p
    /// (but for p = 0). Infinity: impossible.
    std::vector<double> us;
  };
  int64_t firstBegin(int64_t position, int64_t splits) const;

  const SplitMenu &menu;
  int64_t least;
  Rollout policy;
  double leaves = 0;
  std::vector<Rest> rest; ///< by k
};

/// Evaluates by the sum over splits and gaps, whose optimum is known.
class StrategyEvaluator : public Evaluator {
public:
  explicit StrategyEvaluator(const StrategySpace &space) : space(space) {}
  double cost(llvm::ArrayRef<uint16_t> leaf) override { return space.costOf(leaf); }

private:
  const StrategySpace &space;
};

/// Evaluates whole plans: also what units fetch from each other, which depends
/// on how neighbouring segments are split. One thread at a time.
class PlanEvaluator : public Evaluator {
public:
  PlanEvaluator(const StrategySpace &space, const PlanCost &cost) : space(space), plans(cost) {}
  double cost(llvm::ArrayRef<uint16_t> leaf) override { return plans.total(space.planOf(leaf)); }

private:
  const StrategySpace &space;
  const PlanCost &plans;
};

} // namespace snc

#endif // SNC_SEARCH_STRATEGYSPACE_H
