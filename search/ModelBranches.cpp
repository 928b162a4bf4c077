// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/ModelBranches.h"

#include "ir/NodeNames.h"
#include "ir/ShapeInference.h"
#include "search/ModelStages.h"
#include "search/SplitRules.h"

#include <set>

using namespace mlir;

namespace snc {

size_t operatorsBeforeJoin(const NetworkGraph &graph, int64_t node,
                           llvm::function_ref<int64_t(int64_t)> branchOf,
                           std::optional<int64_t> own) {
  ArrayRef<Operation *> ops = graph.nodes()[size_t(node)].ops;
  for (size_t i = 0; i < ops.size(); ++i) {
    std::set<int64_t> reads;
    for (Value operand : ops[i]->getOperands())
      if (int64_t from = graph.producer(operand); from >= 0 && from != node)
        if (int64_t branch = branchOf(from); branch >= 0)
          reads.insert(branch);
    if (!own && reads.size() < 2)
      own = reads.empty() ? -1 : *reads.begin();
    if (!own || llvm::any_of(reads, [&](int64_t branch) { return branch != *own; }))
      return i;
  }
  return ops.size();
}

bool joinsElementwise(const NetworkNode &node, size_t before) {
  auto shape = tensorType(node.ops.back()->getResult(0)).getShape();
  return llvm::all_of(ArrayRef(node.ops).drop_front(before), [&](Operation *op) {
    return isElementwise(op) && tensorType(op->getResult(0)).getShape() == shape;
  });
}

namespace {
class RegionFinder {
public:
  explicit RegionFinder(const NetworkGraph &graph) : graph(graph) {}

  std::vector<ModelRegion> run();

private:
  void visit(ArrayRef<int64_t> cuts, int64_t before);
  void addJoined(int64_t begin, int64_t join);
  void addOutputs(int64_t begin);
  ModelRegion regionOf(int64_t begin, int64_t join, const std::set<int64_t> &joined,
                       ArrayRef<int64_t> partOf);
  void add(ModelRegion region);

