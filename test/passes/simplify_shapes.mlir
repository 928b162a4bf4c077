// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-simplify-shapes -split-input-file | FileCheck %s

// Movement to where a value already is goes.
// CHECK-LABEL: @identities
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x3x4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @identities(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = snc.reshape %x {shape = array<i64: 1, 2, 3, 4>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %1 = snc.transpose %0 {perm = array<i64: 0, 1, 2, 3>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %2 = snc.slice %1 {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 2, 3, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %3 = snc.pad %2 {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>, mode = "constant"} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %4 = snc.expand %3 {shape = array<i64: 1, 2, 3, 4>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %5 = snc.cast %4 {to = f32} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %6 = snc.concat %5 {axis = 1 : i64} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  %7 = snc.resize %6 {shape = array<i64: 1, 2, 3, 4>, scales = array<f32: 1.0, 1.0, 1.0, 1.0>, mode = "linear", coordinates = "half_pixel", nearest_mode = "floor"} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32>
  return %7 : tensor<1x2x3x4xf32>
}

// -----

// Times one and plus zero go; one minus x is another number.
// CHECK-LABEL: @arithmetic
// CHECK-SAME: (%[[X:.+]]: tensor<2xf32>)
// CHECK: %[[S:.+]] = snc.sub %{{.+}}, %[[X]]
// CHECK-NEXT: return %[[X]], %[[S]]
func.func @arithmetic(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %zero = snc.constant dense<0.0> : tensor<2xf32> : tensor<2xf32>
  %one = snc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %0 = snc.mul %x, %one : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %1 = snc.add %0, %zero : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = snc.div %1, %one : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %3 = snc.sub %one, %x : (tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  return %2, %3 : tensor<2xf32>, tensor<2xf32>
}

// -----

// A slice that turns around and a pad that shifts keep the type but not the values.
// CHECK-LABEL: @same_type
// CHECK: snc.slice
// CHECK: snc.pad
func.func @same_type(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.slice %x {starts = array<i64: 3>, sizes = array<i64: 4>, steps = array<i64: -1>} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.pad %0 {low = array<i64: -1>, high = array<i64: 1>, mode = "constant"} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Of two reshapes the last counts.
// CHECK-LABEL: @reshapes
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>)
// CHECK-NEXT: %[[Y:.+]] = snc.reshape %[[X]] {shape = array<i64: 4, 6>} : (tensor<2x3x4xf32>) -> tensor<4x6xf32>
// CHECK-NEXT: return %[[Y]]
func.func @reshapes(%x: tensor<2x3x4xf32>) -> tensor<4x6xf32> {
  %0 = snc.reshape %x {shape = array<i64: 24>} : (tensor<2x3x4xf32>) -> tensor<24xf32>
  %1 = snc.reshape %0 {shape = array<i64: 4, 6>} : (tensor<24xf32>) -> tensor<4x6xf32>
  return %1 : tensor<4x6xf32>
}

// -----

// Two transposes are one: result dimension 0 is dimension 1 of the middle, which is
// dimension 2 of the input.
// CHECK-LABEL: @transposes
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>)
// CHECK-NEXT: %[[Y:.+]] = snc.transpose %[[X]] {perm = array<i64: 2, 1, 0>}
// CHECK-NEXT: return %[[Y]]
func.func @transposes(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = snc.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %1 = snc.transpose %0 {perm = array<i64: 1, 2, 0>} : (tensor<2x4x3xf32>) -> tensor<4x3x2xf32>
  return %1 : tensor<4x3x2xf32>
}

// -----

// Moving a dimension of extent 1 moves no element.
// CHECK-LABEL: @transpose_of_ones
// CHECK: snc.reshape %{{.+}} {shape = array<i64: 1, 4, 5, 1>}
// CHECK-NOT: snc.transpose
func.func @transpose_of_ones(%x: tensor<1x1x4x5xf32>) -> tensor<1x4x5x1xf32> {
  %0 = snc.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x1x4x5xf32>) -> tensor<1x4x5x1xf32>
  return %0 : tensor<1x4x5x1xf32>
}

// -----

// A reduction that gets its dimensions back keeps them; another shape stays a reshape.
// CHECK-LABEL: @keep_dimensions
// CHECK: %[[A:.+]] = snc.reduce_mean %{{.+}} {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x8x4x4xf32>) -> tensor<1x8x1x1xf32>
// CHECK: snc.reduce_max %{{.+}} keepdims = false
// CHECK: snc.reshape
func.func @keep_dimensions(%x: tensor<1x8x4x4xf32>) -> (tensor<1x8x1x1xf32>, tensor<8x1x1xf32>) {
  %0 = snc.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = false} : (tensor<1x8x4x4xf32>) -> tensor<1x8xf32>
  %1 = snc.reshape %0 {shape = array<i64: 1, 8, 1, 1>} : (tensor<1x8xf32>) -> tensor<1x8x1x1xf32>
  %2 = snc.reduce_max %x {axes = array<i64: 2, 3>, keepdims = false} : (tensor<1x8x4x4xf32>) -> tensor<1x8xf32>
  %3 = snc.reshape %2 {shape = array<i64: 8, 1, 1>} : (tensor<1x8xf32>) -> tensor<8x1x1xf32>
  return %1, %3 : tensor<1x8x1x1xf32>, tensor<8x1x1xf32>
}

// -----

// A pool with one window over the whole picture is a reduction; with a border, or
// with several windows, it is not.
// CHECK-LABEL: @global_pools
// CHECK: snc.reduce_mean %{{.+}} {axes = array<i64: 2, 3>, keepdims = true}
// CHECK: snc.reduce_max %{{.+}} {axes = array<i64: 2, 3>, keepdims = true}
// CHECK: snc.avg_pool
// CHECK: snc.max_pool
func.func @global_pools(%x: tensor<1x8x3x4xf32>) -> (tensor<1x8x1x1xf32>, tensor<1x8x1x1xf32>, tensor<1x8x3x3xf32>, tensor<1x8x1x2xf32>) {
  %0 = snc.avg_pool %x {kernel = array<i64: 3, 4>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x3x4xf32>) -> tensor<1x8x1x1xf32>
  %1 = snc.max_pool %x {kernel = array<i64: 3, 4>, strides = array<i64: 3, 4>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x3x4xf32>) -> tensor<1x8x1x1xf32>
  %2 = snc.avg_pool %x {kernel = array<i64: 3, 4>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x8x3x4xf32>) -> tensor<1x8x3x3xf32>
  %3 = snc.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x3x4xf32>) -> tensor<1x8x1x2xf32>
  return %0, %1, %2, %3 : tensor<1x8x1x1xf32>, tensor<1x8x1x1xf32>, tensor<1x8x3x3xf32>, tensor<1x8x1x2xf32>
}

// -----

// A product broadcasts by itself; where the expand alone widens the result, it stays.
// CHECK-LABEL: @expand
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x4x4xf32>, %[[G:.+]]: tensor<1x8x1x1xf32>)
// CHECK: snc.mul %[[G]], %[[X]]
// CHECK: %[[E:.+]] = snc.expand %[[G]]
// CHECK: snc.add %[[E]], %[[G]]
func.func @expand(%x: tensor<1x8x4x4xf32>, %g: tensor<1x8x1x1xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) {
  %0 = snc.expand %g {shape = array<i64: 1, 8, 4, 4>} : (tensor<1x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = snc.mul %0, %x : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %2 = snc.expand %g {shape = array<i64: 1, 8, 4, 4>} : (tensor<1x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %3 = snc.add %2, %g : (tensor<1x8x4x4xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %1, %3 : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>
}

// -----

// A sum of everything keeps its dimensions, which a reshape takes off; one that leaves some does not.
// CHECK-LABEL: @scalar
// CHECK: %[[S:.+]] = snc.reduce_sum %arg0 {axes = array<i64: 0, 1>, keepdims = true} : (tensor<2x3xf32>) -> tensor<1x1xf32>
// CHECK: %[[R:.+]] = snc.reshape %[[S]] {shape = array<i64>} : (tensor<1x1xf32>) -> tensor<f32>
// CHECK: %[[M:.+]] = snc.reduce_max %arg0 {axes = array<i64: 1>, keepdims = false}
// CHECK: return %[[R]], %[[M]]
func.func @scalar(%x: tensor<2x3xf32>) -> (tensor<f32>, tensor<2xf32>) {
  %0 = snc.reduce_sum %x {axes = array<i64: 0, 1>, keepdims = false} : (tensor<2x3xf32>) -> tensor<f32>
  %1 = snc.reduce_max %x {axes = array<i64: 1>, keepdims = false} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<f32>, tensor<2xf32>
}
