// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of a depthwise convolution with the one before it, the one behind it, or both:
// the first fills rows of a ring, so its tiles lie within a row.

#include "ir/Layout.h"
#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

namespace {
constexpr size_t kExpandTiles = 3;

TileProblem problemOf(ConvOp conv, const MenuContext &context) {
  auto out = conv.getType().getShape();
  auto weight = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  int64_t lanes = blockedLanes(conv.getType());
  return {out[3], out[2], int64_t(llvm::divideCeil(out[1], lanes)), context.vectorsOf(lanes),
          weight[1] * weight[2] * weight[3]};
}

/// Tiles of the first convolution, or of the operand's copy where there is none.
SmallVector<RegisterTile> expandTiles(ConvOp expand, const MenuContext &context) {
  if (!expand)
    return {{8, 1}};
  SmallVector<RegisterTile> tiles =
      registerTiles(problemOf(expand, context), context.target.registers);
  tiles.truncate(std::min(tiles.size(), kExpandTiles));
  return tiles;
}
} // namespace

Menu fusedMenu(KernelOp kernel, const MenuContext &context) {
  ConvOp expand, depthwise, project;
  for (ConvOp conv : kernel.getBody().front().getOps<ConvOp>())
    (conv.isDepthwise() ? depthwise : depthwise ? project : expand) = conv;
  if (!depthwise || (!expand && !project))
    return {};
  auto out = depthwise.getType().getShape();
  auto taps = cast<RankedTensorType>(depthwise.getWeight().getType()).getShape();
  int64_t vectors = context.vectorsOf(blockedLanes(depthwise.getType()));
  int64_t pixels = depthwisePixels(out[3], unrolledTaps(taps[2], taps[3]), vectors, context.target);
  RegisterTile last;
  if (project)
    last = registerTiles(problemOf(project, context), context.target.registers).front();
  bool byRows = project || context.byRows(depthwise);
  Menu menu;
  for (RegisterTile tile : expandTiles(expand, context)) {
    SmallVector<std::pair<StringRef, int64_t>> params{{"expand_pixels", tile.pixels},
                                                      {"expand_rows", tile.rows},
                                                      {"dw_pixels", pixels},
                                                      {"strips", context.threads},
                                                      {"channels_outer", !byRows}};
    if (project) {
      params.push_back({"pixels", last.pixels});
      params.push_back({"rows", last.rows});
    }
    menu.push_back(context.make("fused", params));
  }
  return menu;
}

} // namespace snc
