// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels without a family, cut into strips of rows and of channels. Results are
// large enough (8192 elements) to be cut.

#include "Convolutions.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
using Build = std::function<Value(KernelCase &, Value, int64_t)>;

class Strips : public ::testing::TestWithParam<std::string> {
protected:
  /// Plain and blocked, by rows and by channels; of 7 rows the last of three strips has one.
  static void everyWay(const Build &build) {
    const std::pair<Shape, int64_t> cases[] = {
        {{1, 40, 20, 24}, 2}, {{2, 88, 7, 15}, 3}, {{1, 72, 1, 144}, 3}};
    for (int64_t lanes : {0, 16})
      for (int64_t byRows : {0, 1})
        for (const auto &[shape, strips] : cases) {
          KernelCase c(GetParam(), unsigned(strips), strips);
          c.schedule("generic", {{"strips", strips}, {"by_rows", byRows}});
          c.check(build(c, c.argument(shape, lanes), lanes));
        }
  }
};
} // namespace

TEST_P(Strips, Unary) {
  everyWay([](KernelCase &c, Value x, int64_t lanes) { return c.op<ReluOp>(lanes, x); });
}

TEST_P(Strips, Binary) {
  everyWay([](KernelCase &c, Value x, int64_t lanes) {
    auto shape = cast<RankedTensorType>(x.getType()).getShape();
    return c.op<AddOp>(lanes, x, c.argument(Shape(shape), lanes));
  });
}

TEST_P(Strips, MaxPool) {
  everyWay([](KernelCase &c, Value x, int64_t lanes) {
    Shape kernel{3, 3}, strides{1, 1}, dilations{1, 1}, pads{1, 1, 1, 1};
    return c.op<MaxPoolOp>(lanes, x, kernel, strides, dilations, pads, false);
  });
}

TEST_P(Strips, ChangeOfLayout) {
  everyWay([](KernelCase &c, Value x, int64_t lanes) {
    return c.op<RelayoutOp>(lanes ? 0 : 16, x.getType(), x);
  });
}

/// Two loops that write one result, which strips leave alone.
TEST_P(Strips, Concat) {
  everyWay([](KernelCase &c, Value x, int64_t lanes) {
    auto shape = cast<RankedTensorType>(x.getType()).getShape();
    Value both[] = {x, c.argument(Shape(shape), lanes)};
    return c.op<ConcatOp>(lanes, ValueRange(both), int64_t(1));
  });
}

INSTANTIATE_TEST_SUITE_P(Targets, Strips, everyTarget(), targetName);
