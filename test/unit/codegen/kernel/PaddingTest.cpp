// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Padded lanes of results hold zero (K3): by a mask where an operator makes something
// else of zero, and without one where it does not.

#include "Convolutions.h"

#include "codegen/lower/Lowering.h"

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
class Padding : public ::testing::TestWithParam<std::string> {
protected:
  /// Runs the kernel, which looks at padded lanes too; true when it masks them.
  static bool masks(KernelCase &c, Value result) {
    c.check(result);
    FailureOr<LoweredKernel> lowered = lowerKernel(c.built());
    EXPECT_TRUE(succeeded(lowered));
    return succeeded(lowered) && StringRef(lowered->output.name()).starts_with("masked");
  }

  /// Two blocks of 16 for 24 channels.
  static Value picture(KernelCase &c, double low = -1, double high = 1) {
    return c.argument({1, 24, 5, 7}, 16, low, high);
  }

  template <typename Op, typename... Args> bool masksUnary(double low, Args... args) {
    KernelCase c(GetParam(), 1);
    Value x = picture(c, low);
    return masks(c, c.op<Op>(16, x, args...));
  }
};

llvm::APFloat number(float value) { return llvm::APFloat(value); }
} // namespace

TEST_P(Padding, OperatorsThatMakeSomethingOfZeroAreMasked) {
  EXPECT_TRUE(masksUnary<SigmoidOp>(-1));
  EXPECT_TRUE(masksUnary<HardSigmoidOp>(-1, number(0.2f), number(0.5f)));
  EXPECT_TRUE(masksUnary<ExpOp>(-1));
  EXPECT_TRUE(masksUnary<LogOp>(0.5)); // minus infinity
  EXPECT_TRUE(masksUnary<ClampOp>(-1, number(0.25f), number(1)));
  EXPECT_TRUE(masksUnary<ClampOp>(-1, number(-1), number(-0.25f)));
}

TEST_P(Padding, OperatorsThatKeepZeroAreNot) {
  EXPECT_FALSE(masksUnary<ReluOp>(-1));
  EXPECT_FALSE(masksUnary<LeakyReluOp>(-1, number(0.1f)));
  EXPECT_FALSE(masksUnary<HardSwishOp>(-1));
  EXPECT_FALSE(masksUnary<SwishOp>(-1));
  EXPECT_FALSE(masksUnary<TanhOp>(-1));
  EXPECT_FALSE(masksUnary<ClampOp>(-1, number(0), number(6)));
  EXPECT_FALSE(masksUnary<ClampOp>(-1, number(-0.5f), number(0)));
}

TEST_P(Padding, WhatCameBeforeCounts) {
  KernelCase gate(GetParam(), 1); // x * sigmoid(x) in two operators: 0 * 0.5 is not looked into
  Value x = picture(gate);
  EXPECT_TRUE(masks(gate, gate.op<MulOp>(16, x, gate.op<SigmoidOp>(16, x))));
  KernelCase ends(GetParam(), 1);
  EXPECT_TRUE(masks(ends, ends.op<ReluOp>(16, ends.op<SigmoidOp>(16, picture(ends)))));
  KernelCase starts(GetParam(), 1);
  EXPECT_TRUE(masks(starts, starts.op<SigmoidOp>(16, starts.op<ReluOp>(16, picture(starts)))));
  KernelCase quotient(GetParam(), 1); // 0 / 0
  Value divided = picture(quotient, 0.5);
  EXPECT_TRUE(masks(quotient, quotient.op<ReluOp>(16, quotient.op<DivOp>(16, divided, divided))));
}

TEST_P(Padding, OperandsWithOtherChannels) {
  KernelCase sum(GetParam(), 1);
  Value x = picture(sum);
  EXPECT_FALSE(masks(sum, sum.op<AddOp>(16, x, picture(sum))));
  KernelCase number(GetParam(), 1);
  EXPECT_TRUE(masks(number, number.op<AddOp>(16, picture(number), number.constant(0.5f))));
  // Read by clamped channels, so padded lanes see the last one.
  KernelCase plain(GetParam(), 1);
  x = picture(plain);
  EXPECT_TRUE(masks(plain, plain.op<AddOp>(16, x, plain.argument({1, 24, 1, 1}))));
  KernelCase narrow(GetParam(), 1);
  x = picture(narrow);
  EXPECT_TRUE(masks(narrow, narrow.op<SubOp>(16, x, narrow.argument({1, 24, 5, 7}, 8))));
  // Its only channel is read for all of them.
  KernelCase one(GetParam(), 1);
  x = picture(one);
  EXPECT_TRUE(masks(one, one.op<AddOp>(16, x, one.argument({1, 1, 5, 7}, 16))));
}

TEST_P(Padding, ConvolutionsWithPackedWeightsAreNot) {
  for (int64_t group : {1, 24}) {
    Geometry g;
    g.pads = {1, 1, 1, 1};
    g.group = group;
    auto sum = [&](KernelCase &c) {
      Value x = picture(c), w = c.argument({24, 24 / group, 3, 3});
      return conv(c, x, w, c.argument({24}), g, 16);
    };
    KernelCase plain(GetParam(), 1);
    EXPECT_FALSE(masks(plain, sum(plain)));
    KernelCase block(GetParam(), 1);
    Value y = block.op<AddOp>(16, sum(block), picture(block));
    EXPECT_FALSE(masks(block, block.op<ClampOp>(16, y, number(0), number(6))));
    KernelCase gate(GetParam(), 1);
    EXPECT_TRUE(masks(gate, gate.op<SigmoidOp>(16, sum(gate))));
    // A schedule that leaves weights as the model has them.
    KernelCase unpacked(GetParam(), 1);
    unpacked.schedule("generic", {{"strips", 1}});
    EXPECT_TRUE(masks(unpacked, sum(unpacked)));
  }
}

/// A tensor's only channel is read for every lane, its padding is not.
TEST_P(Padding, OneChannelIsMasked) {
  KernelCase unary(GetParam(), 1);
  EXPECT_TRUE(masks(unary, unary.op<ReluOp>(16, unary.argument({1, 1, 5, 7}, 16))));
  for (int64_t inputs : {1, 24}) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, inputs, 5, 7}, 16), w = c.argument({1, inputs, 3, 3});
    EXPECT_TRUE(masks(c, conv(c, x, w, c.argument({1}), {}, 16)));
  }
}

TEST_P(Padding, WholeBlocksNeedNone) {
  KernelCase c(GetParam(), 1);
  EXPECT_FALSE(masks(c, c.op<SigmoidOp>(16, c.argument({1, 32, 5, 7}, 16))));
}

INSTANTIATE_TEST_SUITE_P(Targets, Padding, everyTarget(), targetName);
