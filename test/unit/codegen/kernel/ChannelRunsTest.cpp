// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Channels copied between blocks of any two widths, from any channel to any other.

#include "KernelCase.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
class ChannelRuns : public ::testing::TestWithParam<std::string> {};
} // namespace

TEST_P(ChannelRuns, Concat) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    int64_t images = c.pick(1, 2), height = c.pick(1, 20), width = c.pick(1, 20);
    SmallVector<Value> parts;
    for (int64_t i = c.pick(1, 4); i > 0; --i)
      parts.push_back(c.argument({images, c.pick(1, 70), height, width}, c.pickOf({8, 16})));
    c.check(c.op<ConcatOp>(c.pickOf({8, 16}), ValueRange(parts), 1));
  }
}

TEST_P(ChannelRuns, Slice) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    KernelCase c(GetParam(), seed, 1 + seed % 3);
    Shape shape{c.pick(1, 2), c.pick(2, 90), c.pick(1, 20), c.pick(1, 20)};
    int64_t first = c.pick(0, shape[1] - 1);
    Shape starts{0, first, 0, 0}, sizes = shape, steps{1, 1, 1, 1};
    sizes[1] = c.pick(1, shape[1] - first);
    Value slice = c.op<SliceOp>(0, c.argument(shape, c.pickOf({8, 16})), starts, sizes, steps);
    auto type = cast<RankedTensorType>(slice.getType());
    int64_t lanes = c.pickOf({8, 16});
    auto blocked = RankedTensorType::get(type.getShape(), type.getElementType(), c.layout(lanes));
    c.check(c.op<RelayoutOp>(lanes, blocked, slice));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, ChannelRuns, ::testing::ValuesIn([] {
                           auto names = runnableTargets();
                           return std::vector<std::string>(names.begin(), names.end());
                         }()));
