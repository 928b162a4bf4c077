// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions on a GPU whose operands pass through shared memory: tiles that overlap at
// the rim, windows that leave the picture, blocks of both widths, several images.

#include "Convolutions.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
std::string device() { return runnableTargets().front().str() + "/opencl"; }

/// Threads along x and y, and a thread's pixels and blocks.
void stage(KernelCase &c, int64_t across, int64_t down, int64_t pixels, int64_t rows) {
  c.schedule("gpu_conv", {{"stage", 1},
                          {"across", across},
                          {"down", down},
                          {"pixels", pixels},
                          {"rows", rows},
                          {"flat", down == 1}});
}
} // namespace

TEST(GpuStaged, Pointwise) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    KernelCase c(device(), seed);
    int64_t lanes = c.pickOf({8, 16}), in = c.pickOf({8, 16}), rows = c.pickOf({1, 2, 4});
    int64_t channels = c.pickOf({16, 24, 40, 100}), blocks = rows * c.pick(1, 2);
    stage(c, c.pickOf({2, 4, 8}), 1, c.pickOf({1, 3, 4, 8}), rows);
    Value x = c.argument({c.pick(1, 2), channels, 9, 15}, in);
    Value w = c.argument({blocks * lanes - c.pick(0, 1), channels, 1, 1});
    c.check(conv(c, x, w, Value(), {}, lanes));
  }
}

TEST(GpuStaged, Windows) {
  for (unsigned seed = 0; seed < 16; ++seed) {
    KernelCase c(device(), seed);
    int64_t lanes = c.pickOf({8, 16}), in = c.pickOf({8, 16}), rows = c.pickOf({1, 2});
    int64_t kernel = c.pickOf({1, 3, 3, 5}), channels = c.pickOf({16, 24, 40});
    Geometry g;
    g.strides = {c.pick(1, 2), c.pick(1, 2)};
    if (kernel > 1)
      g.dilations = {c.pick(1, 2), c.pick(1, 2)};
    for (int64_t &p : g.pads)
      p = c.pick(0, kernel / 2);
    stage(c, c.pickOf({2, 4}), c.pickOf({2, 3}), c.pickOf({1, 2}), rows);
    Value x = c.argument({c.pick(1, 2), channels, 25, 29}, in);
    Value w = c.argument({rows * lanes * 2, channels, kernel, kernel});
    c.check(conv(c, x, w, c.argument({rows * lanes * 2}), g, lanes));
  }
}

/// What is computed in front is computed once for the block, what follows by each thread.
TEST(GpuStaged, OperatorsAround) {
  for (int64_t kernel : {1, 3}) {
    KernelCase c(device(), unsigned(kernel));
    stage(c, 4, kernel == 1 ? 1 : 2, 2, 2);
    Geometry g;
    g.pads = {kernel / 2, kernel / 2, kernel / 2, kernel / 2};
    Value x = c.argument({1, 40, 11, 13}, 8);
    x = c.op<MulOp>(8, x, c.argument({1, 40, 1, 1}, 8));
    Value y = conv(c, x, c.argument({60, 40, kernel, kernel}), c.argument({60}), g, 16);
    y = c.op<AddOp>(16, y, c.argument({1, 60, 11, 13}, 16));
    c.check(c.op<HardSwishOp>(16, y));
  }
}
