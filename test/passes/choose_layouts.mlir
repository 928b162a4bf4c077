// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-choose-layouts | FileCheck %s

module attributes {snc.target = "x86-64-avx512"} {

// A stem reads the three channels of the picture as they come and writes
// blocks; the result goes back to plain at the border.
// CHECK-LABEL: @stem
func.func @stem(%x: tensor<1x3x8x8xf32>, %w: tensor<32x3x3x3xf32>) -> tensor<1x32x8x8xf32> {
  // CHECK: %[[C:.+]] = snc.conv %arg0
  // CHECK-SAME: (tensor<1x3x8x8xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  // CHECK: %[[R:.+]] = snc.relayout %[[C]]
  // CHECK-SAME: -> tensor<1x32x8x8xf32>
  // CHECK: return %[[R]]
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x3x8x8xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x8x8xf32>
  return %0 : tensor<1x32x8x8xf32>
}

// More channels than a picture has are put in blocks first.
// CHECK-LABEL: @wide_input
func.func @wide_input(%x: tensor<1x32x8x8xf32>, %w: tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32> {
  // CHECK: %[[X:.+]] = snc.relayout %arg0 : (tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  // CHECK: snc.conv %[[X]]
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  return %0 : tensor<1x32x8x8xf32>
}

// 24 and 116 channels: whole blocks of 16, the last one padded, as a vector of 8 costs
// as much as one of 16. 12: the same. 6: blocks of 8. One channel is plain.
// CHECK-LABEL: func.func @lanes
func.func @lanes(%x: tensor<1x3x8x8xf32>, %w24: tensor<24x3x1x1xf32>, %w116: tensor<116x3x1x1xf32>, %w12: tensor<12x3x1x1xf32>, %w6: tensor<6x3x1x1xf32>, %w1: tensor<1x3x1x1xf32>)
    -> (tensor<1x24x8x8xf32>, tensor<1x116x8x8xf32>, tensor<1x12x8x8xf32>, tensor<1x6x8x8xf32>, tensor<1x1x8x8xf32>) {
  // CHECK: snc.conv {{.*}} -> tensor<1x24x8x8xf32, #snc.blocked<16>>
  %0 = snc.conv %x, %w24 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<24x3x1x1xf32>) -> tensor<1x24x8x8xf32>
  // CHECK: snc.conv {{.*}} -> tensor<1x116x8x8xf32, #snc.blocked<16>>
  %1 = snc.conv %x, %w116 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<116x3x1x1xf32>) -> tensor<1x116x8x8xf32>
  // CHECK: snc.conv {{.*}} -> tensor<1x12x8x8xf32, #snc.blocked<16>>
  %2 = snc.conv %x, %w12 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<12x3x1x1xf32>) -> tensor<1x12x8x8xf32>
  // CHECK: snc.conv {{.*}} -> tensor<1x6x8x8xf32, #snc.blocked<8>>
  %3 = snc.conv %x, %w6 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<6x3x1x1xf32>) -> tensor<1x6x8x8xf32>
  // CHECK: snc.conv {{.*}} -> tensor<1x1x8x8xf32>{{$}}
  %4 = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<1x3x1x1xf32>) -> tensor<1x1x8x8xf32>
  return %0, %1, %2, %3, %4 : tensor<1x24x8x8xf32>, tensor<1x116x8x8xf32>, tensor<1x12x8x8xf32>, tensor<1x6x8x8xf32>, tensor<1x1x8x8xf32>
}

// A grouped convolution keeps blocks only where no block spans two groups.
// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x32x8x8xf32>, %w2: tensor<64x16x1x1xf32>, %w4: tensor<32x8x1x1xf32>) -> (tensor<1x64x8x8xf32>, tensor<1x32x8x8xf32>) {
  // CHECK: snc.conv {{.*}}group = 2{{.*}} -> tensor<1x64x8x8xf32, #snc.blocked<16>>
  %0 = snc.conv %x, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x32x8x8xf32>, tensor<64x16x1x1xf32>) -> tensor<1x64x8x8xf32>
  // CHECK: snc.conv %arg0{{.*}}group = 4{{.*}} : (tensor<1x32x8x8xf32>, tensor<32x8x1x1xf32>) -> tensor<1x32x8x8xf32>{{$}}
  %1 = snc.conv %x, %w4 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 4} : (tensor<1x32x8x8xf32>, tensor<32x8x1x1xf32>) -> tensor<1x32x8x8xf32>
  return %0, %1 : tensor<1x64x8x8xf32>, tensor<1x32x8x8xf32>
}

