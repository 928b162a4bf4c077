// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// erf in multiplications, additions and selections alone, so that it vectorises.

#include "codegen/lower/Lowering.h"

namespace snc {

static hl::Expr polynomial(const hl::Expr &s, std::initializer_list<float> highestFirst) {
  hl::Expr value = 0.0f;
  for (float c : highestFirst)
    value = value * s + c;
  return value;
}

/// erf(x) = x P(x^2) / Q(x^2) for |x| <= 3.925. The rational function of degrees 5 and 5 of
/// least relative error (2e-8), by Lawson's iteration of weighted least squares in 4001
/// Chebyshev points (Cheney, Introduction to Approximation Theory, ch. 2 and 5); in f32 within
/// 4e-7, 5e-7 where products are rounded before they are added. All coefficients are positive:
/// nothing cancels. Beyond, 1 - |erf| < 3e-8.
static hl::Expr errorFunction32(const hl::Expr &x) {
  hl::Expr s = x * x;
  hl::Expr p = polynomial(s, {2.04603617e-06f, 2.84843954e-04f, 3.77254324e-03f, 5.27692763e-02f,
                              1.90593514e-01f, 1.12837915f});
  hl::Expr q = polynomial(s, {3.80478893e-05f, 1.16385724e-03f, 1.49831827e-02f, 1.14182631e-01f,
                              5.02241835e-01f, 1.0f});
  return hl::select(x > 3.92f, 1.0f, x < -3.92f, -1.0f, x * p * inverse(q));
}

hl::Expr errorFunction(const hl::Expr &x) {
  hl::Expr value = errorFunction32(hl::cast<float>(x));
  return x.type() == hl::Float(32) ? value : hl::cast(x.type(), value);
}

} // namespace snc
