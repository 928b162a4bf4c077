// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-form-kernels -split-input-file | FileCheck %s

// A convolution takes its activation and the residual sum along; weights are
// arguments, a scalar becomes part of the body.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0(%[[X:.+]]: tensor<1x8x4x4xf32>, %[[W:.+]]: tensor<8x8x1x1xf32>, %[[R:.+]]: tensor<1x8x4x4xf32>)
// CHECK-NEXT: %[[C:.+]] = snc.conv %[[X]], %[[W]]
// CHECK-NEXT: %[[TWO:.+]] = snc.constant dense<2.000000e+00>
// CHECK-NEXT: %[[M:.+]] = snc.mul %[[C]], %[[TWO]]
// CHECK-NEXT: %[[S:.+]] = snc.add %[[R]], %[[M]]
// CHECK-NEXT: %[[A:.+]] = snc.relu %[[S]]
// CHECK-NEXT: snc.yield %[[A]]
// CHECK: func.func @main
// CHECK-SAME: (%[[IN:.+]]: tensor<1x8x4x4xf32>, %[[RES:.+]]: tensor<1x8x4x4xf32>)
// CHECK-NEXT: %[[K:.+]] = snc.constant
// CHECK-NEXT: %[[Y:.+]] = snc.launch @k0(%[[IN]], %[[K]], %[[RES]])
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: tensor<1x8x4x4xf32>, %r: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %w = snc.constant dense<1.0> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32>
  %two = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %1 = snc.mul %0, %two : (tensor<1x8x4x4xf32>, tensor<f32>) -> tensor<1x8x4x4xf32>
  %2 = snc.add %r, %1 : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %3 = snc.relu %2 : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %3 : tensor<1x8x4x4xf32>
}

// -----