// Depthwise, activation, pooling and resizing keep the blocks they get: one
// relayout in, one out.
// CHECK-LABEL: @followers
func.func @followers(%x: tensor<1x32x8x8xf32>, %w: tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32> {
  // CHECK-COUNT-1: snc.relayout
  // CHECK: snc.conv {{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  // CHECK: snc.relu {{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  // CHECK: snc.max_pool {{.*}} -> tensor<1x32x4x4xf32, #snc.blocked<16>>
  // CHECK: snc.resize {{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  // CHECK-COUNT-1: snc.relayout
  // CHECK-NOT: snc.relayout
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32>
  %1 = snc.relu %0 : (tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  %2 = snc.max_pool %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x32x8x8xf32>) -> tensor<1x32x4x4xf32>
  %3 = snc.resize %2 {shape = array<i64: 1, 32, 8, 8>, scales = array<f32: 1.0, 1.0, 2.0, 2.0>, mode = "nearest", coordinates = "asymmetric", nearest_mode = "floor"} : (tensor<1x32x4x4xf32>) -> tensor<1x32x8x8xf32>
  return %3 : tensor<1x32x8x8xf32>
}

// A per-channel constant gets the blocks of the tensor it meets, also when the
// model wrote it with fewer dimensions; a number stays a number.
// CHECK-LABEL: @constants
func.func @constants(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x1x1xf32>) -> tensor<1x8x8x8xf32> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<8x3x1x1xf32>) -> tensor<1x8x8x8xf32>
  // CHECK: %[[A:.+]] = snc.constant {{.*}} : tensor<1x8x1x1xf32> : tensor<1x8x1x1xf32, #snc.blocked<8>>
  // CHECK: snc.mul {{.*}}, %[[A]]
  %a = snc.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]], [[5.0]], [[6.0]], [[7.0]], [[8.0]]]> : tensor<8x1x1xf32> : tensor<8x1x1xf32>
  %1 = snc.mul %0, %a : (tensor<1x8x8x8xf32>, tensor<8x1x1xf32>) -> tensor<1x8x8x8xf32>
  // CHECK: %[[B:.+]] = snc.constant dense<2.000000e+00> : tensor<f32> : tensor<f32>
  // CHECK: snc.add {{.*}}, %[[B]]
  %b = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %2 = snc.add %1, %b : (tensor<1x8x8x8xf32>, tensor<f32>) -> tensor<1x8x8x8xf32>
  return %2 : tensor<1x8x8x8xf32>
}

// A residual in another layout is brought to the convolution's blocks.
// CHECK-LABEL: @residual
func.func @residual(%x: tensor<1x32x8x8xf32>, %r: tensor<1x32x8x8xf32>, %w: tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32>
  // CHECK: %[[R:.+]] = snc.relayout %arg1
  // CHECK: snc.add {{.*}}, %[[R]] : {{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.add %0, %r : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %1 : tensor<1x32x8x8xf32>
}

