// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise operators behind themselves: what one of them is called must not be taken
// for what another one calls.

#include "Convolutions.h"

#include <type_traits>

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
class Elementwise : public ::testing::TestWithParam<std::string> {
protected:
  /// op(op(x) + y), then the magnitude and the logistic function of that, for x and y
  /// between 1/2 and 1.
  template <typename Op, typename... Args> static void twice(Args... args) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, 24, 5, 7}, 16, 0.5), y = c.argument({1, 24, 5, 7}, 16, 0.5);
    Value once = c.op<Op>(16, x, args...);
    Value again = c.op<Op>(16, c.op<AddOp>(16, once, y), args...);
    c.check(c.op<SigmoidOp>(16, c.op<AbsOp>(16, again)));
  }
  template <typename Op> static void twiceBinary() {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, 24, 5, 7}, 16, 0.5), y = c.argument({1, 24, 5, 7}, 16, 0.5);
    c.check(c.op<Op>(16, c.op<Op>(16, x, y), y));
  }
};

llvm::APFloat number(float value) { return llvm::APFloat(value); }
} // namespace

TEST_P(Elementwise, Unary) {
  twice<AbsOp>();
  twice<ReluOp>();
  twice<LeakyReluOp>(number(0.1f));
  twice<ClampOp>(number(-1), number(0.75f));
  twice<SigmoidOp>();
  twice<HardSigmoidOp>(number(0.2f), number(0.5f));
  twice<HardSwishOp>();
  twice<SwishOp>();
  twice<TanhOp>();
  twice<EluOp>(number(0.5f));
  twice<SeluOp>(number(1.5f), number(1.25f));
  twice<ExpOp>();
  twice<SqrtOp>();
  twice<NegOp>();
  twice<ErfOp>();
  twice<SinOp>();
  twice<CosOp>();
}

/// Halves, which are between two whole numbers, are among the operands.
TEST_P(Elementwise, WholeNumbers) {
  auto whole = [&]<typename Op>(std::type_identity<Op>) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, 24, 5, 7}, 16, -20, 20);
    Value halves = c.op<MulOp>(16, c.op<FloorOp>(16, x), c.constant(0.5f));
    c.check(c.op<AddOp>(16, c.op<Op>(16, halves), c.op<Op>(16, x)));
  };
  whole(std::type_identity<FloorOp>());
  whole(std::type_identity<CeilOp>());
  whole(std::type_identity<RoundOp>());
}

/// A comparison per channel chooses; channels beyond the last stay zero.
TEST_P(Elementwise, Choices) {
  auto chosen = [&]<typename Op>(std::type_identity<Op>, int64_t channels, int64_t lanes) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, channels, 5, 7}, lanes), y = c.argument({1, channels, 1, 1}, lanes);
    Value floor = c.op<FloorOp>(lanes, x);
    Value is = c.op<Op>(lanes, floor, c.op<FloorOp>(lanes, y));
    c.check(c.op<SelectOp>(lanes, is, c.constant(2.0f), c.op<CosOp>(lanes, x)));
  };
  for (int64_t lanes : {0, 16})
    for (int64_t channels : {24, 32}) {
      chosen(std::type_identity<LessOp>(), channels, lanes);
      chosen(std::type_identity<LessEqualOp>(), channels, lanes);
      chosen(std::type_identity<EqualOp>(), channels, lanes);
    }
}

/// Within 5e-7, and what is left of 1 beyond where it is computed.
TEST_P(Elementwise, ErrorFunction) {
  for (double low : {-6.0, -4.5, -1.0, 0.0, 0.5, 3.5, 100.0, 1e30}) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, 64, 32, 32}, 16, low, low + (low > 50 ? low : 1.5));
    c.check(c.op<ErfOp>(16, x), 5e-7);
  }
}

TEST_P(Elementwise, Binary) {
  twiceBinary<AddOp>();
  twiceBinary<SubOp>();
  twiceBinary<MulOp>();
  twiceBinary<DivOp>();
  twiceBinary<MinOp>();
  twiceBinary<MaxOp>();
  twiceBinary<PowOp>();
  twiceBinary<PReluOp>();
}

INSTANTIATE_TEST_SUITE_P(Targets, Elementwise, everyTarget(), targetName);
