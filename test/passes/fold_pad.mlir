// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-fold-pad -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Zeros around the picture add to the convolution's own pads: top 1 + 1, left 0 + 2,
// bottom 3 + 1, right 4 + 0.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<1x1x4x4xf32>
// CHECK-NOT: snc.pad
// CHECK: snc.conv %[[X]], %{{.+}} pads = array<i64: 2, 2, 4, 4>
// CHECK-SAME: loc(fused["pad", "conv"])
func.func @conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x10x10xf32> {
  %w = snc.constant dense<1.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 2>, high = array<i64: 0, 0, 3, 4>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x8x10xf32> loc("pad")
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, group = 1} : (tensor<1x1x8x10xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x10x10xf32> loc("conv")
  return %1 : tensor<1x1x10x10xf32>
}

// -----

// A reflecting pad, a pad with ones, one of channels, one that crops, and one with
// another reader stay.
// CHECK-LABEL: @stays
// CHECK-COUNT-5: snc.pad
func.func @stays(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>) {
  %w = snc.constant dense<1.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %w2 = snc.constant dense<1.0> : tensor<1x2x1x1xf32> : tensor<1x2x1x1xf32>
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 0, 0, 0>, mode = "reflect"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x4xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  %2 = snc.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 0, 0, 0>, mode = "constant", value = 1.0 : f32} : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x4xf32>
  %3 = snc.conv %2, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  %4 = snc.pad %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32>
  %5 = snc.conv %4, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32>
  %6 = snc.pad %x {low = array<i64: 0, 0, -1, 0>, high = array<i64: 0, 0, 0, 0>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x4xf32>
  %7 = snc.conv %6, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>, group = 1} : (tensor<1x1x3x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %8 = snc.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 0, 0, 0>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x5x4xf32>
  %9 = snc.conv %8, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  return %1, %3, %5, %7, %8, %9 : tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>
}

// -----

// A mean over padded pixels counts them.
// CHECK-LABEL: @avg_pool
// CHECK-NOT: snc.pad
// CHECK: snc.avg_pool %{{.+}} {count_include_pad = true,
// CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
func.func @avg_pool(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32> {
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = snc.avg_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  return %1 : tensor<1x1x3x3xf32>
}

// -----

// Padding of its own that a mean does not count cannot join padding that it must.
// CHECK-LABEL: @avg_pool_own_padding
// CHECK: snc.pad
func.func @avg_pool_own_padding(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = snc.avg_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x4x4xf32>
  return %1 : tensor<1x1x4x4xf32>
}

// -----

// Zeros never beat what a relu gives, nor negative infinity anything.
// CHECK-LABEL: @max_pool
// CHECK-NOT: snc.pad
// CHECK: snc.max_pool %{{.+}} pads = array<i64: 1, 1, 1, 1>
// CHECK: snc.max_pool %{{.+}} pads = array<i64: 1, 1, 1, 1>
func.func @max_pool(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) {
  %0 = snc.relu %x : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %1 = snc.pad %0 {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %2 = snc.max_pool %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  %3 = snc.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant", value = 0xFF800000 : f32} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %4 = snc.max_pool %3 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  return %2, %4 : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
}

// -----

// Zeros beat negative inputs; a window of padding alone is zero, not the least
// number; with ceil mode, pads decide which partial windows count.
// CHECK-LABEL: @max_pool_stays
// CHECK-COUNT-3: snc.pad
func.func @max_pool_stays(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x4x2xf32>, tensor<1x1x3x3xf32>) {
  %0 = snc.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %1 = snc.max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  %2 = snc.relu %x : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %3 = snc.pad %2 {low = array<i64: 0, 0, 2, 0>, high = array<i64: 0, 0, 2, 0>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x8x4xf32>
  %4 = snc.max_pool %3 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x8x4xf32>) -> tensor<1x1x4x2xf32>
  %5 = snc.pad %2 {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, mode = "constant"} : (tensor<1x1x4x4xf32>) -> tensor<1x1x6x6xf32>
  %6 = snc.max_pool %5 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode = true} : (tensor<1x1x6x6xf32>) -> tensor<1x1x3x3xf32>
  return %1, %4, %6 : tensor<1x1x3x3xf32>, tensor<1x1x4x2xf32>, tensor<1x1x3x3xf32>
}
