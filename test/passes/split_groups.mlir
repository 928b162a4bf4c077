// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-split-groups -split-input-file | FileCheck %s
// RUN: syncnas-opt %s --snc-split-groups --snc-choose-layouts --snc-elide-copies -split-input-file | FileCheck %s --check-prefix=PLACE

// Two groups of whole blocks: each reads and writes its own, in place. What follows acts
// on the parts.
// CHECK-LABEL: @two
// CHECK: %[[A:.+]] = snc.slice %arg0 {sizes = array<i64: 1, 16, 14, 14>, starts = array<i64: 0, 0, 0, 0>
// CHECK: %[[V:.+]] = snc.constant {{.*}} : tensor<16x16x1x1xf32>
// CHECK: %[[BA:.+]] = snc.constant {{.*}} : tensor<16xf32>
// CHECK: %[[CA:.+]] = snc.conv %[[A]], %[[V]], %[[BA]] {dilations = {{.*}}, group = 1
// CHECK: %[[RA:.+]] = snc.relu %[[CA]]
// CHECK: %[[B:.+]] = snc.slice %arg0 {sizes = array<i64: 1, 16, 14, 14>, starts = array<i64: 0, 16, 0, 0>
// CHECK: %[[CB:.+]] = snc.conv %[[B]]
// CHECK: %[[RB:.+]] = snc.relu %[[CB]]
// CHECK: %[[R:.+]] = snc.concat %[[RA]], %[[RB]] {axis = 1
// CHECK-NEXT: return %[[R]]
module attributes {snc.target = "x86-64-avx512"} {
func.func @two(%x: tensor<1x32x14x14xf32>) -> tensor<1x32x14x14xf32> {
  %w = snc.constant dense<2.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %b = snc.constant dense<1.0> : tensor<32xf32> : tensor<32xf32>
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>, tensor<32xf32>) -> tensor<1x32x14x14xf32>
  %1 = snc.relu %0 : (tensor<1x32x14x14xf32>) -> tensor<1x32x14x14xf32>
  return %1 : tensor<1x32x14x14xf32>
}
}

// -----

// A residual is read in parts, too; strides, dilations and pads stay.
// CHECK-LABEL: @residual
// CHECK: %[[C:.+]] = snc.conv {{.*}} {dilations = array<i64: 2, 2>, group = 1 : i64, pads = array<i64: 3, 3, 3, 3>, strides = array<i64: 2, 2>} : (tensor<1x16x14x14xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32>
// CHECK: %[[S:.+]] = snc.slice %arg1 {sizes = array<i64: 1, 16, 8, 8>, starts = array<i64: 0, 0, 0, 0>
// CHECK: snc.add %[[C]], %[[S]]
// CHECK: snc.slice %arg1 {sizes = array<i64: 1, 16, 8, 8>, starts = array<i64: 0, 16, 0, 0>
// CHECK: snc.concat
// CHECK-NEXT: return
module attributes {snc.target = "x86-64-avx512"} {
func.func @residual(%x: tensor<1x32x14x14xf32>, %r: tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32> {
  %w = snc.constant dense<2.0> : tensor<32x16x3x3xf32> : tensor<32x16x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>, group = 2} : (tensor<1x32x14x14xf32>, tensor<32x16x3x3xf32>) -> tensor<1x32x8x8xf32>
  %1 = snc.add %0, %r : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %1 : tensor<1x32x8x8xf32>
}
}

// -----

// ResNeXt's groups of 4: four share a block, with zeros between them.
// CHECK-LABEL: @narrow
// CHECK-COUNT-2: snc.conv {{.*}} group = 1 {{.*}} : (tensor<1x16x28x28xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x28x28xf32>
// CHECK: snc.concat
// CHECK-NEXT: return
module attributes {snc.target = "x86-64-avx512"} {
func.func @narrow(%x: tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32> {
  %w = snc.constant dense<2.0> : tensor<32x4x3x3xf32> : tensor<32x4x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 8} : (tensor<1x32x28x28xf32>, tensor<32x4x3x3xf32>) -> tensor<1x32x28x28xf32>
  return %0 : tensor<1x32x28x28xf32>
}
}

