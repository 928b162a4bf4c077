// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Planner.h"

#include "search/PlanBeam.h"
#include "search/Stages.h"
#include "search/StrategySpace.h"
#include "llvm/ADT/StringSwitch.h"

#include <limits>

using namespace mlir;

namespace snc {

// Of what the best unsplit way takes, branches must be predicted to take less than this:
// where latencies were measured, where they are a guess, and where all splits are sums.
constexpr double kMeasured = 0.98, kGuessed = 0.85, kGuessedSums = 0.997;
constexpr double kAny = std::numeric_limits<double>::infinity();

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

/// With a GPU: the beam's plan, as `branches`, where it is better than what is there.
static void tryBeam(const PlanCost &cost, const SplitMenu &menu, const PlannerOptions &options,
                    PlanningResult &result) {
  BeamOptions beam;
  beam.stop = [&] { return options.search.stop && options.search.stop->load(); };
  BeamResult found = searchBeam(cost, menu, beam);
  std::optional<BranchPlan> &plan = options.forceBranches ? found.split : found.best;
  if (!plan || plan->segments.size() < 2)
    plan = std::move(found.split);
  if (!plan)
    return;
  PlannedChoice branches{"branches", std::move(*plan), 0};
  branches.us = cost.total(branches.plan);
  result.optimumUs = branches.us;
  bool known = result.choices.back().name == "branches";
  if (!known)
    result.choices.push_back(std::move(branches));
  else if (branches.us < result.choices.back().us)
    result.choices.back() = std::move(branches);
}

/// The best split plan of the tree, as `branches`, if there is a split at all.
static void searchTree(const PlanCost &cost, const SplitMenu &menu, const PlannerOptions &options,
                       PlanningResult &result) {
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

static void searchBranches(const PlanCost &cost, const PlannerOptions &options,
                           PlanningResult &result) {
  MenuOptions listing = options.menu;
  listing.stop = [&] { return options.search.stop && options.search.stop->load(); };
  SplitMenu menu(cost, listing);
  // The number of splits is the tree's to keep.
  bool free = options.leastSplits == 0 && options.mostSplits >= 64;
  if (!cost.gpu() || !free || options.kind != PlannerKind::dp)
    searchTree(cost, menu, options, result);
  if (cost.gpu() && free)
    tryBeam(cost, menu, options, result);
}

/// What to blame where branches do not pay: what would help most.
static std::string obstacleOf(const PlanCost &cost, const PlannerOptions &options,
                              const PlanningResult &result) {
  auto with = [&](auto change) {
    DeviceDescription device = cost.costs().device();
    change(device.gpu);
    CostModel model(device, cost.lanes());
    PlanCost cheaper(cost.network(), model, cost.planUnits().vec(), cost.lanes());
    PlannerOptions quick = options;
    quick.kind = PlannerKind::dp;
    PlanningResult other;
    other.choices = unsplitChoices(cheaper);
    searchBranches(cheaper, quick, other);
    return other.choices.back().name == "branches" ? other.choices.back().us
                                                   : std::numeric_limits<double>::infinity();
  };
  double best = kMeasured * result.choice().us;
  double freeSync = with([](GpuDescription &gpu) { gpu.syncUs = 0; });
  double freeCopies = with([](GpuDescription &gpu) {
    gpu.uploadUs = gpu.downloadUs = 0;
    gpu.uploadGBs = gpu.downloadGBs = 1e9;
  });
  auto text = [](const char *what, double us) {
    return "with free " + std::string(what) + " branches would take " +
           std::to_string(int64_t(us + 0.5)) + " us";
  };
  if (std::min(freeSync, freeCopies) < best)
    return freeSync < freeCopies ? text("syncs", freeSync) : text("copies", freeCopies);
  const PlannedChoice &cpu = result.choices[0], &gpu = result.choices[1];
  const PlannedChoice &slow = gpu.us > cpu.us ? gpu : cpu;
  return slow.name + " is too slow to help, with free syncs or copies too";
}

/// Chooses the branches where they take less than `margin` of the best unsplit way.
static bool acceptBranches(PlanningResult &result, double margin) {
  const PlannedChoice &last = result.choices.back();
  if (last.name != "branches" || last.us >= margin * result.choice().us)
    return false;
  result.chosen = result.choices.size() - 1;
  return true;
}

/// A convolution with more than one output pixel.
static bool isPlaneConv(const NetworkNode &node) {
  auto conv = dyn_cast_or_null<ConvOp>(node.anchor);
  auto out = conv ? conv.getType().getShape() : llvm::ArrayRef<int64_t>();
  return out.size() == 4 && out[2] * out[3] > 1;
}

/// A search that considers no splits but sums of convolutions over planes. What is
/// predicted of those is likely true though nothing was measured: kernels do the same work
/// as on all threads, and what is saved, half of a wide tensor that each unit would
/// fetch, is a difference of bytes. nullopt where `options` want other splits, and with
/// units of several threads, within which fetches are not counted.
static std::optional<PlannerOptions> searchOfSums(const PlanCost &cost,
                                                  const PlannerOptions &options) {
  const std::vector<SegmentKind> &kinds = options.menu.kinds;
  if ((!kinds.empty() && !llvm::is_contained(kinds, SegmentKind::add)) ||
      llvm::any_of(cost.planUnits(), [](const PlanUnit &unit) { return unit.threads > 1; }))
    return std::nullopt;
  PlannerOptions sums = options;
  sums.menu.kinds = {SegmentKind::add};
  sums.menu.takes = isPlaneConv;
  sums.search.store = nullptr; // its strategies are of the whole space
  return sums;
}

PlanningResult planNetwork(const PlanCost &cost, bool measured, const PlannerOptions &options) {
  PlanningResult result;
  result.choices = unsplitChoices(cost);
  for (size_t i = 1; i < result.choices.size(); ++i)
    if (result.choices[i].us < result.choice().us)
      result.chosen = i;
  PlanningResult sums = result;
  if (cost.planUnits().size() > 1)
    searchBranches(cost, options, result);
  bool accepted = acceptBranches(result, options.forceBranches ? kAny
                                         : measured            ? kMeasured
                                                               : kGuessed);
  if (!accepted && cost.gpu() && result.choices.size() > 1)
    result.obstacle = obstacleOf(cost, options, result);
  bool again = !accepted && !measured && !cost.gpu() && cost.planUnits().size() > 1;
  if (auto narrow = again ? searchOfSums(cost, options) : std::nullopt) {
    searchBranches(cost, *narrow, sums);
    if (acceptBranches(sums, kGuessedSums))
      result = std::move(sums);
  }
  for (PlannedChoice &choice : result.choices)
    nameSegments(choice.plan, cost.network());
  return result;
}

} // namespace snc
