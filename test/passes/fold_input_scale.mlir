// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-fold-input-scale -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Weights [1 2 / 3 4] by input channel times [10 100]; padding stays zero.
// CHECK-LABEL: @scale
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK: %[[W:.+]] = snc.constant dense<{{\[\[\[\[}}1.000000e+01]], {{\[\[}}2.000000e+02]]], {{\[\[\[}}3.000000e+01]], {{\[\[}}4.000000e+02]]]]>
// CHECK: %[[Y:.+]] = snc.conv %[[X]], %[[W]] {{.*}}pads = array<i64: 1, 1, 1, 1>
// CHECK-SAME: loc(fused["mul", "conv"])
// CHECK-NEXT: return %[[Y]]
func.func @scale(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = snc.constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %s = snc.constant dense<[[[10.0]], [[100.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %0 = snc.mul %x, %s : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32> loc("mul")
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x6x6xf32> loc("conv")
  return %1 : tensor<1x2x6x6xf32>
}

// -----

// (x - [1 2]) / 2 before weights [2 4 / 6 8] and bias [1 1]: weights [1 2 / 3 4],
// bias 1 - 1 * 1 - 2 * 2 = -4 and 1 - 3 * 1 - 4 * 2 = -10.
// CHECK-LABEL: @shift
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK-DAG: %[[W:.+]] = snc.constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+00]], {{\[\[}}4.000000e+00]]]]>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<[-4.000000e+00, -1.000000e+01]>
// CHECK: %[[Y:.+]] = snc.conv %[[X]], %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @shift(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = snc.constant dense<[[[[2.0]], [[4.0]]], [[[6.0]], [[8.0]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %b = snc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  %t = snc.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %s = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %0 = snc.sub %x, %t : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.div %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = snc.conv %1, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %2 : tensor<1x2x4x4xf32>
}

// -----

// In groups, output channel 1 reads input channel 1 alone; a window of two taps adds
// the shift twice: 1 * (10 + 10) and 2 * (100 + 100).
// CHECK-LABEL: @groups
// CHECK: %[[B:.+]] = snc.constant dense<[2.000000e+01, 4.000000e+02]>
// CHECK: snc.conv %{{.+}}, %{{.+}}, %[[B]]
func.func @groups(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x3xf32> {
  %w = snc.constant dense<[[[[1.0, 1.0]]], [[[2.0, 2.0]]]]> : tensor<2x1x1x2xf32> : tensor<2x1x1x2xf32>
  %t = snc.constant dense<[[[10.0]], [[100.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %0 = snc.add %x, %t : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x2x4x4xf32>, tensor<2x1x1x2xf32>) -> tensor<1x2x4x3xf32>
  return %1 : tensor<1x2x4x3xf32>
}

// -----

// A shift would have to reach the padding too.
// CHECK-LABEL: @padded
// CHECK: snc.add
// CHECK: snc.conv
func.func @padded(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x5xf32> {
  %w = snc.constant dense<1.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %t = snc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %x, %t : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 1, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x5xf32>
  return %1 : tensor<1x2x4x5xf32>
}

// -----

// Another reader wants the scaled value; a scale by row is none by channel.
// CHECK-LABEL: @stays
// CHECK-COUNT-2: snc.mul
func.func @stays(%x: tensor<1x2x2x2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %w = snc.constant dense<1.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %s = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %rows = snc.constant dense<[[2.0], [3.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %0 = snc.mul %x, %s : (tensor<1x2x2x2xf32>, tensor<f32>) -> tensor<1x2x2x2xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
  %2 = snc.mul %x, %rows : (tensor<1x2x2x2xf32>, tensor<2x1xf32>) -> tensor<1x2x2x2xf32>
  %3 = snc.conv %2, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
  return %0, %1, %3 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}