// -----

// The dense weights of two groups, 2 in and 1 out each.
// CHECK-LABEL: @zeros
// CHECK: snc.constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]], {{\[\[}}0.000000e+00]], {{\[\[}}0.000000e+00]]], {{\[\[\[}}0.000000e+00]], {{\[\[}}0.000000e+00]], {{\[\[}}3.000000e+00]], {{\[\[}}4.000000e+00]]]]> : tensor<2x4x1x1xf32>
// CHECK: snc.conv %arg0, {{.*}} group = 1
// CHECK-NEXT: return
module attributes {snc.target = "x86-64-avx512"} {
func.func @zeros(%x: tensor<1x4x1x1xf32>) -> tensor<1x2x1x1xf32> {
  %w = snc.constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x4x1x1xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x1x1xf32>
  return %0 : tensor<1x2x1x1xf32>
}
}

// -----

// 24 channels are a block and a half: the block that both groups share is a part of its own,
// and the parts lie in the result.
// CHECK-LABEL: @shared_block
// CHECK: snc.conv {{.*}} : (tensor<1x24x28x28xf32>, tensor<16x24x3x3xf32>) -> tensor<1x16x28x28xf32>
// CHECK: snc.conv {{.*}} : (tensor<1x48x28x28xf32>, tensor<16x48x3x3xf32>) -> tensor<1x16x28x28xf32>
// CHECK: snc.conv {{.*}} : (tensor<1x24x28x28xf32>, tensor<16x24x3x3xf32>) -> tensor<1x16x28x28xf32>
module attributes {snc.target = "x86-64-avx512"} {
func.func @shared_block(%x: tensor<1x48x28x28xf32>) -> tensor<1x48x28x28xf32> {
  %w = snc.constant dense<2.0> : tensor<48x24x3x3xf32> : tensor<48x24x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 2} : (tensor<1x48x28x28xf32>, tensor<48x24x3x3xf32>) -> tensor<1x48x28x28xf32>
  return %0 : tensor<1x48x28x28xf32>
}
}

// -----

// In place are a slice that ends with a block and the concat, whose last part is narrower.
// Channels from 30 on are copied: the sum over 14 more would take longer.
// PLACE-LABEL: @in_place
// PLACE: %[[X:.+]] = snc.conv {{.*}} -> tensor<1x60x28x28xf32, #snc.blocked<16>>
// PLACE: %[[S:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 32, 28, 28>, snc.in_place, starts = array<i64: 0, 0, 0, 0>
// PLACE: snc.conv %[[S]]
// PLACE: snc.conv %[[X]]
// PLACE: snc.slice %[[X]] {sizes = array<i64: 1, 30, 28, 28>, starts = array<i64: 0, 30, 0, 0>
// PLACE: snc.conv
// PLACE: %[[C:.+]] = snc.concat {{.*}} {axis = 1 : i64, snc.in_place} : (tensor<1x16x28x28xf32, #snc.blocked<16>>, tensor<1x16x28x28xf32, #snc.blocked<16>>, tensor<1x28x28x28xf32, #snc.blocked<16>>) -> tensor<1x60x28x28xf32, #snc.blocked<16>>
// PLACE: snc.conv %[[C]]
module attributes {snc.target = "x86-64-avx512"} {
func.func @in_place(%x: tensor<1x8x28x28xf32>) -> tensor<1x4x28x28xf32> {
  %v = snc.constant dense<2.0> : tensor<60x8x1x1xf32> : tensor<60x8x1x1xf32>
  %w = snc.constant dense<2.0> : tensor<60x30x1x1xf32> : tensor<60x30x1x1xf32>
  %u = snc.constant dense<2.0> : tensor<4x60x1x1xf32> : tensor<4x60x1x1xf32>
  %0 = snc.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x28x28xf32>, tensor<60x8x1x1xf32>) -> tensor<1x60x28x28xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x60x28x28xf32>, tensor<60x30x1x1xf32>) -> tensor<1x60x28x28xf32>
  %2 = snc.relu %1 : (tensor<1x60x28x28xf32>) -> tensor<1x60x28x28xf32>
  %3 = snc.conv %2, %u {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x60x28x28xf32>, tensor<4x60x1x1xf32>) -> tensor<1x4x28x28xf32>
  return %3 : tensor<1x4x28x28xf32>
}
}

