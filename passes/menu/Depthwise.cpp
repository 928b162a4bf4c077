// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Depthwise convolutions: how many pixels at once, and how the border is read.

#include "ir/Layout.h"
#include "passes/menu/Menus.h"

using namespace mlir;

namespace snc {

namespace {
/// One expression has pixels * taps products (of a large window only a row's, the rows are a loop);
/// beyond this many it only gets longer.
constexpr int64_t kMostProducts = 400;
} // namespace

int64_t unrolledTaps(int64_t height, int64_t width) {
  return height * width <= 25 ? height * width : width;
}

// A whole row of at most 14 pixels where that leaves six registers; else the widest tile
// of at most eight, and of these one that divides the row.
int64_t depthwisePixels(int64_t width, int64_t taps, int64_t vectors, const Target &target) {
  int64_t most =
      std::max<int64_t>(1, std::min((target.registers - 6) / vectors, kMostProducts / taps));
  if (width <= std::min(most, int64_t(14)))
    return width;
  int64_t pixels = std::min({width, most, int64_t(8)});
  for (int64_t p = pixels; p >= std::max<int64_t>(2, pixels / 2); --p)
    if (width % p == 0)
      return p;
  return pixels;
}

Menu depthwiseMenu(ConvOp conv, const MenuContext &context) {
  int64_t lanes = blockedLanes(conv.getType());
  if (!lanes || !conv.isDepthwise() || blockedLanes(conv.getInput().getType()) != lanes)
    return {};
  auto out = conv.getType().getShape(),
       weight = cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  int64_t taps = unrolledTaps(weight[2], weight[3]);
  int64_t vectors = context.vectorsOf(lanes), threads = context.threads;
  int64_t usual = depthwisePixels(out[3], taps, vectors, context.target);
  bool byRows = context.byRows(conv);
  bool pads = llvm::any_of(conv.getPads(), [](int64_t pad) { return pad > 0; });
  Menu menu;
  auto add = [&](int64_t pixels, bool rows, bool padded) {
    ScheduleAttr schedule = context.make(
        "depthwise",
        {{"pixels", pixels}, {"strips", threads}, {"by_rows", rows}, {"pad_block", padded}});
    bool fits = pixels >= 1 && pixels <= out[3] && pixels * taps <= kMostProducts &&
                (pixels + 2) * vectors <= context.target.registers;
    if ((menu.empty() || fits) && !llvm::is_contained(menu, schedule))
      menu.push_back(schedule);
  };
  add(usual, byRows, false);
  if (threads > 1)
    add(usual, !byRows, false);
  // A ring of rows costs less than a copy of the whole block, as a rule.
  if (pads)
    add(usual, byRows, true);
  for (int64_t pixels : {int64_t(14), int64_t(7), int64_t(8), int64_t(4), usual / 2}) {
    if (menu.size() >= 6)
      break;
    add(pixels, byRows, false);
  }
  return menu;
}

} // namespace snc
