// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums of a block in its threads' registers: sums that another thread has are refused.

#include "codegen/schedule/gpu/PrivateSums.h"

#include "codegen/DeviceCode.h"

#include <gtest/gtest.h>

namespace hl = Halide;
using namespace snc;

namespace {
/// OpenCL C of sums over 8 numbers, 16 a block, two of each thread; the one that has out(x)
/// reads sums(x) and sums(from(x)). With `across` threads add to sums that others began.
std::string compile(hl::Expr (*from)(hl::Expr), bool across = false) {
  hl::ImageParam in(hl::Float(32), 2, "in");
  hl::Func acc("sums"), out("out");
  hl::Var x("x"), xo("xo"), xi("xi"), place("place");
  hl::RDom r(0, 8);
  acc(x) = 0.0f;
  acc(x) += in(x, r);
  out(x) = acc(x) + acc(from(x));
  out.bound(x, 0, 64).split(x, xo, x, 16).split(x, place, xi, 8).reorder(place, xi, xo);
  out.unroll(place).gpu_threads(xi).gpu_blocks(xo);
  acc.compute_at(out, xo).store_in(hl::MemoryType::Register);
  acc.split(x, place, xi, 8).reorder(place, xi).unroll(place).gpu_threads(xi);
  hl::Stage update = acc.update();
  if (across) // pairs of neighbours, where the rest takes places 8 apart
    update.split(x, xi, place, 2);
  else
    update.split(x, place, xi, 8);
  update.reorder(place, r, xi).unroll(place).gpu_threads(xi);
  auto pass = privateSums(acc.name());
  hl::Pipeline pipeline(out);
  pipeline.add_custom_lowering_pass(pass.get(), nullptr);
  hl::Target target("x86-64-linux-opencl-no_asserts-no_bounds_query-no_runtime");
  return deviceCode(pipeline.compile_to_module({in}, "f", target)).str();
}

std::string refusal(hl::Expr (*from)(hl::Expr), bool across = false) {
  try {
    compile(from, across);
  } catch (const hl::Error &error) {
    return error.what();
  }
  return "";
}
} // namespace

TEST(PrivateSums, AThreadKeepsItsOwn) {
  std::string code = compile([](hl::Expr x) { return x; });
  EXPECT_NE(code.find("[2];"), std::string::npos) << code;
  EXPECT_EQ(code.find("[16];"), std::string::npos) << code;
}

TEST(PrivateSums, SumsOfOtherThreadsAreRefused) {
  auto refused = [](const std::string &error) {
    EXPECT_NE(error.find("is read across threads"), std::string::npos) << error;
  };
  refused(refusal([](hl::Expr x) { return x / 2 * 2 + 1 - x % 2; }));
  refused(refusal([](hl::Expr x) { return x / 8 * 8 + 7 - x % 8; }));
  refused(refusal([](hl::Expr x) { return x + 1; }));
  refused(refusal([](hl::Expr x) { return x; }, true));
}
