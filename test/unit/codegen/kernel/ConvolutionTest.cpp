// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of random shapes in every mix of layouts, on every target that runs
// here, with the schedules that the compiler chooses.

#include "Convolutions.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
Geometry randomGeometry(KernelCase &c, int64_t kernel) {
  Geometry g;
  g.strides = {c.pick(1, 2), c.pick(1, 2)};
  if (kernel > 1)
    g.dilations = {c.pickOf({1, 1, 2}), c.pickOf({1, 1, 2})};
  for (int64_t &p : g.pads)
    p = c.pick(0, kernel / 2);
  return g;
}

class Convolution : public ::testing::TestWithParam<std::string> {};
} // namespace

TEST_P(Convolution, Dense) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    int64_t kernel = c.pickOf({1, 1, 3, 5}), channels = c.pick(1, 40), outputs = c.pick(1, 70);
    Geometry g = randomGeometry(c, kernel);
    Value x =
        c.argument({c.pick(1, 2), channels, c.pick(9, 20), c.pick(9, 20)}, c.pickOf({0, 8, 16}));
    Value w = c.argument({outputs, channels, kernel, kernel});
    Value bias = c.pick(0, 1) ? c.argument({outputs}) : Value();
    c.check(conv(c, x, w, bias, g, c.pickOf({0, 8, 16, 16})));
  }
}

TEST_P(Convolution, Depthwise) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    int64_t kernel = c.pickOf({3, 3, 5}), channels = c.pick(1, 70), lanes = c.pickOf({0, 8, 16});
    Geometry g = randomGeometry(c, kernel);
    g.group = channels;
    Value x = c.argument({c.pick(1, 2), channels, c.pick(9, 30), c.pick(9, 30)}, lanes);
    Value w = c.argument({channels, 1, kernel, kernel});
    // Mostly the same layout, as a network has it.
    int64_t outLanes = c.pick(0, 3) ? lanes : c.pickOf({0, 8, 16});
    c.check(conv(c, x, w, c.argument({channels}), g, outLanes));
  }
}

/// What --tune may choose is right as well.
TEST_P(Convolution, WholeMenus) {
  for (unsigned place = 0; place < 8; ++place) {
    int64_t threads = 1 + place % 3;
    KernelCase dense(GetParam(), place, threads);
    dense.scheduleOfMenu(place);
    Geometry g;
    g.pads = {1, 1, 1, 1};
    Value x = dense.argument({1, 24, 9, 17}, 8);
    dense.check(
        conv(dense, x, dense.argument({60, 24, 3, 3}), dense.argument({60}), g, 8 + place % 2 * 8));
    KernelCase deep(GetParam(), place, threads); // panels beyond the first cache
    deep.scheduleOfMenu(place);
    x = deep.argument({1, 600, 5, 7}, 8);
    deep.check(conv(deep, x, deep.argument({56, 600, 1, 1}), deep.argument({56}), {}, 8));
    KernelCase depthwise(GetParam(), place, threads);
    depthwise.scheduleOfMenu(place);
    g.group = 24;
    x = depthwise.argument({1, 24, 9, 17}, 8);
    depthwise.check(conv(depthwise, x, depthwise.argument({24, 1, 3, 3}), Value(), g, 8));
    KernelCase product(GetParam(), place, threads);
    product.scheduleOfMenu(place);
    int64_t rows = product.pickOf({1, 3, 4, 13});
    product.check(product.op<GemmOp>(0, product.argument({rows, 30}), product.argument({30, 77}),
                                     Value(), llvm::APFloat(1.0f), llvm::APFloat(1.0f), false,
                                     false));
  }
}

TEST_P(Convolution, Grouped) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 2);
    int64_t group = c.pick(2, 3), in = c.pickOf({3, 8, 16}), out = c.pickOf({5, 8, 16, 32});
    Geometry g = randomGeometry(c, 3);
    g.group = group;
    Value x = c.argument({1, group * in, 11, 10}, c.pickOf({0, 8, 16}));
    Value w = c.argument({group * out, in, 3, 3});
    c.check(conv(c, x, w, c.argument({group * out}), g, c.pickOf({0, 8, 16})));
  }
}

TEST_P(Convolution, NegativePadsCropTheInput) {
  KernelCase c(GetParam(), 1);
  Geometry g;
  g.pads = {-1, 2, 1, -2};
  Value x = c.argument({1, 16, 12, 12}, 16);
  c.check(conv(c, x, c.argument({32, 16, 3, 3}), Value(), g, 16));
}

TEST_P(Convolution, WithEpilogue) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 2);
    int64_t outputs = c.pickOf({24, 32, 20}), lanes = c.pickOf({8, 16});
    Geometry g;
    Value x = c.argument({1, 24, 14, 14}, 8);
    Value sum = conv(c, x, c.argument({outputs, 24, 1, 1}), c.argument({outputs}), g, lanes);
    sum = c.op<AddOp>(lanes, sum, c.argument({1, outputs, 14, 14}, lanes));
    sum = c.op<HardSwishOp>(lanes, sum);
    sum = c.op<MulOp>(lanes, sum, c.argument({1, outputs, 1, 1}, c.pickOf({0, lanes})));
    if (seed % 2) // 1 / 2 of the padded lanes' zero is no zero
      sum = c.op<AddOp>(lanes, sum, c.constant(0.5f));
    if (seed % 3 == 0)
      sum = c.op<RelayoutOp>(0, sum.getType(), sum);
    c.check(sum);
  }
}

