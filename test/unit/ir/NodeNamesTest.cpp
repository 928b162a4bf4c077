// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of kernels come from the locations of the nodes they compute.

#include "ir/NodeNames.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;

namespace {

Location named(MLIRContext &context, StringRef name) {
  return NameLoc::get(StringAttr::get(&context, name),
                      FileLineColLoc::get(&context, "model.onnx", 0, 0));
}

TEST(NodeNames, JoinsEachNameOnceInOrder) {
  MLIRContext context;
  Location conv = named(context, "Conv_0"), relu = named(context, "Relu_1");
  Location fused = FusedLoc::get(&context, {conv, FusedLoc::get(&context, {relu, conv})});
  EXPECT_EQ(snc::displayName(conv), "Conv_0");
  EXPECT_EQ(snc::displayName(fused), "Conv_0+Relu_1");
}

TEST(NodeNames, IsEmptyWithoutNames) {
  MLIRContext context;
  EXPECT_EQ(snc::displayName(UnknownLoc::get(&context)), "");
}

} // namespace
