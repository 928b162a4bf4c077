// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-form-kernels -split-input-file | FileCheck %s --check-prefix=OFF
// RUN: syncnas-opt %s --snc-form-kernels="gate-prologue fuse-inverted-residual" -split-input-file | FileCheck %s --check-prefix=ON

// Expand, depthwise and project become one kernel on demand, residual included.
// OFF-LABEL: module
// OFF: snc.kernel @k0
// OFF: snc.kernel @k1
// OFF: snc.kernel @k2
// ON-LABEL: module
// ON: snc.kernel @k0
// ON-NEXT: snc.conv
// ON-NEXT: snc.relu
// ON-NEXT: snc.conv
// ON-NEXT: snc.relu
// ON-NEXT: snc.conv
// ON-NEXT: snc.add
// ON-NEXT: snc.yield
// ON-NOT: snc.kernel
// ON: func.func @main
module {
func.func @main(%x: tensor<1x8x4x4xf32>, %e: tensor<16x8x1x1xf32>, %d: tensor<16x1x3x3xf32>, %p: tensor<8x16x1x1xf32>) -> tensor<1x8x4x4xf32> {
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = snc.relu %0 : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %2 = snc.conv %1, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 16} : (tensor<1x16x4x4xf32>, tensor<16x1x3x3xf32>) -> tensor<1x16x4x4xf32>
  %3 = snc.relu %2 : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %4 = snc.conv %3, %p {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x4x4xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x4x4xf32>
  %5 = snc.add %4, %x : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %5 : tensor<1x8x4x4xf32>
}
}

// -----

// An expanded tensor that someone else reads too keeps the three apart.
// OFF-LABEL: module
// ON-LABEL: module
// ON: snc.kernel @k0
// ON: snc.kernel @k1
// ON: snc.kernel @k2
// ON: func.func @main
module {
func.func @main(%x: tensor<1x8x4x4xf32>, %e: tensor<16x8x1x1xf32>, %d: tensor<16x1x3x3xf32>, %p: tensor<8x16x1x1xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x16x4x4xf32>) {
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = snc.conv %0, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 16} : (tensor<1x16x4x4xf32>, tensor<16x1x3x3xf32>) -> tensor<1x16x4x4xf32>
  %2 = snc.conv %1, %p {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x4x4xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %2, %0 : tensor<1x8x4x4xf32>, tensor<1x16x4x4xf32>
}
}

// -----

// The gate's product moves into the convolution that alone reads it, on demand.
// OFF-LABEL: module
// OFF: snc.kernel @k0
// OFF-NEXT: snc.mul
// OFF-NEXT: snc.yield
// ON-LABEL: module
// ON: snc.kernel @k0
// ON-NEXT: snc.mul
// ON-NEXT: snc.conv
// ON-NEXT: snc.yield
module {
func.func @main(%x: tensor<1x8x4x4xf32>, %g: tensor<1x8x1x1xf32>, %w: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  %0 = snc.mul %x, %g : (tensor<1x8x4x4xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %1 : tensor<1x8x4x4xf32>
}
}
