// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-move-before-concat -split-input-file | FileCheck %s

// Each convolution gets the clamp, with its bounds.
// CHECK-LABEL: @parts
// CHECK: %[[A:.+]] = snc.conv
// CHECK: %[[B:.+]] = snc.conv
// CHECK: %[[CA:.+]] = snc.clamp %[[A]] {hi = 6.{{.*}}, lo = 0.{{.*}}} : (tensor<1x2x4x4xf32>)
// CHECK: %[[CB:.+]] = snc.clamp %[[B]] {hi = 6.{{.*}}, lo = 0.{{.*}}} : (tensor<1x3x4x4xf32>)
// CHECK: %[[R:.+]] = snc.concat %[[CA]], %[[CB]] {axis = 1
// CHECK-NEXT: return %[[R]]
func.func @parts(%x: tensor<1x2x4x4xf32>, %v: tensor<2x2x1x1xf32>, %w: tensor<3x2x1x1xf32>) -> tensor<1x5x4x4xf32> {
  %0 = snc.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  %2 = snc.concat %0, %1 {axis = 1} : (tensor<1x2x4x4xf32>, tensor<1x3x4x4xf32>) -> tensor<1x5x4x4xf32>
  %3 = snc.clamp %2 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
  return %3 : tensor<1x5x4x4xf32>
}

// -----

// The convolution's result is returned as well: it keeps its values.
// CHECK-LABEL: @shared
// CHECK: snc.concat
// CHECK-NEXT: snc.relu
func.func @shared(%x: tensor<1x2x4x4xf32>, %v: tensor<2x2x1x1xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x4x4x4xf32>) {
  %0 = snc.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = snc.concat %0, %0 {axis = 1} : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32>
  %2 = snc.relu %1 : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return %0, %2 : tensor<1x2x4x4xf32>, tensor<1x4x4x4xf32>
}

// -----

// A part that no kernel computes (an argument) has nothing to join.
// CHECK-LABEL: @argument
// CHECK: snc.concat
// CHECK-NEXT: snc.relu
func.func @argument(%x: tensor<1x2x4x4xf32>, %y: tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %0 = snc.concat %x, %y {axis = 1} : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32>
  %1 = snc.relu %0 : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  return %1 : tensor<1x4x4x4xf32>
}