  const NetworkGraph &graph;
  std::vector<ModelRegion> regions;
};
} // namespace

/// [kernel..., strides..., dilations..., height, width] of what is wider than a pixel.
static std::vector<std::vector<int64_t>> windowsOf(const NetworkGraph &graph,
                                                   ArrayRef<int64_t> branch) {
  std::vector<std::vector<int64_t>> windows;
  for (int64_t node : branch) {
    Operation *op = graph.nodes()[size_t(node)].anchor;
    auto window = isa<ConvOp>(op) ? windowOf(op) : std::nullopt;
    if (!window || llvm::all_of(window->kernel, [](int64_t k) { return k == 1; }))
      continue;
    std::vector<int64_t> entry(window->kernel);
    llvm::append_range(entry, window->strides);
    llvm::append_range(entry, window->dilations);
    llvm::append_range(entry, tensorType(op->getOperand(0)).getShape().drop_front(2));
    windows.push_back(std::move(entry));
  }
  return windows;
}

void RegionFinder::add(ModelRegion region) {
  if (region.branches.size() < 2)
    return;
  auto windows = windowsOf(graph, region.branches.front());
  region.alike = !windows.empty() && llvm::all_of(region.branches, [&](const auto &branch) {
    return windowsOf(graph, branch) == windows;
  });
  region.stages = stagesOfBranches(graph, region.branches);
  regions.push_back(std::move(region));
}

/// Parts by number are branches where `joined`. Empty ones are left out.
ModelRegion RegionFinder::regionOf(int64_t begin, int64_t join, const std::set<int64_t> &joined,
                                   ArrayRef<int64_t> partOf) {
  ModelRegion region;
  region.begin = begin;
  region.end = join;
  std::map<int64_t, std::vector<int64_t>> byPart;
  for (auto [i, part] : llvm::enumerate(partOf))
    byPart[part].push_back(begin + int64_t(i));
  for (auto &[part, nodes] : byPart)
    (joined.count(part) ? region.branches : region.aside).push_back(std::move(nodes));
  return region;
}

static ModelRegion::Join joinOf(ArrayRef<Operation *> joining) {
  if (isa<ConcatOp>(joining.front()))
    return ModelRegion::concat;
  // What follows the last sum, such as an activation, is no join.
  bool sums = isa<AddOp>(joining.front()) && llvm::all_of(joining, [](Operation *op) {
                return isa<AddOp>(op) || op->getNumOperands() == 1;
              });
  return sums ? ModelRegion::add : ModelRegion::other;
}

/// The parts of [begin, join) that node `join` reads together.
void RegionFinder::addJoined(int64_t begin, int64_t join) {
  const NetworkNode &node = graph.nodes()[size_t(join)];
  std::vector<int64_t> partOf = graph.parts(begin, join);
  auto part = [&](int64_t from) { return from < begin ? -1 : partOf[size_t(from - begin)]; };
  size_t before = operatorsBeforeJoin(graph, join, part);
  if (before == node.ops.size())
    return;
  std::set<int64_t> joined;
  int64_t own = *std::max_element(partOf.begin(), partOf.end()) + 1; // if it is a new branch
  for (auto [i, op] : llvm::enumerate(node.ops))
    for (Value operand : op->getOperands())
      if (int64_t from = graph.producer(operand); from >= begin && from != join) {
        joined.insert(part(from));
        own = i < before ? part(from) : own;
      }
  bool splits = joinsElementwise(node, before);
  if (splits && before > 0) {
    joined.insert(own);
    partOf.push_back(own);
  }
  ModelRegion region = regionOf(begin, join, joined, partOf);
  region.end = join + splits;
  region.joinNode = join;
  ArrayRef<Operation *> joining = ArrayRef(node.ops).drop_front(before);
  region.join = joinOf(joining);
  region.joinName = displayName(joining.front()->getLoc());
  add(std::move(region));
}

/// Nothing joins the parts behind the last cut point.
void RegionFinder::addOutputs(int64_t begin) {
  std::vector<int64_t> partOf = graph.parts(begin, graph.size());
  ModelRegion region =
      regionOf(begin, graph.size(), std::set<int64_t>(partOf.begin(), partOf.end()), partOf);
  region.join = ModelRegion::outputs;
  add(std::move(region));
}

/// The intervals before each of `cuts`, the first of them behind node `before`.
void RegionFinder::visit(ArrayRef<int64_t> cuts, int64_t before) {
  for (int64_t cut : cuts) {
    if (cut - before > 1)
      addJoined(before + 1, cut);
    before = std::max(before, cut);
  }
}

static int64_t nodesOf(ArrayRef<ModelRegion> regions) {
  int64_t nodes = 0;
  for (const ModelRegion &region : regions)
    nodes += region.size();
  return nodes;
}

std::vector<ModelRegion> RegionFinder::run() {
  SmallVector<int64_t> cuts = graph.cutPoints();
  visit(cuts, -1);
  int64_t last = cuts.empty() ? -1 : cuts.back();
  if (last + 1 >= graph.size())
    return std::move(regions);
  // Several results part behind it. One may come out of a branch, as in training: on the
  // way to another one the branches still meet.
  std::vector<ModelRegion> known = std::move(regions), best;
  for (int64_t sink : graph.sinks()) {
    regions.clear();
    visit(ArrayRef(graph.cutPointsTo(sink)).drop_front(cuts.size()), last);
    if (nodesOf(regions) > nodesOf(best))
      best = std::move(regions);
  }
  regions.clear();
  if (best.empty()) {
    addOutputs(last + 1);
    best = std::move(regions);
  }
  llvm::append_range(known, best);
  return known;
}

ModelBranches modelBranchesOf(const NetworkGraph &graph) {
  ModelBranches found;
  found.regions = RegionFinder(graph).run();
  found.strategy = syncNasName(graph, found.regions);
  return found;
}

static std::string countText(const std::vector<ModelRegion> &regions) {
  auto [least, most] =
      std::minmax_element(regions.begin(), regions.end(), [](const auto &a, const auto &b) {
        return a.branches.size() < b.branches.size();
      });
  std::string text = std::to_string(least->branches.size());
  if (most->branches.size() > least->branches.size())
    text += " to " + std::to_string(most->branches.size());
  return text + " branches in " + std::to_string(regions.size()) +
         (regions.size() == 1 ? " interval" : " intervals");
}

std::string ModelBranches::text() const {
  constexpr size_t kNamed = 6;
  if (regions.empty())
    return "";
  std::string syncs;
  size_t joins = 0;
  for (const ModelRegion &region : regions) {
    if (region.join == ModelRegion::outputs || ++joins > kNamed)
      continue;
    static const char *const kinds[] = {"add", "concat", "join"};
    syncs += (syncs.empty() ? "; syncs: " : ", ") + std::string(kinds[region.join]) + " by " +
             region.joinName;
  }
  if (joins > kNamed)
    syncs += ", and " + std::to_string(joins - kNamed) + " more";
  return countText(regions) + syncs + (strategy.empty() ? "" : "; strategy " + strategy);
}

} // namespace snc