TEST_P(Convolution, PrefetchChangesNoNumber) {
  if (StringRef(GetParam()).contains('/'))
    GTEST_SKIP() << "a schedule of CPUs";
  // A last panel that is not full, tiles that overlap, one tile, one step; strips share panels.
  for (int64_t width : {1, 5, 7, 11})
    for (int64_t channels : {16, 24, 64})
      for (int64_t kernel : {1, 3}) {
        KernelCase c(GetParam(), unsigned(width), 1 + width % 3);
        Geometry g;
        if (kernel == 3)
          g.pads = {1, 1, 1, 1};
        Value x = c.argument({1, channels, 3, width}, 8);
        c.schedule("conv", {{"pixels", 4},
                            {"rows", 2},
                            {"strips", 1 + width % 3},
                            {"channels_outer", 1},
                            {"prefetch", 1}});
        c.check(conv(c, x, c.argument({76, channels, kernel, kernel}), c.argument({76}), g, 8));
      }
}

/// Sums over parts of the channels, planes taken as rows of pixels, and both; strips of
/// panels, of rows and of tiles; a last part that is shorter, tiles that overlap.
TEST_P(Convolution, PartialSumsAndFlatPlanes) {
  for (unsigned seed = 0; seed < 16; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    int64_t channels = c.pickOf({20, 40, 64}), kernel = seed < 12 ? 1 : 3;
    int64_t height = c.pickOf({1, 5, 7}), width = c.pickOf({1, 5, 7}), images = c.pick(1, 2);
    Geometry g;
    if (kernel == 3)
      g.pads = {1, 1, 1, 1};
    c.schedule("conv", {{"pixels", c.pick(2, 6)},
                        {"rows", 2},
                        {"strips", 1 + seed % 3},
                        {"channels_outer", 1},
                        {"by_rows", seed / 2 % 2},
                        {"prefetch", 1},
                        {"depth", seed % 4 == 3 ? 0 : 16},
                        {"flat", seed % 4 != 1}});
    Value x = c.argument({images, channels, height, width}, 8);
    if (seed % 5 == 0)
      x = c.op<MulOp>(8, x, c.argument({images, channels, 1, 1}, 8));
    Value sum = conv(c, x, c.argument({64, channels, kernel, kernel}), c.argument({64}), g, 8);
    if (seed % 2)
      sum = c.op<AddOp>(8, sum, c.argument({images, 64, height, width}, 8));
    c.check(c.op<ReluOp>(8, sum));
  }
}

TEST_P(Convolution, GateBeforePointwise) {
  for (unsigned seed = 0; seed < 3; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 2);
    Value x = c.argument({1, 32, 9, 9}, 16), gate = c.argument({1, 32, 1, 1}, seed % 2 ? 16 : 0);
    Value gated = c.op<MulOp>(16, x, gate);
    c.check(conv(c, gated, c.argument({48, 32, 1, 1}), c.argument({48}), {}, 16));
  }
}

TEST_P(Convolution, InvertedResidual) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 2);
    int64_t in = c.pickOf({16, 24}), lanes = in % 16 ? 8 : 16, wide = 6 * in, stride = 1 + seed % 2;
    Geometry dw;
    dw.strides = {stride, stride};
    dw.pads = {1, 1, 1, 1};
    dw.group = wide;
    Value x = c.argument({1, in, 14, 14}, lanes);
    Value e = conv(c, x, c.argument({wide, in, 1, 1}), c.argument({wide}), {}, 16);
    e = c.op<ClampOp>(16, e, llvm::APFloat(0.0f), llvm::APFloat(6.0f));
    Value d = conv(c, e, c.argument({wide, 1, 3, 3}), c.argument({wide}), dw, 16);
    d = c.op<ClampOp>(16, d, llvm::APFloat(0.0f), llvm::APFloat(6.0f));
    Value p = conv(c, d, c.argument({in, wide, 1, 1}), c.argument({in}), {}, lanes);
    c.check(stride == 1 ? c.op<AddOp>(lanes, p, x) : p);
  }
}

TEST_P(Convolution, Transposed) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 2);
    int64_t group = c.pick(1, 2), in = c.pickOf({4, 8, 16}), out = c.pickOf({3, 8});
    int64_t kernel = c.pick(2, 4), stride = c.pick(1, 3);
    Value x = c.argument({1, group * in, 6, 7}, c.pickOf({0, 8, 16}));
    Value w = c.argument({group * in, out, kernel, kernel}), bias = c.argument({group * out});
    Shape strides{stride, stride}, dilations{1, 1}, pads{0, 1, 1, 0}, extra{0, stride > 1};
    c.check(c.op<ConvTransposeOp>(c.pickOf({0, 8}), x, w, bias, strides, dilations, pads, extra,
                                  group));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Convolution, everyTarget(), targetName);
