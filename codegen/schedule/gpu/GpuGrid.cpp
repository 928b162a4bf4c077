// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/schedule/gpu/GpuGrid.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
constexpr size_t kGridDimensions = 3;

/// A loop of the same kind as `like`, for splits and fusions allow no other.
hl::VarOrRVar loopLike(const hl::VarOrRVar &like, const std::string &name) {
  return like.is_rvar ? hl::VarOrRVar(hl::RVar(name)) : hl::VarOrRVar(hl::Var(name));
}
} // namespace

void overBlocks(hl::Stage &stage, std::vector<hl::VarOrRVar> blocks) {
  while (blocks.size() > kGridDimensions) {
    hl::VarOrRVar outer = blocks.back();
    blocks.pop_back();
    hl::VarOrRVar inner = blocks.back();
    hl::VarOrRVar both = loopLike(inner.is_rvar ? inner : outer, inner.name() + "_" + outer.name());
    stage.fuse(inner, outer, both);
    blocks.back() = both;
  }
  for (const hl::VarOrRVar &block : blocks)
    stage.gpu_blocks(block);
}

hl::VarOrRVar spreadOverGrid(hl::Stage stage, std::vector<GridLoop> loops, int64_t threads,
                             hl::TailStrategy tail) {
  std::vector<hl::VarOrRVar> inside, blocks, once;
  int64_t left = threads;
  for (const GridLoop &loop : loops) {
    int64_t share = std::min(loop.extent, left);
    if (loop.extent == 1 && (&loop != &loops.front() || loops.size() > 1)) {
      once.push_back(loop.loop);
      continue;
    }
    bool fits = inside.size() < kGridDimensions && (share > 1 || inside.empty());
    if (!fits) {
      blocks.push_back(loop.loop);
    } else if (share == loop.extent) {
      inside.push_back(loop.loop);
    } else {
      hl::VarOrRVar block = loopLike(loop.loop, loop.loop.name() + "_block");
      stage.split(loop.loop, block, loop.loop, int(share), tail);
      inside.push_back(loop.loop);
      blocks.push_back(block);
    }
    if (fits)
      left /= share;
  }
  if (inside.empty()) {
    inside.push_back(once.front());
    once.erase(once.begin());
  }
  if (blocks.empty()) {
    hl::VarOrRVar block = loopLike(inside.back(), inside.back().name() + "_block");
    auto same = [&](const GridLoop &l) { return l.loop.name() == inside.back().name(); };
    int64_t extent = llvm::find_if(loops, same)->extent;
    stage.split(inside.back(), block, inside.back(), int(extent), tail);
    blocks.push_back(block);
  }
  std::vector<hl::VarOrRVar> order(inside);
  order.insert(order.end(), blocks.begin(), blocks.end());
  order.insert(order.end(), once.begin(), once.end());
  stage.reorder(order).never_partition_all(); // blocks at the rim run the same code
  for (const hl::VarOrRVar &thread : inside)
    stage.gpu_threads(thread);
  overBlocks(stage, blocks);
  return inside.front();
}

std::vector<GridLoop> loopsOf(const std::vector<hl::Var> &vars, RankedTensorType type) {
  std::vector<GridLoop> loops;
  for (auto [var, extent] : llvm::zip(vars, physicalExtents(type)))
    loops.push_back({var, extent});
  return loops;
}

} // namespace snc
