// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Latencies without measurements, against what was measured on the machine that their
// constants are of.

#include "search/CostModel.h"

#include "gtest/gtest.h"

using namespace snc;

namespace {

KernelShape depthwise(int64_t channels, int64_t side) {
  auto shape = shapeOfSignature(("conv 1x" + std::to_string(channels) + "x" + std::to_string(side) +
                                 "x" + std::to_string(side) + " -> 1x" + std::to_string(channels) +
                                 "x" + std::to_string(side) + "x" + std::to_string(side) +
                                 " k3x3 s1x1 d1x1 g" + std::to_string(channels))
                                    .c_str());
  EXPECT_TRUE(shape);
  return *shape;
}

/// Beyond half of one thread's time and the start of the other thread.
double lossOfTwoThreads(const KernelShape &shape) {
  CostModel model(DeviceDescription(), 16);
  const DeviceDescription &d = model.device();
  double one = model.rooflineUs(shape, 1) - d.kernelOverheadUs;
  return model.rooflineUs(shape, 2) - one / 2 - d.kernelOverheadUs - d.forkUs;
}

// 14 rows are cut in two, each plane of channels in its middle: 12.8 us were measured,
// where strips of channels took 7.7.
TEST(CostModel, StripsOfRowsFetchFromEachOther) {
  EXPECT_NEAR(lossOfTwoThreads(depthwise(384, 14)), 5.1, 0.5);
}

// 7 rows are not: strips are whole planes.
TEST(CostModel, StripsOfChannelsDoNot) {
  EXPECT_NEAR(lossOfTwoThreads(depthwise(480, 7)), 0, 1e-9);
}

TEST(GpuCostModel, HalvesAreHalfTheTraffic) {
  DeviceDescription d;
  KernelShape relu;
  relu.op = "relu";
  relu.in = relu.out = {1, 64, 112, 112};
  double full = 8.0 * 64 * 112 * 112 / 25e3; // read and written at 25 GB/s
  EXPECT_NEAR(CostModel(d, 16).gpuKernelUs(relu, Device::opencl), d.gpu.launchUs + full, 1e-6);
  d.gpu.half = true;
  CostModel half(d, 16);
  EXPECT_NEAR(half.gpuKernelUs(relu, Device::opencl), d.gpu.launchUs + full / 2, 1e-6);
  EXPECT_EQ(half.kernelUs(relu, 1), half.rooflineUs(relu, 1));
  // What was measured with f32 corrects, what was measured with halves is taken.
  d.latenciesUs[latencyKey("relu 1x64x112x112 -> 1x64x112x112", "opencl")] =
      2 * (d.gpu.launchUs + full);
  EXPECT_NEAR(CostModel(d, 16).gpuKernelUs(relu, Device::opencl), 2 * d.gpu.launchUs + full, 1e-6);
  d.latenciesUs[latencyKey("relu 1x64x112x112 -> 1x64x112x112 fp16", "opencl")] = 7;
  EXPECT_EQ(CostModel(d, 16).gpuKernelUs(relu, Device::opencl), 7);
}

} // namespace
