// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-form-kernels -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// A launch is called after the nodes it computes, and keeps their locations.
// CHECK: snc.launch @k0(%{{.+}}) {snc.name = "MaxPool_0+Relu_1"} : {{.*}} loc(fused["MaxPool_0", "Relu_1"])
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32> {
  %0 = snc.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32> loc("MaxPool_0")
  %1 = snc.relu %0 : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32> loc("Relu_1")
  return %1 : tensor<1x8x2x2xf32>
}
