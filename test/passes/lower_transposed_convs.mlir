// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-lower-transposed-convs -split-input-file | FileCheck %s
// RUN: syncnas-opt %s --snc-lower-transposed-convs --snc-choose-layouts -split-input-file | FileCheck %s --check-prefix=LAYOUT

// Of as many taps as the stride each phase has one: a pointwise convolution into four times the
// channels. Weights and bias were ordered by hand.
// CHECK-LABEL: @pointwise
// CHECK-DAG: %[[W:.+]] = snc.constant dense<{{\[\[\[\[}}1.0{{.*}}2.0{{.*}}3.0{{.*}}4.0{{.*}} : tensor<4x1x1x1xf32>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<7.0{{.*}} : tensor<4xf32>
// CHECK: %[[C:.+]] = snc.conv %arg0, %[[W]], %[[B]] {dilations = array<i64: 1, 1>, group = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : {{.*}} -> tensor<1x4x5x3xf32>
// CHECK-NEXT: %[[D:.+]] = snc.depth_to_space %[[C]] {block = 2 : i64, mode = "DCR"}
// CHECK-NEXT: return %[[D]]
func.func @pointwise(%x: tensor<1x1x5x3xf32>) -> tensor<1x1x10x6xf32> {
  %w = snc.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32> : tensor<1x1x2x2xf32>
  %b = snc.constant dense<7.0> : tensor<1xf32> : tensor<1xf32>
  %0 = snc.conv_transpose %x, %w, %b {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x1x5x3xf32>, tensor<1x1x2x2xf32>, tensor<1xf32>) -> tensor<1x1x10x6xf32>
  return %0 : tensor<1x1x10x6xf32>
}

// -----

// Three taps at stride 2: even phases have two, odd ones one and a zero; kernels are turned. The
// first row and column of 2 * 4 are what the model pads away, the last ones its output padding.
// CHECK-LABEL: @zeros
// CHECK-DAG: snc.constant dense<{{\[\[\[\[}}9.0{{[^,]*}}, 7.0{{[^,]*}}], [3.0{{[^,]*}}, 1.0{{.*}}0.0{{[^,]*}}, 8.0{{[^,]*}}], [0.0{{[^,]*}}, 2.0{{.*}}0.0{{[^,]*}}, 0.0{{[^,]*}}], [6.0{{[^,]*}}, 4.0{{.*}}0.0{{[^,]*}}, 0.0{{[^,]*}}], [0.0{{[^,]*}}, 5.0
// CHECK: %[[C:.+]] = snc.conv {{.*}}pads = array<i64: 1, 1, 1, 1>{{.*}} -> tensor<1x4x4x4xf32>
// CHECK-NEXT: %[[D:.+]] = snc.depth_to_space %[[C]]
// CHECK-NEXT: snc.slice %[[D]] {sizes = array<i64: 1, 1, 6, 6>, starts = array<i64: 0, 0, 1, 1>
func.func @zeros(%x: tensor<1x1x3x3xf32>) -> tensor<1x1x6x6xf32> {
  %w = snc.constant dense<[[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]> : tensor<1x1x3x3xf32> : tensor<1x1x3x3xf32>
  %0 = snc.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 1, 1>, group = 1} : (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x6x6xf32>
  return %0 : tensor<1x1x6x6xf32>
}

// -----

// A stride of 1 has one phase. What the model pads is what the convolution need not compute.
// CHECK-LABEL: @one_phase
// CHECK: %[[C:.+]] = snc.conv {{.*}}pads = array<i64: 1, 1, 1, 1>{{.*}} -> tensor<1x16x5x5xf32>
// CHECK-NEXT: return %[[C]]
func.func @one_phase(%x: tensor<1x8x5x5xf32>) -> tensor<1x16x5x5xf32> {
  %w = snc.constant dense<1.0> : tensor<8x16x3x3xf32> : tensor<8x16x3x3xf32>
  %0 = snc.conv_transpose %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x8x5x5xf32>, tensor<8x16x3x3xf32>) -> tensor<1x16x5x5xf32>
  return %0 : tensor<1x16x5x5xf32>
}

// -----

// Phases of whole blocks stay in blocks; others become rows.
// LAYOUT-LABEL: @blocks
// LAYOUT: snc.depth_to_space {{.*}} : (tensor<1x64x4x4xf32, #snc.blocked<16>>) -> tensor<1x16x8x8xf32, #snc.blocked<16>>
// LAYOUT: snc.depth_to_space {{.*}} : (tensor<1x24x8x8xf32, #snc.blocked<16>>) -> tensor<1x6x16x16xf32>
module attributes {snc.target = "x86-64-avx512"} {
func.func @blocks(%x: tensor<1x16x4x4xf32>) -> tensor<1x6x16x16xf32> {
  %v = snc.constant dense<1.0> : tensor<16x16x2x2xf32> : tensor<16x16x2x2xf32>
  %w = snc.constant dense<1.0> : tensor<16x6x2x2xf32> : tensor<16x6x2x2xf32>
  %0 = snc.conv_transpose %x, %v {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x16x4x4xf32>, tensor<16x16x2x2xf32>) -> tensor<1x16x8x8xf32>
  %1 = snc.conv_transpose %0, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x16x8x8xf32>, tensor<16x6x2x2xf32>) -> tensor<1x6x16x16xf32>
  return %1 : tensor<1x6x16x16xf32>
}
}

// -----

// Left: dilated kernels, unequal strides, weights of the run.
// CHECK-LABEL: @left
// CHECK-NOT: snc.depth_to_space
// CHECK-COUNT-3: snc.conv_transpose
func.func @left(%x: tensor<1x4x5x5xf32>, %v: tensor<4x4x2x2xf32>) -> (tensor<1x4x11x11xf32>, tensor<1x4x10x15xf32>, tensor<1x4x10x10xf32>) {
  %w = snc.constant dense<1.0> : tensor<4x4x2x2xf32> : tensor<4x4x2x2xf32>
  %1 = snc.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x4x5x5xf32>, tensor<4x4x2x2xf32>) -> tensor<1x4x11x11xf32>
  %2 = snc.conv_transpose %x, %w {strides = array<i64: 2, 3>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 1>, group = 1} : (tensor<1x4x5x5xf32>, tensor<4x4x2x2xf32>) -> tensor<1x4x10x15xf32>
  %3 = snc.conv_transpose %x, %v {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x4x5x5xf32>, tensor<4x4x2x2xf32>) -> tensor<1x4x10x10xf32>
  return %1, %2, %3 : tensor<1x4x11x11xf32>, tensor<1x4x10x15xf32>, tensor<1x4x10x10xf32>
}