// Channels concatenated in whole blocks, but for the last input, stay blocked, in the
// widest blocks that no input breaks (16, then 8); otherwise concat reads blocks and writes
// rows.
// CHECK-LABEL: @concats
func.func @concats(%x: tensor<1x3x8x8xf32>, %w: tensor<32x3x1x1xf32>, %v: tensor<24x3x1x1xf32>, %u: tensor<12x3x1x1xf32>) -> (tensor<1x56x8x8xf32>, tensor<1x56x8x8xf32>, tensor<1x44x8x8xf32>, tensor<1x44x8x8xf32>) {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<32x3x1x1xf32>) -> tensor<1x32x8x8xf32>
  %1 = snc.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<24x3x1x1xf32>) -> tensor<1x24x8x8xf32>
  %2 = snc.conv %x, %u {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<12x3x1x1xf32>) -> tensor<1x12x8x8xf32>
  // CHECK: snc.concat {{.*}} -> tensor<1x56x8x8xf32, #snc.blocked<16>>
  %3 = snc.concat %0, %1 {axis = 1} : (tensor<1x32x8x8xf32>, tensor<1x24x8x8xf32>) -> tensor<1x56x8x8xf32>
  // CHECK: snc.concat {{.*}} -> tensor<1x56x8x8xf32, #snc.blocked<8>>
  %4 = snc.concat %1, %0 {axis = 1} : (tensor<1x24x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x56x8x8xf32>
  // CHECK: snc.concat {{.*}} -> tensor<1x44x8x8xf32, #snc.blocked<16>>
  %5 = snc.concat %0, %2 {axis = 1} : (tensor<1x32x8x8xf32>, tensor<1x12x8x8xf32>) -> tensor<1x44x8x8xf32>
  // CHECK: snc.concat {{.*}} : (tensor<1x12x8x8xf32, #snc.blocked<16>>, tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x44x8x8xf32>{{$}}
  %6 = snc.concat %2, %0 {axis = 1} : (tensor<1x12x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x44x8x8xf32>
  return %3, %4, %5, %6 : tensor<1x56x8x8xf32>, tensor<1x56x8x8xf32>, tensor<1x44x8x8xf32>, tensor<1x44x8x8xf32>
}

// A slice of whole blocks stays blocked; one that starts inside a block does not.
// CHECK-LABEL: @slices
func.func @slices(%x: tensor<1x3x8x8xf32>, %w: tensor<64x3x1x1xf32>) -> (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<64x3x1x1xf32>) -> tensor<1x64x8x8xf32>
  // CHECK: snc.slice {{.*}}starts = array<i64: 0, 16, 0, 0>{{.*}} -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.slice %0 {starts = array<i64: 0, 16, 0, 0>, sizes = array<i64: 1, 32, 8, 8>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x64x8x8xf32>) -> tensor<1x32x8x8xf32>
  // CHECK: snc.slice {{.*}}starts = array<i64: 0, 20, 0, 0>{{.*}} -> tensor<1x32x8x8xf32>{{$}}
  %2 = snc.slice %0 {starts = array<i64: 0, 20, 0, 0>, sizes = array<i64: 1, 32, 8, 8>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x64x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %1, %2 : tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>
}

// The head: reduction keeps the blocks, gemm wants rows, and both users of the
// pooled tensor share one relayout.
// CHECK-LABEL: @head
func.func @head(%x: tensor<1x3x8x8xf32>, %w: tensor<32x3x1x1xf32>, %m: tensor<10x32xf32>) -> (tensor<1x10xf32>, tensor<1x32xf32>) {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<32x3x1x1xf32>) -> tensor<1x32x8x8xf32>
  // CHECK: %[[P:.+]] = snc.reduce_mean {{.*}} -> tensor<1x32x1x1xf32, #snc.blocked<16>>
  %1 = snc.reduce_mean %0 {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x32x8x8xf32>) -> tensor<1x32x1x1xf32>
  // CHECK: %[[R:.+]] = snc.relayout %[[P]]
  // CHECK: snc.reshape %[[R]]
  // CHECK: snc.gemm
  // CHECK-NOT: snc.relayout
  // CHECK: snc.reshape %[[R]]
  %2 = snc.reshape %1 {shape = array<i64: 1, 32>} : (tensor<1x32x1x1xf32>) -> tensor<1x32xf32>
  %3 = snc.gemm %2, %m {trans_b = true} : (tensor<1x32xf32>, tensor<10x32xf32>) -> tensor<1x10xf32>
  %4 = snc.reshape %1 {shape = array<i64: 1, 32>} : (tensor<1x32x1x1xf32>) -> tensor<1x32xf32>
  return %3, %4 : tensor<1x10xf32>, tensor<1x32xf32>
}

// A transpose reads blocks itself; softmax asks for rows.
// CHECK-LABEL: @readers
func.func @readers(%x: tensor<1x3x8x8xf32>, %w: tensor<32x3x1x1xf32>) -> (tensor<1x8x8x32xf32>, tensor<1x32x8x8xf32>) {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x3x8x8xf32>, tensor<32x3x1x1xf32>) -> tensor<1x32x8x8xf32>
  // CHECK: snc.transpose {{.*}} : (tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x8x8x32xf32>{{$}}
  %1 = snc.transpose %0 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x32x8x8xf32>) -> tensor<1x8x8x32xf32>
  // CHECK: %[[R:.+]] = snc.relayout
  // CHECK: snc.softmax %[[R]] {{.*}} : (tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>{{$}}
  %2 = snc.softmax %0 {axis = 1} : (tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %1, %2 : tensor<1x8x8x32xf32>, tensor<1x32x8x8xf32>
}

}
