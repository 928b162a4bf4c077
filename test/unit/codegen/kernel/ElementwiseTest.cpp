// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise operators behind themselves: what one of them is called must not be taken
// for what another one calls.

#include "Convolutions.h"

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
