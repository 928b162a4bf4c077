// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Planner.h"

#include "search/PlanBeam.h"
#include "search/StrategySpace.h"
#include "llvm/ADT/StringSwitch.h"

#include <limits>

using namespace mlir;

namespace snc {

// Of what the best unsplit way takes, branches must be predicted to take less than this:
// where latencies were measured, where they are a guess, and of a guess where all splits
// are sums, or some are the model's own branches.
constexpr double kMeasured = 0.98, kGuessed = 0.85, kGuessedSums = 0.997, kGuessedOwn = 1;
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

std::optional<SearchKind> searchKindOf(PlannerKind kind) {
  switch (kind) {
  case PlannerKind::mcts:
    return SearchKind::mcts;
  case PlannerKind::evolution:
    return SearchKind::evolution;
  case PlannerKind::random:
    return SearchKind::random;
  case PlannerKind::exhaustive:
    return SearchKind::exhaustive;
  case PlannerKind::dp:
    break;
  }
  return std::nullopt;
}

/// The best `branches` are the last choice.
static void offerBranches(PlannedChoice branches, PlanningResult &result) {
  if (result.choices.back().name != "branches")
    result.choices.push_back(std::move(branches));
  else if (branches.us < result.choices.back().us)
    result.choices.back() = std::move(branches);
}

/// With a GPU: the beam's plan, as `branches`, where it is better than what is there.
static void tryBeam(const PlanCost &cost, const SplitMenu &menu, const PlannerOptions &options,
                    PlanningResult &result) {
  BeamOptions beam;
  beam.stop = options.stopped();
  BeamResult found = searchBeam(cost, menu, beam);
  std::optional<BranchPlan> &plan = options.forceBranches ? found.split : found.best;
  if (!plan || plan->segments.size() < 2)
    plan = std::move(found.split);
  if (!plan)
    return;
  PlannedChoice branches{"branches", std::move(*plan), 0};
  branches.us = cost.total(branches.plan);
  result.optimumUs = branches.us;
  offerBranches(std::move(branches), result);
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
    result.search = runSearch(*searchKindOf(options.kind), space, evaluator, options.search);
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
  listing.stop = options.stopped();
  SplitMenu menu(cost, listing);
  bool free = options.anyNumber(); // the beam does not keep to a given one
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

/// No plan that the model's own branches are better than; unless the user says how many
/// splits there are, or of what kinds.
static void tryOwn(const PlannerOptions &options, const std::optional<PlannedChoice> &own,
                   PlanningResult &result) {
  if (own && options.anyNumber())
    offerBranches({"branches", own->plan, own->us}, result);
}

/// For the reader, whatever was chosen.
static void listOwn(const std::optional<PlannedChoice> &own, PlanningResult &result) {
  bool known = !own || llvm::any_of(result.choices, [&](const PlannedChoice &choice) {
    return choice.plan == own->plan;
  });
  if (!known)
    result.choices.push_back(*own);
}

/// Chooses the branches where they take less than `margin` of the best unsplit way.
static bool acceptBranches(PlanningResult &result, double margin) {
  const PlannedChoice &last = result.choices.back();
  if (last.name != "branches" || last.us > margin * result.choice().us)
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

/// A search that considers no splits but those of which the prediction is likely true though
/// nothing was measured; nullopt where `options` want others.
///
/// * Sums of convolutions over planes: kernels do the same work as on all threads, and what
///   is saved, half of a wide tensor that each unit would fetch, is a difference of bytes.
///   Not with units of several threads, within which fetches are not counted.
/// * The model's own branches, where they are alike, and one for each unit: the kernels are
///   whole ones on a unit each, and what is wrong about one branch is wrong about all.
static std::optional<PlannerOptions> searchOfTrusted(const PlanCost &cost,
                                                     const PlannerOptions &options) {
  bool several =
      llvm::any_of(cost.planUnits(), [](const PlanUnit &unit) { return unit.threads > 1; });
  bool sums = options.menu.wants(SegmentKind::add) && !several,
       own = options.menu.wants(SegmentKind::paths);
  if (!sums && !own)
    return std::nullopt;
  PlannerOptions trusted = options;
  trusted.menu.kinds = {SegmentKind::add};
  trusted.menu.takes = [sums](const NetworkNode &node) { return sums && isPlaneConv(node); };
  size_t units = cost.planUnits().size();
  trusted.menu.takesRegion = [own, units](const ModelRegion &region) {
    return own && region.alike && region.branches.size() == units;
  };
  trusted.search.store = nullptr; // its strategies are of the whole space
  return trusted;
}

/// What that search's plan must be better than.
static double trustedMargin(const PlanningResult &result) {
  bool own = llvm::any_of(result.choices.back().plan.segments, [](const PlanSegment &segment) {
    return segment.kind == SegmentKind::paths;
  });
  return own ? kGuessedOwn : kGuessedSums;
}

/// Chooses the best of the unsplit ways.
static PlanningResult planUnsplit(const PlanCost &cost) {
  PlanningResult result;
  result.choices = unsplitChoices(cost);
  for (size_t i = 1; i < result.choices.size(); ++i)
    if (result.choices[i].us < result.choice().us)
      result.chosen = i;
  return result;
}

static PlanningResult named(PlanningResult result, const NetworkGraph &graph) {
  for (PlannedChoice &choice : result.choices)
    nameSegments(choice.plan, graph);
  return result;
}

PlanningResult planNetwork(const PlanCost &cost, bool measured, const PlannerOptions &options) {
  PlanningResult result = planUnsplit(cost);
  std::optional<PlannedChoice> own =
      options.menu.wants(SegmentKind::paths) ? ownBranchesChoice(cost, options) : std::nullopt;
  if (options.ownBranches) {
    listOwn(own, result);
    result.chosen = own ? result.choices.size() - 1 : result.chosen;
    return named(std::move(result), cost.network());
  }
  if (cost.planUnits().size() > 1)
    searchBranches(cost, options, result);
  tryOwn(options, own, result);
  bool accepted = acceptBranches(result, options.forceBranches ? kAny
                                         : measured            ? kMeasured
                                                               : kGuessed);
  if (!accepted && cost.gpu() && result.choices.size() > 1)
    result.obstacle = obstacleOf(cost, options, result);
  bool again = !accepted && !measured && !cost.gpu() && cost.planUnits().size() > 1;
  if (auto narrow = again ? searchOfTrusted(cost, options) : std::nullopt) {
    PlanningResult trusted = planUnsplit(cost);
    searchBranches(cost, *narrow, trusted);
    if (acceptBranches(trusted, trustedMargin(trusted)))
      result = std::move(trusted);
  }
  listOwn(own, result);
  return named(std::move(result), cost.network());
}

} // namespace snc
