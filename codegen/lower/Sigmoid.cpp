// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 1 / (1 + exp(-x)) in multiplications and additions alone: a vector division
// takes as long as all the rest.

#include "codegen/lower/Lowering.h"

namespace snc {

/// exp(x) for |x| <= 87. x = n ln 2 + r; e^r by the polynomial of degree 5 of least
/// relative error (1.1e-7) among those that begin 1 + r.
static hl::Expr boundedExp(const hl::Expr &x) {
  // The sum's ulp is 1: it rounds, and its low bits are n. Taken as an integer, for
  // a difference of floats would be simplified away.
  constexpr float kShift = 12582912.0f; // 3 * 2^22
  hl::Expr bits = hl::reinterpret<int32_t>(x * 1.44269504f + kShift);
  hl::Expr r = x - hl::cast<float>(bits - 0x4B400000) * 0.693147181f;
  hl::Expr p = 0.0083125f;
  for (float c : {0.04189033f, 0.16667115f, 0.4999923f, 1.0f, 1.0f})
    p = p * r + c;
  return hl::reinterpret<float>(hl::reinterpret<int32_t>(p) + (bits << 23));
}

/// 1 / d for normal d whose inverse is normal: negating the exponent in the integer
/// says it within 5.1 %, Newton's step within 0.26 %, Halley's within 2e-8.
hl::Expr inverse(const hl::Expr &d) {
  hl::Expr y = hl::reinterpret<float>(0x7EF311C7 - hl::reinterpret<int32_t>(d));
  y = y * (2.0f - d * y);
  hl::Expr e = 1.0f - d * y;
  return y + y * (e + e * e);
}

hl::Expr sigmoid(const hl::Expr &x) {
  // Beyond, the result is 1 or less than 2e-38.
  return inverse(1.0f + boundedExp(hl::clamp(-x, -87.0f, 87.0f)));
}

} // namespace snc
