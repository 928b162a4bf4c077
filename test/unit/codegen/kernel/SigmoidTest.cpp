// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sigmoid keeps its digits where it is small, and its ends where it is flat.

#include "KernelCase.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace snc;
using namespace snc::test;

namespace {
class Sigmoid : public ::testing::TestWithParam<std::string> {};
} // namespace

/// Times e^k, the values of [-k - 1, -k] lie between 0.26 and 1: 1e-6 of them is
/// seen in every one. Targets without fused multiplication round n ln 2, up to
/// half an ulp (5e-8) of x.
TEST_P(Sigmoid, RelativeError) {
  for (int k = 0; k < 86; k += 5) {
    KernelCase c(GetParam(), unsigned(k));
    Value x = c.argument({1, 16, 8, 8}, 16, -k - 1, -k);
    Value scale = c.constant(std::exp(float(k)));
    c.check(c.op<MulOp>(16, c.op<SigmoidOp>(16, x), scale), 5e-7 + k * 5e-8);
  }
}

TEST_P(Sigmoid, Ends) {
  for (double low : {-3e38, 20.0, -1000.0}) {
    KernelCase c(GetParam(), 1);
    Value x = c.argument({1, 16, 8, 8}, 16, low, low + 3e38);
    c.check(c.op<SigmoidOp>(16, x));
  }
}

TEST_P(Sigmoid, Swish) {
  KernelCase c(GetParam(), 1);
  c.check(c.op<SwishOp>(16, c.argument({1, 16, 8, 8}, 16, -100, 10)), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Targets, Sigmoid, ::testing::ValuesIn([] {
                           auto names = runnableTargets();
                           return std::vector<std::string>(names.begin(), names.end());
                         }()));