// -----

// Parts run where the whole did; on a GPU it stays whole.
// CHECK-LABEL: @units
// CHECK: snc.slice {{.*}} snc.unit = 0
// CHECK: snc.conv {{.*}} group = 1 {{.*}} snc.unit = 0
// CHECK: snc.concat {{.*}} snc.unit = 0
// CHECK: snc.conv {{.*}} group = 2 {{.*}} snc.unit = 1
module attributes {snc.target = "x86-64-avx512", snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
func.func @units(%x: tensor<1x32x14x14xf32>) -> tensor<1x32x14x14xf32> {
  %w = snc.constant dense<2.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2, snc.unit = 0 : i64} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32>
  %1 = snc.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2, snc.unit = 1 : i64} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32>
  return %1 : tensor<1x32x14x14xf32>
}
}

// -----

// What another operator reads as well is made whole again before it; an operator that
// changes the shape acts on the whole.
// CHECK-LABEL: @read_twice
// CHECK: %[[R:.+]] = snc.concat
// CHECK: %[[T:.+]] = snc.relu %[[R]]
// CHECK: return %[[R]], %[[T]]
module attributes {snc.target = "x86-64-avx512"} {
func.func @read_twice(%x: tensor<1x32x14x14xf32>) -> (tensor<1x32x14x14xf32>, tensor<1x32x14x14xf32>) {
  %w = snc.constant dense<2.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32>
  %1 = snc.relu %0 : (tensor<1x32x14x14xf32>) -> tensor<1x32x14x14xf32>
  return %0, %1 : tensor<1x32x14x14xf32>, tensor<1x32x14x14xf32>
}
}

// -----

// One group, depthwise ones and weights that are computed: nothing changes.
// CHECK-LABEL: @others
// CHECK-NOT: snc.slice
// CHECK: snc.conv {{.*}} group = 1 :
// CHECK: snc.conv {{.*}} group = 32 :
// CHECK: snc.conv {{.*}} group = 2 :
// CHECK-NOT: snc.concat
module attributes {snc.target = "x86-64-avx512"} {
func.func @others(%x: tensor<1x32x14x14xf32>, %v: tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32> {
  %w = snc.constant dense<2.0> : tensor<32x32x1x1xf32> : tensor<32x32x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x14x14xf32>, tensor<32x32x1x1xf32>) -> tensor<1x32x14x14xf32>
  %1 = snc.conv %0, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x14x14xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x14x14xf32>
  %2 = snc.conv %1, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32>
  return %2 : tensor<1x32x14x14xf32>
}
}

// -----

// Two outputs for each input is not depthwise: eight inputs make a block.
// CHECK-LABEL: @multiplier
// CHECK-NOT: group = 32
// CHECK: snc.conv {{.*}} group = 1 {{.*}} -> tensor<1x16x28x28xf32>
module attributes {snc.target = "x86-64-avx512"} {
func.func @multiplier(%x: tensor<1x32x28x28xf32>) -> tensor<1x64x28x28xf32> {
  %w = snc.constant dense<2.0> : tensor<64x1x3x3xf32> : tensor<64x1x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x28x28xf32>, tensor<64x1x3x3xf32>) -> tensor<1x64x28x28xf32>
  return %0 : tensor<1x64x28x28xf32>
}
}
