// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions for kernel tests, and the targets as a test's parameter.

#ifndef SNC_TEST_CONVOLUTIONS_H
#define SNC_TEST_CONVOLUTIONS_H

#include "KernelCase.h"

#include <gtest/gtest.h>

namespace snc::test {

/// A window's attributes; `pads` are top, left, bottom, right.
struct Geometry {
  Shape strides{1, 1}, dilations{1, 1}, pads{0, 0, 0, 0};
  int64_t group = 1;
};

/// x, w and bias (may be null) convolved; the result in channel blocks of `lanes`.
inline mlir::Value conv(KernelCase &c, mlir::Value x, mlir::Value w, mlir::Value bias,
                        const Geometry &g, int64_t lanes) {
  return c.op<ConvOp>(lanes, x, w, bias, g.strides, g.dilations, g.pads, g.group);
}

/// For INSTANTIATE_TEST_SUITE_P: every target that runs here, and OpenCL.
inline auto everyTarget() {
  std::vector<std::string> names;
  for (llvm::StringRef name : runnableTargets())
    names.push_back(name.str());
  names.push_back(names.front() + "/opencl");
  return ::testing::ValuesIn(names);
}

/// The target's name as GoogleTest allows it.
inline std::string targetName(const ::testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

} // namespace snc::test

#endif // SNC_TEST_CONVOLUTIONS_H
