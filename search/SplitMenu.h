// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every exact split of every short run of nodes, and of the branches that the model has of
// its own, with its cost.

#ifndef SNC_SEARCH_SPLITMENU_H
#define SNC_SEARCH_SPLITMENU_H

#include "search/ModelBranches.h"
#include "search/PlanCost.h"

#include <functional>

namespace snc {

/// One way to split a run: kind, and shares or units of nodes.
struct SplitWay {
  PlanSegment segment;
  double us;
};

/// The ways of one kind.
struct SplitKindWays {
  SegmentKind kind;
  std::vector<SplitWay> ways;
};

/// All that is known of one run of nodes.
struct SplitRun {
  int64_t begin, end;
  std::vector<SplitKindWays> kinds; ///< at least one
  double us = 0;                    ///< of the cheapest way
};

/// What to list.
struct MenuOptions {
  int64_t longest = 12;            ///< nodes of a run
  std::vector<SegmentKind> kinds;  ///< of splits; empty: all
  std::vector<int64_t> shares;     ///< of the units; empty: several
  std::function<bool()> stop = {}; ///< true ends the listing early, with what was found
  std::function<bool(const NetworkNode &)> takes = {}; ///< nodes that runs are made of; empty: all
  /// The model's own branches to list, however long and whatever `kinds`; empty: all,
  /// where paths are wanted.
  std::function<bool(const ModelRegion &)> takesRegion = {};

  bool wants(SegmentKind kind) const { return kinds.empty() || llvm::is_contained(kinds, kind); }
};

class SplitMenu {
public:
  SplitMenu(const PlanCost &cost, const MenuOptions &options);

  int64_t nodes() const { return int64_t(byBegin.size()); }
  /// Runs that begin at node `begin`, by length.
  llvm::ArrayRef<SplitRun> runsAt(int64_t begin) const { return byBegin[size_t(begin)]; }
  /// Nodes [begin, end) unsplit, as cheap as possible: all on all threads or all
  /// on one unit. `turns`: how many neighbours run on units.
  PlanSegment gap(int64_t begin, int64_t end) const;
  double gapUs(int64_t begin, int64_t end, int turns) const;
  llvm::ArrayRef<PlanUnit> units() const { return cost.planUnits(); }

private:
  bool tryWay(PlanSegment segment, SplitKindWays &ways) const;
  void addRegions(const MenuOptions &options);
  void addRun(int64_t begin, int64_t end, const MenuOptions &options);
  std::pair<int64_t, double> bestGap(int64_t begin, int64_t end, int turns) const;

  const PlanCost &cost;
  std::vector<std::vector<SplitRun>> byBegin;
  std::vector<std::vector<double>> sums; ///< of node costs up to each node; all, then by unit
};

} // namespace snc

#endif // SNC_SEARCH_SPLITMENU_H
