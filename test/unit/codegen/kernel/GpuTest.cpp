// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators without a family of their own on a GPU: nothing may need memory between
// launches, so what a CPU computes first is computed here where it is read.

#include "Convolutions.h"
#include "ir/Layout.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
llvm::APFloat number(float value) { return llvm::APFloat(value); }

/// Kernels for OpenCL with this machine as host.
std::string device() { return runnableTargets().front().str() + "/opencl"; }

/// The kernel that `build` makes of an argument of `shape`, in blocks and plain.
void everyLayout(const Shape &shape,
                 const std::function<Value(KernelCase &, Value, int64_t)> &build) {
  for (int64_t lanes : {0, 8, 16}) {
    KernelCase c(device(), 3);
    c.check(build(c, c.argument(shape, lanes), lanes));
  }
}
} // namespace

TEST(Gpu, ReductionsOverPlanes) {
  everyLayout({2, 40, 13, 9}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<ReduceMeanOp>(lanes, x, ArrayRef<int64_t>{2, 3}, true);
  });
  everyLayout({1, 24, 1, 30}, [](KernelCase &c, Value x, int64_t) {
    return c.op<ReduceMaxOp>(0, x, ArrayRef<int64_t>{2, 3}, false);
  });
  everyLayout({1, 24, 7, 7}, [](KernelCase &c, Value x, int64_t lanes) {
    Value mean = c.op<ReduceSumOp>(lanes, x, ArrayRef<int64_t>{2, 3}, true);
    return c.op<HardSigmoidOp>(lanes, mean, number(0.2f), number(0.5f));
  });
  everyLayout({1, 24, 7, 7}, [](KernelCase &c, Value x, int64_t) {
    return c.op<ReduceMinOp>(0, x, ArrayRef<int64_t>{1, 3}, true);
  });
}

TEST(Gpu, RowsThatNeedOtherRows) {
  for (int64_t axis : {1, 3})
    everyLayout({1, 20, 5, 7}, [&](KernelCase &c, Value x, int64_t lanes) {
      return c.op<SoftmaxOp>(lanes, x, axis);
    });
  everyLayout({2, 20, 5, 7}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<LogSoftmaxOp>(lanes, x, 2);
  });
  everyLayout({1, 20, 5, 7}, [](KernelCase &c, Value x, int64_t) {
    return c.op<ArgMaxOp>(0, x, 1, false, false);
  });
  everyLayout({1, 20, 5, 7}, [](KernelCase &c, Value x, int64_t lanes) {
    Value scale = c.argument({20}), bias = c.argument({20});
    return c.op<InstanceNormOp>(lanes, x, scale, bias, number(1e-5f));
  });
  everyLayout({1, 20, 5, 7}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<LrnOp>(lanes, x, 5, number(1e-2f), number(0.75f), number(1.0f));
  });
}

TEST(Gpu, Pools) {
  Shape none{0, 0, 0, 0}, one{1, 1, 1, 1}, three{3, 3}, two{2, 2}, ones{1, 1}, seven{7, 7};
  everyLayout({1, 20, 11, 13}, [&](KernelCase &c, Value x, int64_t lanes) {
    return c.op<MaxPoolOp>(lanes, x, three, two, ones, one, false);
  });
  everyLayout({1, 20, 11, 13}, [&](KernelCase &c, Value x, int64_t lanes) {
    return c.op<AvgPoolOp>(lanes, x, three, ones, ones, one, false, false);
  });
  everyLayout({1, 20, 11, 13}, [&](KernelCase &c, Value x, int64_t lanes) {
    return c.op<AvgPoolOp>(lanes, x, seven, two, ones, none, false, true);
  });
}

TEST(Gpu, Resize) {
  Shape up{1, 20, 14, 21}, other{1, 20, 9, 17};
  for (StringRef coordinates : {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"})
    for (StringRef mode : {"linear", "nearest"}) {
      everyLayout({1, 20, 7, 7}, [&](KernelCase &c, Value x, int64_t lanes) {
        return c.op<ResizeOp>(lanes, x, up, ArrayRef<float>{1, 1, 2, 3}, mode, coordinates,
                              "round_prefer_floor");
      });
      KernelCase c(device(), 1);
      c.check(c.op<ResizeOp>(0, c.argument({1, 20, 7, 7}), other,
                             ArrayRef<float>{1, 1, 9.0f / 7, 17.0f / 7}, mode, coordinates,
                             "ceil"));
    }
}

TEST(Gpu, Movement) {
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<DepthToSpaceOp>(lanes, x, 2, "CRD");
  });
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t) {
    return c.op<TransposeOp>(0, x, ArrayRef<int64_t>{0, 2, 3, 1});
  });
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<PadOp>(lanes, x, ArrayRef<int64_t>{0, 0, 1, 2}, ArrayRef<int64_t>{0, 3, 2, 1},
                       "reflect", number(0));
  });
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t lanes) {
    Value y = c.argument({1, 7, 6, 10}, lanes), z = c.argument({1, 32, 6, 10}, lanes);
    return c.op<ConcatOp>(lanes, ValueRange{x, y, z}, 1);
  });
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t lanes) {
    return c.op<ConcatOp>(lanes, ValueRange{x, c.argument({1, 20, 3, 10}, lanes)}, 2);
  });
  // Read in the same kernel.
  everyLayout({1, 20, 6, 10}, [](KernelCase &c, Value x, int64_t lanes) {
    Value all = c.op<ConcatOp>(lanes, ValueRange{x, c.argument({1, 13, 6, 10}, lanes)}, 1);
    return c.op<SigmoidOp>(lanes, all);
  });
}

TEST(Gpu, Products) {
  for (int64_t rows : {1, 3, 20})
    for (int64_t columns : {10, 77, 1000, 1001}) {
      KernelCase c(device(), unsigned(rows));
      Value a = c.argument({rows, 30}), b = c.argument({columns, 30});
      c.check(c.op<GemmOp>(0, a, b, c.argument({columns}), number(1), number(1), false, true));
    }
  KernelCase batched(device(), 1);
  Value a = batched.argument({3, 5, 9, 11}), b = batched.argument({1, 5, 11, 6});
  batched.check(batched.op<MatMulOp>(0, a, b));
}

/// A classifier of blocks whose result is plain.
TEST(Gpu, ConvolutionToAnotherLayout) {
  for (int64_t outputs : {16, 24, 1001}) {
    KernelCase c(device(), 1);
    Value x = c.argument({1, 40, 1, 1}, 8);
    Value sum = conv(c, x, c.argument({outputs, 40, 1, 1}), c.argument({outputs}), {}, 16);
    c.check(c.op<RelayoutOp>(0, withLayout(cast<RankedTensorType>(sum.getType()), {}), sum));
  }
}

TEST(Gpu, ElementTypes) {
  for (unsigned bits : {8, 32, 64}) {
    KernelCase c(device(), bits);
    Type type = c.builder.getIntegerType(bits);
    Value x = c.argument({3, 50}, {}, type, -20, 20), y = c.argument({3, 50}, {}, type, 1, 9);
    c.check(c.op<DivOp>(0, c.op<AddOp>(0, x, y), y));
  }
  KernelCase wide(device(), 1);
  Type type = wide.builder.getF64Type();
  Value x = wide.argument({3, 50}, {}, type, -1, 1), y = wide.argument({1, 50}, {}, type, -1, 1);
  wide.check(wide.op<MulOp>(0, x, y));
}
