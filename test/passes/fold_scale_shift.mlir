// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-fold-scale-shift -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Weights [1 2 / 3 4] and bias [1 1] times [10 100], then the bias minus [5 6]:
// 1 * 10 - 5 and 1 * 100 - 6. Padding does not matter behind the convolution.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
// CHECK-DAG: %[[W:.+]] = snc.constant dense<{{\[\[\[\[}}1.000000e+01]], {{\[\[}}2.000000e+01]]], {{\[\[\[}}3.000000e+02]], {{\[\[}}4.000000e+02]]]]>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<[5.000000e+00, 9.400000e+01]>
// CHECK: %[[Y:.+]] = snc.conv %[[X]], %[[W]], %[[B]]
// CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
// CHECK-SAME: loc(fused["conv", "mul", "sub"])
// CHECK-NEXT: return %[[Y]]
func.func @conv(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = snc.constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %b = snc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  %s = snc.constant dense<[[[[10.0]], [[100.0]]]]> : tensor<1x2x1x1xf32> : tensor<1x2x1x1xf32>
  %t = snc.constant dense<[[[5.0]], [[6.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x6x6xf32> loc("conv")
  %1 = snc.mul %s, %0 : (tensor<1x2x1x1xf32>, tensor<1x2x6x6xf32>) -> tensor<1x2x6x6xf32> loc("mul")
  %2 = snc.sub %1, %t : (tensor<1x2x6x6xf32>, tensor<2x1x1xf32>) -> tensor<1x2x6x6xf32> loc("sub")
  return %2 : tensor<1x2x6x6xf32>
}

// -----

// A transposed convolution has its output channels on axis 1, group by group: input
// channel 0 makes outputs 0 and 1, input channel 1 outputs 2 and 3; divided by
// [1 2 4 8] they are 8 4 / 2 1 of all 8.
// CHECK-LABEL: @conv_transpose
// CHECK-DAG: %[[W:.+]] = snc.constant dense<{{\[\[\[\[}}8.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}2.000000e+00]], {{\[\[}}1.000000e+00]]]]>
// CHECK: snc.conv_transpose %{{.+}}, %[[W]]
// CHECK-NOT: snc.div
func.func @conv_transpose(%x: tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %w = snc.constant dense<8.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %s = snc.constant dense<[[[[1.0]], [[2.0]], [[4.0]], [[8.0]]]]> : tensor<1x4x1x1xf32> : tensor<1x4x1x1xf32>
  %0 = snc.conv_transpose %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 2} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x4x4x4xf32>
  %1 = snc.div %0, %s : (tensor<1x4x4x4xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x4x4xf32>
  return %1 : tensor<1x4x4x4xf32>
}

// -----

// A gemm's columns: B [1 2 / 3 4] by [10 100], C 3 with beta 2 becomes 3 * 2 * scale.
// CHECK-LABEL: @gemm
// CHECK-DAG: %[[B:.+]] = snc.constant dense<{{\[\[}}1.000000e+01, 2.000000e+02], [3.000000e+01, 4.000000e+02]]>
// CHECK-DAG: %[[C:.+]] = snc.constant dense<[6.000000e+01, 6.000000e+02]>
// CHECK: snc.gemm %{{.+}}, %[[B]], %[[C]]
// CHECK-NOT: beta = 2
// CHECK-NOT: snc.mul
func.func @gemm(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = snc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %c = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %s = snc.constant dense<[10.0, 100.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.gemm %x, %b, %c {beta = 2.0 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %1 = snc.mul %0, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Transposed weights have their outputs in rows.
// CHECK-LABEL: @gemm_transposed
// CHECK-DAG: snc.constant dense<{{\[\[}}1.000000e+01, 2.000000e+01], [3.000000e+02, 4.000000e+02]]>
// CHECK: snc.gemm
// CHECK-NOT: snc.mul
func.func @gemm_transposed(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = snc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %s = snc.constant dense<[10.0, 100.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.gemm %x, %b {trans_b = true} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = snc.mul %0, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Another reader wants the unscaled result.
// CHECK-LABEL: @two_readers
// CHECK: %[[C:.+]] = snc.conv
// CHECK: %[[M:.+]] = snc.mul %[[C]]
// CHECK: return %[[C]], %[[M]]
func.func @two_readers(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = snc.constant dense<1.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %s = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %0, %1 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----

// A constant that differs by column, one that widens the result, a division of the
// constant, and a division by zero stay.
// CHECK-LABEL: @stays
// CHECK-COUNT-2: snc.mul
// CHECK-COUNT-2: snc.div
func.func @stays(%x: tensor<1x2x1x2xf32>) -> (tensor<1x2x1x2xf32>, tensor<3x2x1x2xf32>, tensor<1x2x1x2xf32>, tensor<1x2x1x2xf32>) {
  %w = snc.constant dense<1.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %column = snc.constant dense<[2.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %images = snc.constant dense<2.0> : tensor<3x1x1x1xf32> : tensor<3x1x1x1xf32>
  %one = snc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %zero = snc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x1x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x1x2xf32>
  %1 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x1x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x1x2xf32>
  %2 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x1x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x1x2xf32>
  %3 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x1x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x1x2xf32>
  %4 = snc.mul %0, %column : (tensor<1x2x1x2xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  %5 = snc.mul %1, %images : (tensor<1x2x1x2xf32>, tensor<3x1x1x1xf32>) -> tensor<3x2x1x2xf32>
  %6 = snc.div %one, %2 : (tensor<f32>, tensor<1x2x1x2xf32>) -> tensor<1x2x1x2xf32>
  %7 = snc.div %3, %zero : (tensor<1x2x1x2xf32>, tensor<f32>) -> tensor<1x2x1x2xf32>
  return %4, %5, %6, %7 : tensor<1x2x1x2xf32>, tensor<3x2x1x2xf32>, tensor<1x2x1x2xf32>, tensor<1x2x1x2xf32>
}

// -----

// Weights or a bias that are computed stay as they are.
// CHECK-LABEL: @computed
// CHECK-COUNT-2: snc.mul
func.func @computed(%x: tensor<1x2x4x4xf32>, %v: tensor<2x2x1x1xf32>, %b: tensor<2xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = snc.constant dense<1.0> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %s = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %0 = snc.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.mul %0, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  %2 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %3 = snc.mul %2, %s : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %1, %3 : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
