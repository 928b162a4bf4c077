// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/Stages.h"

#include "ir/ShapeInference.h"

using namespace mlir;

namespace snc {

const char *nameOf(Stage::Kind kind) {
  static const char *const names[] = {"stem", "MBConv", "block", "layer", "head"};
  return names[kind];
}

static int64_t pixels(const NetworkNode &node) {
  auto type = tensorType(node.ops.back()->getResult(0));
  return type.getRank() == 4 ? type.getDimSize(2) * type.getDimSize(3) : 1;
}

static bool isPointwise(const NetworkNode &node) {
  auto conv = dyn_cast<ConvOp>(node.anchor);
  return conv && conv.isPointwise() && pixels(node) > 1;
}

static bool isDepthwise(const NetworkNode &node) {
  auto conv = dyn_cast<ConvOp>(node.anchor);
  return conv && conv.isDepthwise();
}

/// The end of the inverted residual that begins at `begin`; 0 where there is none.
static int64_t invertedResidualEnd(const NetworkGraph &graph, int64_t begin) {
  constexpr int64_t kLongest = 9; // with a squeeze-and-excitation gate
  ArrayRef<NetworkNode> nodes = graph.nodes();
  int64_t limit = std::min(graph.size(), begin + kLongest);
  bool starts = begin + 2 < limit && isPointwise(nodes[size_t(begin)]) &&
                isDepthwise(nodes[size_t(begin) + 1]) &&
                llvm::is_contained(nodes[size_t(begin) + 1].inputs, begin);
  if (!starts)
    return 0;
  for (int64_t i = begin + 2; i < limit; ++i) {
    const NetworkNode &node = nodes[size_t(i)];
    bool reads = llvm::any_of(node.inputs, [&](int64_t from) { return from > begin; });
    if (!reads || isDepthwise(node))
      return 0;
    if (isPointwise(node))
      return i + 1;
  }
  return 0;
}

static int64_t headOf(const NetworkGraph &graph) {
  int64_t head = graph.size();
  while (head > 0 && pixels(graph.nodes()[size_t(head) - 1]) <= 1)
    --head;
  return head;
}

std::vector<Stage> stagesOf(const NetworkGraph &graph) {
  std::vector<Stage> stages;
  SmallVector<int64_t> cuts = graph.cutPoints();
  int64_t head = headOf(graph);
  for (int64_t begin = 0; begin < head;) {
    if (int64_t end = invertedResidualEnd(graph, begin)) {
      stages.push_back({Stage::mbconv, begin, end});
      begin = end;
      continue;
    }
    auto next = llvm::lower_bound(cuts, begin);
    int64_t end = next == cuts.end() ? head : std::min(head, *next + 1);
    bool first = begin == 0 && isa<ConvOp>(graph.nodes().front().anchor);
    Stage::Kind single = first ? Stage::stem : Stage::layer;
    stages.push_back({end - begin > 1 ? Stage::block : single, begin, end});
    begin = end;
  }
  if (head < graph.size())
    stages.push_back({Stage::head, head, graph.size()});
  return stages;
}

} // namespace snc
