// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stage of SyncNAS (section 3) is a run of blocks, each an optional pointwise expansion,
// depthwise convolutions and a pointwise projection, all to one number of channels;
// only the first may have a stride.

#include "search/ModelStages.h"

#include "ir/ShapeInference.h"
#include "search/StrategyName.h"

using namespace mlir;

namespace snc {

static ArrayRef<int64_t> plane(Value value) { return tensorType(value).getShape().drop_front(2); }

/// A pointwise convolution, also in groups.
static bool isProjection(ConvOp conv) {
  return !conv.isDepthwise() && llvm::all_of(tensorType(conv.getWeight()).getShape().drop_front(2),
                                             [](int64_t k) { return k == 1; });
}

static int64_t stagesOfBranch(const NetworkGraph &graph, ArrayRef<int64_t> branch) {
  int64_t stages = 0, channels = 0;
  bool strides = false;
  ConvOp depthwise; // of the block that is not projected yet
  for (int64_t node : branch) {
    auto conv = dyn_cast<ConvOp>(graph.nodes()[size_t(node)].anchor);
    if (!conv)
      continue;
    if (conv.isDepthwise()) {
      depthwise = conv;
      strides = llvm::any_of(conv.getStrides(), [](int64_t s) { return s != 1; });
    } else if (depthwise && isProjection(conv) &&
               plane(conv.getInput()) == plane(depthwise.getResult())) { // not of a gate
      int64_t out = conv.getType().getDimSize(1);
      stages += strides || out != channels;
      channels = out;
      depthwise = ConvOp();
    }
  }
  return stages;
}

int64_t stagesOfBranches(const NetworkGraph &graph, ArrayRef<std::vector<int64_t>> branches) {
  int64_t stages = stagesOfBranch(graph, branches.front());
  bool same = llvm::all_of(branches, [&](const std::vector<int64_t> &branch) {
    return stagesOfBranch(graph, branch) == stages;
  });
  return same ? stages : 0;
}

/// Depthwise convolutions that no region has.
static bool hasOtherBlocks(const NetworkGraph &graph, ArrayRef<ModelRegion> regions) {
  for (int64_t i = 0; i < graph.size(); ++i) {
    auto conv = dyn_cast<ConvOp>(graph.nodes()[size_t(i)].anchor);
    bool inside = llvm::any_of(
        regions, [&](const ModelRegion &region) { return region.begin <= i && i < region.end; });
    if (conv && conv.isDepthwise() && !inside)
      return true;
  }
  return false;
}

std::string syncNasName(const NetworkGraph &graph, ArrayRef<ModelRegion> regions) {
  if (regions.empty() || hasOtherBlocks(graph, regions))
    return "";
  std::string kinds;
  SmallVector<int64_t> places;
  int64_t stages = 0;
  for (const auto &[i, region] : llvm::enumerate(regions)) {
    bool joins = region.join == ModelRegion::add || region.join == ModelRegion::concat;
    bool follows = i == 0 || region.begin == regions[i - 1].joinNode + 1;
    if (!joins || !follows || !region.stages ||
        region.branches.size() != regions.front().branches.size())
      return "";
    stages += region.stages;
    places.push_back(stages - 1);
    kinds += region.join == ModelRegion::add ? 'a' : 'c';
  }
  return strategyName(places, kinds);
}

} // namespace snc
