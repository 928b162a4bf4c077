// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-fold-batch-norm -split-input-file | FileCheck %s

// Channel 0: 2 / sqrt(3 + 1) = 1 and 5 - 4 * 1 = 1; channel 1: 6 / sqrt(8 + 1) = 2
// and 1 - 3 * 2 = -5.
// CHECK-LABEL: @two_channels
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x2x2xf32>)
// CHECK-DAG: %[[S:.+]] = snc.constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]]]> : tensor<1x2x1x1xf32>
// CHECK-DAG: %[[T:.+]] = snc.constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}-5.000000e+00]]]]> : tensor<1x2x1x1xf32>
// CHECK: %[[M:.+]] = snc.mul %[[X]], %[[S]]
// CHECK: %[[Y:.+]] = snc.add %[[M]], %[[T]]
// CHECK: return %[[Y]]
func.func @two_channels(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %scale = snc.constant dense<[2.0, 6.0]> : tensor<2xf32> : tensor<2xf32>
  %bias = snc.constant dense<[5.0, 1.0]> : tensor<2xf32> : tensor<2xf32>
  %mean = snc.constant dense<[4.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %var = snc.constant dense<[3.0, 8.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.batch_norm %x, %scale, %bias, %mean, %var {epsilon = 1.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// On rows of features the channel is the column.
// CHECK-LABEL: @rows
// CHECK-DAG: snc.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00]]> : tensor<1x2xf32>
// CHECK: snc.mul
// CHECK: snc.add
func.func @rows(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %scale = snc.constant dense<[2.0, 6.0]> : tensor<2xf32> : tensor<2xf32>
  %zero = snc.constant dense<0.0> : tensor<2xf32> : tensor<2xf32>
  %var = snc.constant dense<[3.0, 8.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.batch_norm %x, %scale, %zero, %zero, %var {epsilon = 1.0 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// Statistics that are computed leave the operator as it is.
// CHECK-LABEL: @computed
// CHECK: snc.batch_norm
func.func @computed(%x: tensor<1x2x2x2xf32>, %mean: tensor<2xf32>) -> tensor<1x2x2x2xf32> {
  %one = snc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.batch_norm %x, %one, %one, %mean, %one {epsilon = 1.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}
