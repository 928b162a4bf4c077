// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-choose-layouts | FileCheck %s

// A target of 8-lane blocks uses them for every channel count.
module attributes {snc.target = "aarch64-linux"} {
// CHECK-LABEL: @lanes
func.func @lanes(%x: tensor<1x3x8x8xf32>, %w32: tensor<32x3x1x1xf32>, %w10: tensor<10x3x1x1xf32>) -> (tensor<1x32x8x8xf32>, tensor<1x10x8x8xf32>) {
  // CHECK: snc.conv {{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<8>>
  %0 = snc.conv %x, %w32 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<32x3x1x1xf32>) -> tensor<1x32x8x8xf32>
  // CHECK: snc.conv {{.*}} -> tensor<1x10x8x8xf32, #snc.blocked<8>>
  %1 = snc.conv %x, %w10 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<10x3x1x1xf32>) -> tensor<1x10x8x8xf32>
  return %0, %1 : tensor<1x32x8x8xf32>, tensor<1x10x8x8xf32>
}
}