// A value with a second user outside is not kept inside: the gate depends on
// the pooled activation, so the product is a kernel of its own.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK: snc.max_pool
// CHECK-NEXT: snc.relu
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k1
// CHECK: snc.reduce_mean
// CHECK-NEXT: snc.sigmoid
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k2(%[[X:.+]]: tensor<1x8x2x2xf32>, %[[G:.+]]: tensor<1x8x1x1xf32>)
// CHECK-NEXT: snc.mul %[[X]], %[[G]]
// CHECK-NEXT: snc.yield
// CHECK: func.func @main
// CHECK-NEXT: %[[A:.+]] = snc.launch @k0(
// CHECK-NEXT: %[[B:.+]] = snc.launch @k1(%[[A]])
// CHECK-NEXT: snc.launch @k2(%[[A]], %[[B]])
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32> {
  %0 = snc.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  %1 = snc.relu %0 : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  %2 = snc.reduce_mean %1 {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x8x2x2xf32>) -> tensor<1x8x1x1xf32>
  %3 = snc.sigmoid %2 : (tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %4 = snc.mul %1, %3 : (tensor<1x8x2x2xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x2x2xf32>
  return %4 : tensor<1x8x2x2xf32>
}

// -----

// Of two operands with an anchor only one is fused: a kernel has one anchor.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.reduce_max
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k1
// CHECK-NEXT: snc.reduce_mean
// CHECK-NEXT: snc.add
// CHECK-NEXT: snc.yield
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x1x1xf32> {
  %0 = snc.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x8x4x4xf32>) -> tensor<1x8x1x1xf32>
  %1 = snc.reduce_max %x {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x8x4x4xf32>) -> tensor<1x8x1x1xf32>
  %2 = snc.add %0, %1 : (tensor<1x8x1x1xf32>, tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  return %2 : tensor<1x8x1x1xf32>
}

// -----

// Elementwise operators of one shape form one kernel; a small one that is
// broadcast is computed once, in its own.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.tanh
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k1
// CHECK-NEXT: snc.exp
// CHECK-NEXT: snc.neg
// CHECK-NEXT: snc.add
// CHECK-NEXT: snc.mul
// CHECK-NEXT: snc.yield
func.func @main(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %z: tensor<8xf32>) -> tensor<4x8xf32> {
  %0 = snc.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = snc.neg %y : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %2 = snc.add %0, %1 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %3 = snc.tanh %z : (tensor<8xf32>) -> tensor<8xf32>
  %4 = snc.mul %2, %3 : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}

// -----

// A relayout ends the kernel of its producer; one that keeps the bytes, and
// reshapes, stay in @main. What is returned of them is copied, as it was computed in blocks.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.reduce_mean
// CHECK-NEXT: snc.relayout
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k1(%{{.+}}: tensor<1x16xf32>) -> tensor<1x16xf32>
// CHECK-NOT: snc.kernel
// CHECK: func.func @main
// CHECK-NEXT: %[[A:.+]] = snc.launch @k0
// CHECK-NEXT: %[[B:.+]] = snc.relayout %[[A]]
// CHECK-NEXT: %[[C:.+]] = snc.reshape %[[B]]
// CHECK-NEXT: %[[D:.+]] = snc.launch @k1(%[[C]])
// CHECK-NEXT: return %[[D]]
func.func @main(%x: tensor<1x16x4x4xf32>) -> tensor<1x16xf32> {
  %0 = snc.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x16x4x4xf32>) -> tensor<1x16x1x1xf32, #snc.blocked<8>>
  %1 = snc.relayout %0 : (tensor<1x16x1x1xf32, #snc.blocked<8>>) -> tensor<1x16x1x1xf32, #snc.blocked<16>>
  %2 = snc.relayout %1 : (tensor<1x16x1x1xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32>
  %3 = snc.reshape %2 {shape = array<i64: 1, 16>} : (tensor<1x16x1x1xf32>) -> tensor<1x16xf32>
  return %3 : tensor<1x16xf32>
}

// -----

// Blocks of one pixel are rows as they lie, but the caller's memory is not theirs: copies stand
// between.
// CHECK-LABEL: module {
// CHECK: func.func @main
// CHECK-SAME: (%[[X:.+]]: tensor<1x16x1x1xf32>)
// CHECK-NEXT: %[[A:.+]] = snc.launch @{{.+}}(%[[X]]) : (tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32>
// CHECK-NEXT: %[[B:.+]] = snc.relayout %[[A]]
// CHECK-NEXT: %[[C:.+]] = snc.launch @{{.+}}(%[[B]])
// CHECK-NEXT: %[[D:.+]] = snc.relayout %[[C]]
// CHECK-NEXT: %[[E:.+]] = snc.launch @{{.+}}(%[[D]]) : (tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32>
// CHECK-NEXT: return %[[E]]
func.func @main(%x: tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32> {
  %0 = snc.relayout %x : (tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32, #snc.blocked<16>>
  %1 = snc.relu %0 : (tensor<1x16x1x1xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32, #snc.blocked<16>>
  %2 = snc.relayout %1 : (tensor<1x16x1x1xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32>
  return %2 : tensor<1x16x1x1xf32>
}

// -----

// Windows over channel blocks keep them: what makes rows of their result is a kernel of its own.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.conv
// CHECK-NEXT: snc.relu
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k1
// CHECK-NEXT: snc.relayout
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k2
// CHECK-NEXT: snc.max_pool
// CHECK-NEXT: snc.yield
// CHECK: snc.kernel @k3
// CHECK-NEXT: snc.relayout
func.func @main(%x: tensor<1x16x4x4xf32, #snc.blocked<8>>) -> (tensor<1x16x4x4xf32>, tensor<1x16x2x2xf32>) {
  %w = snc.constant dense<2.0> : tensor<16x16x1x1xf32> : tensor<16x16x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x4x4xf32, #snc.blocked<8>>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  %1 = snc.relu %0 : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  %2 = snc.relayout %1 : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x4x4xf32>
  %3 = snc.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x2x2xf32, #snc.blocked<8>>
  %4 = snc.relayout %3 : (tensor<1x16x2x2xf32, #snc.blocked<8>>) -> tensor<1x16x2x2xf32>
  return %2, %4 : tensor<1x16x4x4xf32>, tensor<1x16x2x2xf32>
}

// -----

// On a GPU, where a thread computes a number, they are one kernel.
// CHECK-LABEL: module attributes
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.conv
// CHECK-NEXT: snc.relayout
// CHECK-NEXT: snc.yield
module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64, snc.units = array<i64: 1>, snc.devices = ["opencl"]} {
func.func @main(%x: tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x4x4xf32> {
  %w = snc.constant dense<2.0> : tensor<16x16x1x1xf32> : tensor<16x16x1x1xf32>
  %0 = snc.conv %x, %w {snc.unit = 0 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x4x4xf32, #snc.blocked<8>>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  %1 = snc.relayout %0 {snc.unit = 0 : i64} : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x4x4xf32>
  return %1 : tensor<1x16x4x4xf32>
}
}

// -----

// Of a transposed convolution's phases, what interleaves them and what crops is one kernel.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0
// CHECK-NEXT: snc.depth_to_space
// CHECK-NEXT: snc.slice
// CHECK-NEXT: snc.relu
// CHECK-NEXT: snc.yield
func.func @main(%x: tensor<1x16x4x4xf32>) -> tensor<1x4x6x6xf32> {
  %0 = snc.depth_to_space %x {block = 2 : i64, mode = "DCR"} : (tensor<1x16x4x4xf32>) -> tensor<1x4x8x8xf32>
  %1 = snc.slice %0 {sizes = array<i64: 1, 4, 6, 6>, starts = array<i64: 0, 0, 1, 1>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x6x6xf32>
  %2 = snc.relu %1 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  return %2 : tensor<1x4x6x6xf32>
}

// -----

// A result that is an argument, a constant, a view of an argument, or returned
// twice is copied: each result has a launch of its own.
// CHECK-LABEL: module {
// CHECK: func.func @main
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xf32>)
// CHECK: %[[R:.+]] = snc.launch @k0(%[[X]])
// CHECK: %[[A:.+]] = snc.launch @k1(%[[X]])
// CHECK: %[[C:.+]] = snc.launch @k2(
// CHECK: %[[V:.+]] = snc.launch @k3(
// CHECK: %[[R2:.+]] = snc.launch @k4(%[[R]])
// CHECK: return %[[A]], %[[C]], %[[V]], %[[R]], %[[R2]]
func.func @main(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2xf32>, tensor<6xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %c = snc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %v = snc.reshape %x {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %0 = snc.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %x, %c, %v, %0, %0 : tensor<2x3xf32>, tensor<2xf32>, tensor<6xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Nothing that is not used becomes a kernel, and the same operand is one argument.
// CHECK-LABEL: module {
// CHECK: snc.kernel @k0(%[[X:.+]]: tensor<4xf32>)
// CHECK-NEXT: snc.mul %[[X]], %[[X]]
// CHECK-NEXT: snc.yield
// CHECK-NOT: snc.kernel
// CHECK: func.func @main
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.mul %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// A part of a value, under another shape, is a copy: the whole is computed elsewhere.

// CHECK-LABEL: module {
// CHECK: %[[ALL:.+]] = snc.launch @k0
// CHECK: %[[PART:.+]] = snc.slice %[[ALL]]
// CHECK: %[[SQUARE:.+]] = snc.reshape %[[PART]]
// CHECK: %[[COPY:.+]] = snc.launch @k1(%[[SQUARE]])
// CHECK: return %[[COPY]]
func.func @main(%x: tensor<1x8xf32>) -> tensor<2x2xf32> {
  %all = snc.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %part = snc.slice %all {starts = array<i64: 0, 0>, sizes = array<i64: 1, 4>, steps = array<i64: 1, 1>, snc.in_place} : (tensor<1x8xf32>) -> tensor<1x4xf32>
  %square = snc.reshape %part {shape = array<i64: 2, 2>} : (tensor<1x4xf32>) -> tensor<2x2xf32>
  return %square : tensor<2x2xf32>
}
