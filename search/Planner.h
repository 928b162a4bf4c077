// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a network, units and a cost model to the plan to carry out: branches
// where the model predicts that they pay, the network unsplit otherwise.

#ifndef SNC_SEARCH_PLANNER_H
#define SNC_SEARCH_PLANNER_H

#include "search/Search.h"
#include "search/SplitMenu.h"

namespace snc {

enum class PlannerKind { mcts, evolution, random, exhaustive, dp };

/// The kind of that name; nullopt for others.
std::optional<PlannerKind> plannerKindOf(llvm::StringRef name);

/// The search over a tree that `kind` is; nullopt for dp, which is none.
std::optional<SearchKind> searchKindOf(PlannerKind kind);

struct PlannerOptions {
  PlannerKind kind = PlannerKind::mcts;
  SearchOptions search;
  MenuOptions menu;
  int64_t leastSplits = 0, mostSplits = 64; ///< where there are as many
  bool forceBranches = false;               ///< choose the best split plan even if it does not pay
  bool ownBranches = false;                 ///< search nothing: the model's own, or unsplit

  /// True where the number of splits is not given.
  bool anyNumber() const { return leastSplits == 0 && mostSplits >= 64; }
  /// A question that ends long work: whether `search.stop` is set.
  std::function<bool()> stopped() const {
    return [stop = search.stop] { return stop && stop->load(); };
  }
};

/// A way to run the network.
struct PlannedChoice {
  /// "one unit", "data-parallel", "branches", "own branches"; with a GPU "cpu0 alone", ...
  std::string name;
  BranchPlan plan;
  double us = 0; ///< predicted
};

struct PlanningResult {
  /// Unsplit ones, then the branches if there are any, and the model's own where these are others.
  std::vector<PlannedChoice> choices;
  size_t chosen = 0;
  SearchResult search; ///< of the branches
  /// Of the plan that dynamic programming finds, which leaves out what units
  /// fetch from each other; with a GPU, of the plan that the beam finds.
  std::optional<double> optimumUs;
  /// With a GPU, where branches are not worth it: what stands in the way, "with free
  /// copies branches would take 812 us"; else empty.
  std::string obstacle;
  double spaceSize = 0;
  const PlannedChoice &choice() const { return choices[chosen]; }
};

/// Unsplit plans: on the fastest unit alone, and, with several units, on all. With a
/// GPU instead: on the fastest unit of the CPU, and on the GPU.
std::vector<PlannedChoice> unsplitChoices(const PlanCost &cost);

/// All branches that the model has of its own and that are alike (ModelRegion) on units, the
/// cheapest assignment of each; the rest unsplit. nullopt where there are none, or one unit.
std::optional<PlannedChoice> ownBranchesChoice(const PlanCost &cost, const PlannerOptions &options);

/// Searches and chooses. Branches must be predicted to gain 2 %, or 15 % where nothing
/// was measured: a sync too many costs more than one too few. Where that fails, sums of
/// convolutions on units of one thread are searched again, and taken for any gain, with
/// the model's own branches, one for each unit, which are taken where they lose nothing;
/// `search`, `optimumUs` and `spaceSize` are then of that search. No branches are chosen
/// that the model's own are predicted to be better than.
PlanningResult planNetwork(const PlanCost &cost, bool measured, const PlannerOptions &options);

/// Names each segment by its first and last node, and by its stage or the model's branches
/// where it is one, for the reader; and fills in `ownBranches`.
void nameSegments(BranchPlan &plan, const NetworkGraph &graph);

} // namespace snc

#endif // SNC_SEARCH_PLANNER_H
