// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows that a block of threads shares, on OpenCL: softmax, instance norms, reductions. Rows
// next to each other and one after the other, lengths that threads do not divide, fewer
// elements than threads.

#include "KernelCase.h"

#include "ir/Layout.h"
#include "ir/Target.h"

#include <functional>
#include <gtest/gtest.h>

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
using Build = std::function<Value(KernelCase &, Value)>;

/// As the menu has it, and with a number of threads that divides nothing.
void check(const Shape &shape, int64_t lanes, const Build &build) {
  for (int64_t threads : {0, 100}) {
    SCOPED_TRACE(threads);
    KernelCase c(runnableTargets().front().str() + "/opencl", 5);
    if (threads)
      c.schedule("gpu_rows", {{"threads", threads}});
    c.check(build(c, c.argument(shape, lanes)));
  }
}

Build softmax(int64_t axis) {
  return [=](KernelCase &c, Value x) { return c.op<SoftmaxOp>(0, x, axis); };
}
template <typename Op> Build reduction(Shape axes, bool keepdims) {
  return [=](KernelCase &c, Value x) { return c.op<Op>(0, x, axes, keepdims); };
}
} // namespace

TEST(GpuRows, SoftmaxOfNeighbours) {
  check({1000}, 0, softmax(0));
  check({3, 1000}, 0, softmax(1));
  check({2, 2, 3, 2, 70}, 0, softmax(4));
  check({7, 10}, 0, softmax(1));
}

TEST(GpuRows, SoftmaxSideBySide) {
  check({2, 80, 9, 50}, 0, softmax(1));
  check({2, 80, 3, 5}, 0, softmax(2));
  check({64, 1}, 0, softmax(0));
  check({3, 130, 2}, 0, [](KernelCase &c, Value x) { return c.op<LogSoftmaxOp>(0, x, 1); });
}

TEST(GpuRows, SoftmaxAndWhatFollows) {
  check({3, 100}, 0, [](KernelCase &c, Value x) {
    return c.op<ReluOp>(0, c.op<SubOp>(0, c.op<SoftmaxOp>(0, x, 1), c.constant(0.01f)));
  });
}

// Of blocks only what lies along the picture has rows; the rest is right without.
TEST(GpuRows, SoftmaxOfBlocks) {
  for (int64_t axis : {1, 2, 3})
    check({1, 70, 5, 66}, 16, [&](KernelCase &c, Value x) { return c.op<SoftmaxOp>(16, x, axis); });
}

TEST(GpuRows, InstanceNorms) {
  auto norm = [](int64_t lanes, int64_t channels) -> Build {
    return [=](KernelCase &c, Value x) {
      Value scale = c.argument({channels}), bias = c.argument({channels});
      Value y = c.op<InstanceNormOp>(lanes, x, scale, bias, llvm::APFloat(1e-5f));
      return c.op<ReluOp>(lanes, y);
    };
  };
  for (int64_t lanes : {0, 8, 16}) {
    check({2, 20, 13, 9}, lanes, norm(lanes, 20));
    check({1, 3, 50, 61}, lanes, norm(lanes, 3));
    check({1, 40, 3, 2}, lanes, norm(lanes, 40));
    check({2, 16, 1, 1}, lanes, norm(lanes, 16));
  }
  check({2, 5, 300}, 0, norm(0, 5));
  check({1, 4, 5, 6, 7}, 0, norm(0, 4));
}

TEST(GpuRows, Reductions) {
  check({3, 5, 300}, 0, reduction<ReduceMeanOp>({2}, false));
  check({3, 100, 30}, 0, reduction<ReduceMaxOp>({1}, true));
  check({3, 100, 30}, 0, reduction<ReduceMinOp>({1}, false));
  check({3, 20, 9, 7}, 0, reduction<ReduceMeanOp>({2, 3}, true));
  check({70, 4, 5}, 0, reduction<ReduceSumOp>({0}, false));
  check({9, 20, 7}, 0, reduction<ReduceSumOp>({0, 2}, false));
  check({9, 20, 7}, 0, reduction<ReduceMaxOp>({0, 1, 2}, true));
  check({2, 90, 7, 6}, 16, reduction<ReduceMaxOp>({1}, true));
}

TEST(GpuRows, Integers) {
  for (unsigned bits : {8, 64}) {
    KernelCase c(runnableTargets().front().str() + "/opencl", bits);
    Type type = c.builder.getIntegerType(bits);
    c.schedule("gpu_rows", {{"threads", 64}});
    Value x = c.argument({3, 130}, {}, type, -20, 20);
    c.check(c.op<ReduceMaxOp>(0, x, ArrayRef<int64_t>{1}, true));
  }
}
