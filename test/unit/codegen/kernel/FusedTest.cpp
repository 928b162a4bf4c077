// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Depthwise convolutions in one kernel with the convolution before them, the one behind
// them, or both, of random geometry, with every schedule of their menus.

#include "KernelCase.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
class Fused : public ::testing::TestWithParam<std::string> {};

Value conv(KernelCase &c, Value x, Shape weight, Shape strides, Shape dilations, Shape pads,
           int64_t group, int64_t lanes) {
  Value w = c.argument(weight), bias = c.argument({weight[0]});
  return c.op<ConvOp>(lanes, x, w, bias, strides, dilations, pads, group);
}

Value pointwise(KernelCase &c, Value x, int64_t in, int64_t out, int64_t lanes) {
  return conv(c, x, {out, in, 1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1, lanes);
}

Value clamp(KernelCase &c, Value x, int64_t lanes) {
  return c.op<ClampOp>(lanes, x, llvm::APFloat(0.0f), llvm::APFloat(2.0f));
}

/// Any window, from one row to more than the picture has; pads of each side alone.
Value depthwise(KernelCase &c, Value x, int64_t channels, int64_t lanes) {
  int64_t h = c.pickOf({1, 3, 5, 7}), w = c.pickOf({3, 5});
  int64_t dilation = h < 5 ? c.pickOf({1, 1, 2}) : 1;
  Shape pads{c.pick(0, h / 2), c.pick(0, w / 2), c.pick(h / 2, h - 1), c.pick(w / 2, w - 1)};
  if (dilation == 2)
    pads = {h / 2 * 2, w / 2 * 2, h / 2 * 2, w / 2 * 2};
  Shape strides{c.pick(1, 2), c.pick(1, 2)};
  return conv(c, x, {channels, 1, h, w}, strides, {dilation, dilation}, pads, channels, lanes);
}
} // namespace

TEST_P(Fused, ExpandAndDepthwise) {
  for (unsigned seed = 0; seed < 16; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    int64_t in = c.pickOf({8, 16, 24}), wide = c.pickOf({16, 24, 40, 72});
    Value x = c.argument({1, in, c.pick(6, 17), c.pick(6, 30)}, 16);
    Value e = clamp(c, pointwise(c, x, in, wide, 16), 16);
    c.scheduleOfMenu(seed / 3);
    c.check(clamp(c, depthwise(c, e, wide, 16), 16));
  }
}

TEST_P(Fused, StemAndDepthwise) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    Value x = c.argument({1, 3, c.pick(20, 35), c.pick(20, 35)}, 0);
    Value e = conv(c, x, {32, 3, 3, 3}, {2, 2}, {1, 1}, {1, 1, 1, 1}, 1, 16);
    e = c.op<ReluOp>(16, e);
    c.scheduleOfMenu(seed / 3);
    c.check(depthwise(c, e, 32, 16));
  }
}

TEST_P(Fused, DepthwiseAndProject) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    Value x = c.argument({1, 40, c.pick(6, 17), c.pick(6, 30)}, 16);
    Value d = c.op<ReluOp>(16, depthwise(c, x, 40, 16));
    c.scheduleOfMenu(seed / 3);
    c.check(pointwise(c, d, 40, 24, 16));
  }
}

TEST_P(Fused, InvertedResidual) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    Value x = c.argument({1, 24, c.pick(6, 17), c.pick(6, 30)}, 16);
    Value e = clamp(c, pointwise(c, x, 24, 72, 16), 16);
    Value d = clamp(c, depthwise(c, e, 72, 16), 16);
    c.scheduleOfMenu(seed / 3);
    c.check(pointwise(c, d, 72, 24, 16));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Fused, ::testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (StringRef name : runnableTargets())
                             names.push_back(name.str());
                           return names;
                         }()),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });
