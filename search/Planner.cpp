// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Planner.h"

#include "search/Stages.h"
#include "search/StrategySpace.h"
#include "llvm/ADT/StringSwitch.h"

namespace snc {

std::optional<PlannerKind> plannerKindOf(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<PlannerKind>>(name)
      .Case("mcts", PlannerKind::mcts)
      .Case("evolution", PlannerKind::evolution)
      .Case("random", PlannerKind::random)
      .Case("exhaustive", PlannerKind::exhaustive)
      .Case("dp", PlannerKind::dp)
      .Default(std::nullopt);
}

static SearchKind searchKindOf(PlannerKind kind) {
  switch (kind) {
  case PlannerKind::evolution:
    return SearchKind::evolution;
  case PlannerKind::random:
    return SearchKind::random;
  case PlannerKind::exhaustive:
    return SearchKind::exhaustive;
  default:
    return SearchKind::mcts;
  }
}

static BranchPlan wholePlan(const PlanCost &cost, SegmentKind kind, int64_t unit) {
  BranchPlan plan{cost.network().size(), cost.planUnits().vec(), {}};
  PlanSegment segment;
  segment.end = plan.nodes;
  segment.kind = kind;
  segment.unit = unit;
  if (plan.nodes)
    plan.segments.push_back(segment);
  return plan;
}

std::vector<PlannedChoice> unsplitChoices(const PlanCost &cost) {
  std::vector<PlannedChoice> choices;
  int64_t units = int64_t(cost.planUnits().size());
  for (int64_t unit = 0; unit < units; ++unit) {
    SegmentKind kind = units > 1 ? SegmentKind::single : SegmentKind::all;
    PlannedChoice choice{"one unit", wholePlan(cost, kind, unit), 0};
    choice.us = cost.total(choice.plan);
    if (choices.empty())
      choices.push_back(std::move(choice));
    else if (choice.us < choices.front().us)
      choices.front() = std::move(choice);
  }
  if (units > 1) {
    PlannedChoice all{"data-parallel", wholePlan(cost, SegmentKind::all, 0), 0};
    all.us = cost.total(all.plan);
    choices.push_back(std::move(all));
  }
  return choices;
}

void nameSegments(BranchPlan &plan, const NetworkGraph &graph) {
  std::vector<Stage> stages = stagesOf(graph);
  for (PlanSegment &segment : plan.segments) {
    segment.name = graph.nodes()[size_t(segment.begin)].name;
    if (segment.end - segment.begin > 1)
      segment.name += " .. " + graph.nodes()[size_t(segment.end - 1)].name;
    for (const Stage &stage : stages)
      if (stage.begin == segment.begin && stage.end == segment.end && stage.kind != Stage::layer)
        segment.name = nameOf(stage.kind) + (": " + segment.name);
  }
}

/// The best split plan, as `branches`, if there is a split at all.
static void searchBranches(const PlanCost &cost, const PlannerOptions &options,
                           PlanningResult &result) {
  auto stopped = [&] { return options.search.stop && options.search.stop->load(); };
  MenuOptions listing = options.menu;
  listing.stop = stopped;
  SplitMenu menu(cost, listing);
  bool uniform = options.kind == PlannerKind::random || options.kind == PlannerKind::evolution;
  StrategySpace space(menu, std::max(options.leastSplits, int64_t(options.forceBranches)),
                      std::min(options.mostSplits, cost.network().size()),
                      uniform ? Rollout::uniform : Rollout::guided);
  result.spaceSize = space.size();
  if (space.size() <= 1)
    return;
  Choices optimum = space.optimum();
  result.optimumUs = cost.total(space.planOf(optimum));
  if (options.kind == PlannerKind::dp) {
    result.search.best = optimum;
    result.search.cost = *result.optimumUs;
    result.search.evaluations = 1;
    result.search.history = {{1, *result.optimumUs}};
  } else {
    PlanEvaluator evaluator(space, cost);
    result.search = runSearch(searchKindOf(options.kind), space, evaluator, options.search);
  }
  if (result.search.best.empty())
    return;
  PlannedChoice branches{"branches", space.planOf(result.search.best), 0};
  branches.us = cost.total(branches.plan);
  if (!branches.plan.syncs().empty())
    result.choices.push_back(std::move(branches));
}

PlanningResult planNetwork(const PlanCost &cost, bool measured, const PlannerOptions &options) {
  PlanningResult result;
  result.choices = unsplitChoices(cost);
  for (size_t i = 1; i < result.choices.size(); ++i)
    if (result.choices[i].us < result.choice().us)
      result.chosen = i;
  if (cost.planUnits().size() > 1)
    searchBranches(cost, options, result);
  const PlannedChoice &last = result.choices.back();
  double margin = measured ? 0.98 : 0.9;
  if (last.name == "branches" && (options.forceBranches || last.us < margin * result.choice().us))
    result.chosen = result.choices.size() - 1;
  for (PlannedChoice &choice : result.choices)
    nameSegments(choice.plan, cost.network());
  return result;
}

} // namespace snc
