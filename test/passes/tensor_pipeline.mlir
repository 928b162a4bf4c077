// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-tensor-pipeline -split-input-file | FileCheck %s

// Batch normalisation, the bias as an op of its own and the pad all join the
// convolution: weight 2 * 3, bias (1 - 5) * 3 + 4.
// CHECK-LABEL: @conv_block
// CHECK-SAME: (%[[X:.+]]: tensor<1x1x4x4xf32>)
// CHECK-DAG: %[[W:.+]] = snc.constant dense<6.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<-8.000000e+00> : tensor<1xf32>
// CHECK: %[[C:.+]] = snc.conv %[[X]], %[[W]], %[[B]] {{.*}}pads = array<i64: 1, 1, 1, 1>
// CHECK-NEXT: %[[Y:.+]] = snc.clamp %[[C]] {hi = 6.000000e+00 : f32, lo = 0.000000e+00 : f32}
// CHECK-NEXT: return %[[Y]]
func.func @conv_block(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32> {
  %w = snc.constant dense<2.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %bias = snc.constant dense<1.0> : tensor<1x1x1xf32> : tensor<1x1x1xf32>
  %scale = snc.constant dense<6.0> : tensor<1xf32> : tensor<1xf32>
  %shift = snc.constant dense<4.0> : tensor<1xf32> : tensor<1xf32>
  %mean = snc.constant dense<5.0> : tensor<1xf32> : tensor<1xf32>
  %variance = snc.constant dense<3.0> : tensor<1xf32> : tensor<1xf32>
  %zero = snc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x6x6xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x6x6xf32>
  %2 = snc.add %1, %bias : (tensor<1x1x6x6xf32>, tensor<1x1x1xf32>) -> tensor<1x1x6x6xf32>
  %3 = snc.batch_norm %2, %scale, %shift, %mean, %variance {epsilon = 1.0 : f32} : (tensor<1x1x6x6xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x6x6xf32>
  %4 = snc.max %3, %zero : (tensor<1x1x6x6xf32>, tensor<f32>) -> tensor<1x1x6x6xf32>
  %5 = snc.min %4, %six : (tensor<1x1x6x6xf32>, tensor<f32>) -> tensor<1x1x6x6xf32>
  return %5 : tensor<1x1x6x6xf32>
}

// -----

// A gate is recognised before the convolution takes the 3 of x + 3 as its bias.
// CHECK-LABEL: @gate
// CHECK: %[[C:.+]] = snc.conv %{{.+}}, %{{[a-z0-9]+}} {
// CHECK-NEXT: snc.hard_sigmoid %[[C]]
func.func @gate(%x: tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32> {
  %w = snc.constant dense<2.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %three = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  %1 = snc.add %0, %three : (tensor<1x1x1x1xf32>, tensor<f32>) -> tensor<1x1x1x1xf32>
  %2 = snc.clamp %1 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  %3 = snc.div %2, %six : (tensor<1x1x1x1xf32>, tensor<f32>) -> tensor<1x1x1x1xf32>
  return %3 : tensor<1x1x1x1xf32>
}

// -----

// A classifier whose matrix hides behind a reshape becomes a gemm with a bias.
// CHECK-LABEL: @classifier
// CHECK-SAME: (%[[X:.+]]: tensor<1x2xf32>)
// CHECK: %[[Y:.+]] = snc.gemm %[[X]], %{{.+}}, %{{.+}} : (tensor<1x2xf32>, tensor<2x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
// CHECK-NEXT: return %[[Y]]
func.func @classifier(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = snc.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]> : tensor<2x3x1xf32> : tensor<2x3x1xf32>
  %b = snc.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32> : tensor<1x3xf32>
  %0 = snc.reshape %w {shape = array<i64: 2, 3>} : (tensor<2x3x1xf32>) -> tensor<2x3xf32>
  %1 = snc.matmul %x, %0 : (tensor<1x2xf32>, tensor<2x3xf32>) -> tensor<1x3xf32>
  %2 = snc.add %1, %b : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return %2 : tensor<1x3xf32>
}
