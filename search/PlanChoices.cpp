// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans that need no search, and names for the segments of any.

#include "search/Planner.h"
#include "search/Stages.h"
#include "search/StrategySpace.h"

using namespace mlir;

namespace snc {

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

/// The fastest unit of the CPU, if there is one, and the GPU.
static std::vector<PlannedChoice> aloneChoices(const PlanCost &cost) {
  std::vector<PlannedChoice> cpu, gpu;
  for (auto [u, unit] : llvm::enumerate(cost.planUnits())) {
    PlannedChoice choice{unit.name + " alone", wholePlan(cost, SegmentKind::single, int64_t(u)), 0};
    choice.us = cost.total(choice.plan);
    std::vector<PlannedChoice> &best = unit.device == Device::cpu ? cpu : gpu;
    if (best.empty() || choice.us < best.front().us)
      best = {std::move(choice)};
  }
  llvm::append_range(cpu, gpu);
  return cpu;
}

std::vector<PlannedChoice> unsplitChoices(const PlanCost &cost) {
  if (cost.gpu())
    return aloneChoices(cost);
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

std::optional<PlannedChoice> ownBranchesChoice(const PlanCost &cost,
                                               const PlannerOptions &options) {
  if (cost.planUnits().size() < 2)
    return std::nullopt;
  int64_t regions = 0;
  MenuOptions listing;
  listing.stop = options.stopped();
  listing.takes = [](const NetworkNode &) { return false; };
  listing.takesRegion = [&](const ModelRegion &region) {
    regions += region.alike;
    return region.alike;
  };
  SplitMenu menu(cost, listing);
  StrategySpace space(menu, regions, regions, Rollout::guided);
  PlannedChoice own{"own branches", space.planOf(space.optimum()), 0};
  own.us = cost.total(own.plan);
  return own.plan.syncs().empty() ? std::nullopt : std::optional(std::move(own));
}

/// The model's branches that `segment` runs on units, if it does.
static const ModelRegion *regionOf(const ModelBranches &model, const PlanSegment &segment) {
  for (const ModelRegion &region : model.regions)
    if (segment.kind == SegmentKind::paths && segment.end == region.end &&
        segment.begin >= region.begin)
      return &region;
  return nullptr;
}

static std::string stageName(llvm::ArrayRef<Stage> stages, const PlanSegment &segment) {
  for (const Stage &stage : stages)
    if (stage.begin == segment.begin && stage.end == segment.end && stage.kind != Stage::layer)
      return nameOf(stage.kind);
  return "";
}

/// "stages 1-4" of a network that SyncNAS has a name for; "branches" of others.
static std::string regionName(const ModelBranches &model, const ModelRegion &region) {
  if (model.strategy.empty())
    return "branches";
  int64_t first = 0;
  for (const ModelRegion &other : model.regions)
    first += other.begin < region.begin ? other.stages : 0;
  std::string name = std::to_string(first), last = std::to_string(first + region.stages - 1);
  return name == last ? "stage " + name : "stages " + name + "-" + last;
}

void nameSegments(BranchPlan &plan, const NetworkGraph &graph) {
  std::vector<Stage> stages = stagesOf(graph);
  ModelBranches model = modelBranchesOf(graph);
  plan.ownBranches = model.text();
  for (PlanSegment &segment : plan.segments) {
    segment.name = graph.nodes()[size_t(segment.begin)].name;
    if (segment.end - segment.begin > 1)
      segment.name += " .. " + graph.nodes()[size_t(segment.end - 1)].name;
    std::string prefix = stageName(stages, segment);
    if (const ModelRegion *region = regionOf(model, segment)) {
      segment.adds = region->join == ModelRegion::add && region->end > region->joinNode;
      if (segment.begin == region->begin)
        prefix = regionName(model, *region);
    }
    if (!prefix.empty())
      segment.name = prefix + ": " + segment.name;
  }
}

} // namespace snc
