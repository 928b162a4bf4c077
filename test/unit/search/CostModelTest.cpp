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

} // namespace
