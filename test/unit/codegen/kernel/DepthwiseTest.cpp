// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Depthwise convolutions at their edges: the ring of rows, and the copy of a block,
// where the window hangs out of the picture on some or all sides.

#include "Convolutions.h"

#include "ir/Layout.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
struct Edge {
  const char *name;
  int64_t height, width;
  Shape window, strides{1, 1}, dilations{1, 1}, pads{1, 1, 1, 1};
  int64_t channels = 16;
};

const Edge kEdges[] = {
    {"window 3", 12, 14, {3, 3}},
    {"window 3, stride 2", 12, 14, {3, 3}, {2, 2}},
    {"window 5", 9, 17, {5, 5}, {1, 1}, {1, 1}, {2, 2, 2, 2}},
    {"window 5, stride 2", 13, 21, {5, 5}, {2, 2}, {1, 1}, {2, 2, 2, 2}},
    {"window 7", 11, 13, {7, 7}, {1, 1}, {1, 1}, {3, 3, 3, 3}},
    {"window 7, stride 2", 14, 15, {7, 7}, {2, 2}, {1, 1}, {3, 3, 3, 3}},
    {"window 9", 11, 10, {9, 9}, {1, 1}, {1, 1}, {4, 4, 4, 4}},
    {"window 9, stride 2", 12, 19, {9, 9}, {2, 2}, {1, 1}, {4, 4, 4, 4}},
    {"no padding", 9, 9, {3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}},
    {"dilation 2", 10, 11, {3, 3}, {1, 1}, {2, 2}, {2, 2, 2, 2}},
    {"dilation 2, stride 2, window 5", 16, 15, {5, 5}, {2, 2}, {2, 2}, {4, 4, 4, 4}},
    {"stride 3 beyond the window", 13, 13, {2, 2}, {3, 3}, {1, 1}, {1, 0, 0, 1}},
    {"one column", 9, 1, {3, 3}},
    {"one column, window 7", 8, 1, {7, 7}, {1, 1}, {1, 1}, {3, 3, 3, 3}},
    {"one row", 1, 15, {3, 3}},
    {"one pixel", 1, 1, {5, 5}, {1, 1}, {1, 1}, {2, 2, 2, 2}},
    {"smaller than the window", 3, 2, {7, 7}, {1, 1}, {1, 1}, {3, 3, 3, 3}},
    {"smaller than the window, stride 2", 2, 3, {9, 9}, {2, 2}, {1, 1}, {4, 4, 4, 4}},
    {"more above and left", 8, 9, {3, 3}, {1, 1}, {1, 1}, {2, 2, 0, 0}},
    {"more below and right", 8, 9, {3, 3}, {1, 1}, {1, 1}, {0, 0, 2, 2}},
    {"below and right, stride 2", 12, 14, {3, 3}, {2, 2}, {1, 1}, {0, 0, 1, 1}},
    {"whole windows of padding", 5, 6, {3, 3}, {1, 1}, {1, 1}, {4, 5, 3, 4}},
    {"cropped", 12, 12, {3, 3}, {1, 1}, {1, 1}, {-1, 2, 1, -2}},
    {"flat window", 10, 12, {1, 5}, {1, 1}, {1, 1}, {0, 2, 0, 2}},
    {"high window", 10, 12, {5, 1}, {1, 1}, {1, 1}, {2, 0, 2, 0}},
    {"partial block", 10, 9, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 24},
    {"three blocks", 7, 8, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 40},
};

class Depthwise : public ::testing::TestWithParam<std::string> {
protected:
  static void run(KernelCase &c, const Edge &e, Attribute layout, int64_t lanes) {
    Geometry g{e.strides, e.dilations, e.pads, e.channels};
    Value x = c.argument({1, e.channels, e.height, e.width}, layout, c.builder.getF32Type(), -1, 1);
    Value w = c.argument({e.channels, 1, e.window[0], e.window[1]});
    c.check(conv(c, x, w, c.argument({e.channels}), g, lanes));
  }
};
} // namespace

TEST_P(Depthwise, RingOfRows) {
  int64_t i = 0;
  for (const Edge &e : kEdges)
    for (int64_t byRows : {0, 1}) {
      SCOPED_TRACE(e.name);
      int64_t strips = 1 + (i + byRows) % 3;
      KernelCase c(GetParam(), unsigned(i), strips);
      const int64_t pixels[] = {1, 4, 7, 14};
      c.schedule(
          "depthwise",
          {{"pixels", pixels[i++ % 4]}, {"strips", strips}, {"by_rows", byRows}, {"pad_block", 0}});
      run(c, e, c.layout(16), 16);
    }
}

TEST_P(Depthwise, CopyOfTheBlock) {
  int64_t i = 0;
  for (const Edge &e : kEdges) {
    if (++i % 2)
      continue;
    SCOPED_TRACE(e.name);
    KernelCase c(GetParam(), unsigned(i), 1 + i % 3);
    c.schedule("depthwise",
               {{"pixels", 5}, {"strips", 1 + i % 3}, {"by_rows", i / 2 % 2}, {"pad_block", 1}});
    run(c, e, c.layout(8), 8);
  }
}

/// Branches read and write rows of higher tensors; what lies between is not theirs.
TEST_P(Depthwise, WindowsOfRows) {
  for (int64_t byRows : {0, 1})
    for (int64_t stride : {1, 2}) {
      KernelCase c(GetParam(), 1, 2);
      c.schedule("depthwise", {{"pixels", 4}, {"strips", 2}, {"by_rows", byRows}});
      MLIRContext *context = c.builder.getContext();
      Geometry g{{stride, stride}, {1, 1}, {1, 1, 0, 1}, 40};
      Value x = c.argument({1, 40, 8, 9}, BlockedAttr::get(context, 16, 17), c.builder.getF32Type(),
                           -1, 1);
      Value w = c.argument({40, 1, 3, 3});
      Value y = conv(c, x, w, Value(), g, 16);
      y.setType(asWindow(cast<RankedTensorType>(y.getType()), 11));
      c.check(y);
    }
}

/// Beyond 121 taps there is no tile.
TEST_P(Depthwise, LargestWindows) {
  for (int64_t window : {11, 13}) {
    KernelCase c(GetParam(), 1, 2);
    int64_t pad = window / 2;
    run(c, {"", 9, 12, {window, window}, {1, 1}, {1, 1}, {pad, pad, pad, pad}}, c.layout(16), 16);
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Depthwise, everyTarget(), targetName);
