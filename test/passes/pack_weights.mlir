// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-pack-weights --split-input-file | FileCheck %s

// A convolution's weights are packed by its lanes, rows and input lanes, its bias is
// padded to whole blocks, in the kernel and in main alike.
// CHECK-LABEL: snc.kernel @conv(
// CHECK-SAME: %{{.+}}: tensor<1x8x4x4xf32, #snc.blocked<8>>,
// CHECK-SAME: %{{.+}}: tensor<20x8x3x3xf32, #snc.packed<conv, lanes = 8, rows = 3, inputLanes = 8>>,
// CHECK-SAME: %{{.+}}: tensor<20xf32, #snc.blocked<8>>)
// CHECK-LABEL: func.func @main
// CHECK-DAG: %[[W:.+]] = snc.constant dense<1.000000e+00> : tensor<20x8x3x3xf32> : tensor<20x8x3x3xf32, #snc.packed<conv, lanes = 8, rows = 3, inputLanes = 8>>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<2.000000e+00> : tensor<20xf32> : tensor<20xf32, #snc.blocked<8>>
// CHECK: snc.launch @conv(%arg0, %[[W]], %[[B]])
module {
snc.kernel @conv(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<20x8x3x3xf32>, %b: tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<conv, {pixels = 4, rows = 3, strips = 1}>} {
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<20x8x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x20x4x4xf32, #snc.blocked<8>>
}
func.func @main(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x20x4x4xf32, #snc.blocked<8>> {
  %w = snc.constant dense<1.0> : tensor<20x8x3x3xf32> : tensor<20x8x3x3xf32>
  %b = snc.constant dense<2.0> : tensor<20xf32> : tensor<20xf32>
  %0 = snc.launch @conv(%x, %w, %b) : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<20x8x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>>
  return %0 : tensor<1x20x4x4xf32, #snc.blocked<8>>
}
}

// -----

// A plain input has no input blocks.
// CHECK-LABEL: snc.kernel @stem(
// CHECK-SAME: %{{.+}}: tensor<16x3x3x3xf32, #snc.packed<conv, lanes = 8, rows = 2>>)
// Depthwise weights have one tap a channel and no rows.
// CHECK-LABEL: snc.kernel @depthwise(
// CHECK-SAME: %{{.+}}: tensor<16x1x3x3xf32, #snc.packed<depthwise, lanes = 8>>)
// Both read one constant, each its own copy of it in its own order.
// CHECK-LABEL: func.func @main
// CHECK-COUNT-2: snc.constant dense<1.000000e+00> : tensor<16x3x3x3xf32>
module {
snc.kernel @stem(%x: tensor<1x3x6x6xf32>, %w: tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<conv, {pixels = 4, rows = 2, strips = 1}>} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x3x6x6xf32>, tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x16x4x4xf32, #snc.blocked<8>>
}
snc.kernel @depthwise(%x: tensor<1x16x4x4xf32, #snc.blocked<8>>, %w: tensor<16x1x3x3xf32>) -> tensor<1x16x2x2xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<depthwise, {pixels = 2, strips = 1}>} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 16 : i64} : (tensor<1x16x4x4xf32, #snc.blocked<8>>, tensor<16x1x3x3xf32>) -> tensor<1x16x2x2xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x16x2x2xf32, #snc.blocked<8>>
}
snc.kernel @stem_again(%x: tensor<1x3x6x6xf32>, %w: tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<conv, {pixels = 4, rows = 1, strips = 1}>} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x3x6x6xf32>, tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x16x4x4xf32, #snc.blocked<8>>
}
func.func @main(%x: tensor<1x3x6x6xf32>) -> (tensor<1x16x2x2xf32, #snc.blocked<8>>, tensor<1x16x4x4xf32, #snc.blocked<8>>) {
  %w = snc.constant dense<1.0> : tensor<16x3x3x3xf32> : tensor<16x3x3x3xf32>
  %d = snc.constant dense<2.0> : tensor<16x1x3x3xf32> : tensor<16x1x3x3xf32>
  %0 = snc.launch @stem(%x, %w) : (tensor<1x3x6x6xf32>, tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  %1 = snc.launch @depthwise(%0, %d) : (tensor<1x16x4x4xf32, #snc.blocked<8>>, tensor<16x1x3x3xf32>) -> tensor<1x16x2x2xf32, #snc.blocked<8>>
  %2 = snc.launch @stem_again(%x, %w) : (tensor<1x3x6x6xf32>, tensor<16x3x3x3xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  return %1, %2 : tensor<1x16x2x2xf32, #snc.blocked<8>>, tensor<1x16x4x4xf32, #snc.blocked<8>>
}
}

// -----

// Winograd's filters keep their shape as a type; the bias is padded as ever.
// CHECK-LABEL: snc.kernel @winograd(
// CHECK-SAME: %{{.+}}: tensor<20x8x3x3xf32, #snc.packed<winograd, lanes = 8, rows = 3, inputLanes = 8>>, %{{.+}}: tensor<20xf32, #snc.blocked<8>>)
module {
snc.kernel @winograd(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<20x8x3x3xf32>, %b: tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<winograd, {pixels = 1, rows = 3, lines = 1, strips = 1}>} {
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<20x8x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x20x4x4xf32, #snc.blocked<8>>
}
func.func @main(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x20x4x4xf32, #snc.blocked<8>> {
  %w = snc.constant dense<1.0> : tensor<20x8x3x3xf32> : tensor<20x8x3x3xf32>
  %b = snc.constant dense<2.0> : tensor<20xf32> : tensor<20xf32>
  %0 = snc.launch @winograd(%x, %w, %b) : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<20x8x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32, #snc.blocked<8>>
  return %0 : tensor<1x20x4x4xf32, #snc.blocked<8>>
}
}

// -----

// Matrices lie in panels of the schedule's lanes; a transposed one says so.
// CHECK-LABEL: snc.kernel @plain_b(
// CHECK-SAME: %{{.+}}: tensor<5x30xf32, #snc.packed<panel, lanes = 16>>
// CHECK-LABEL: snc.kernel @transposed_b(
// CHECK-SAME: %{{.+}}: tensor<7x30xf32, #snc.packed<panel, lanes = 8, transposed = true>>
module {
snc.kernel @plain_b(%a: tensor<1x5xf32>, %b: tensor<5x30xf32>) -> tensor<1x30xf32> attributes {schedule = #snc.schedule<gemm, {lanes = 16, rows = 1, strips = 1}>} {
  %0 = snc.gemm %a, %b : (tensor<1x5xf32>, tensor<5x30xf32>) -> tensor<1x30xf32>
  snc.yield %0 : tensor<1x30xf32>
}
snc.kernel @transposed_b(%a: tensor<1x30xf32>, %b: tensor<7x30xf32>) -> tensor<1x7xf32> attributes {schedule = #snc.schedule<gemm, {lanes = 8, rows = 1, strips = 1}>} {
  %0 = snc.gemm %a, %b {trans_b = true} : (tensor<1x30xf32>, tensor<7x30xf32>) -> tensor<1x7xf32>
  snc.yield %0 : tensor<1x7xf32>
}
func.func @main(%x: tensor<1x5xf32>) -> tensor<1x7xf32> {
  %b = snc.constant dense<1.0> : tensor<5x30xf32> : tensor<5x30xf32>
  %c = snc.constant dense<1.0> : tensor<7x30xf32> : tensor<7x30xf32>
  %0 = snc.launch @plain_b(%x, %b) : (tensor<1x5xf32>, tensor<5x30xf32>) -> tensor<1x30xf32>
  %1 = snc.launch @transposed_b(%0, %c) : (tensor<1x30xf32>, tensor<7x30xf32>) -> tensor<1x7xf32>
  return %1 : tensor<1x7xf32>
}
}

// -----

// Weights that main is given at run time stay as they are, and so does the constant
// bias beside them.
// CHECK-LABEL: snc.kernel @given(
// CHECK-SAME: %{{.+}}: tensor<8x8x1x1xf32>, %{{.+}}: tensor<8xf32>)
// The schedule of a kernel without a family packs nothing.
// CHECK-LABEL: snc.kernel @generic(
// CHECK-SAME: %{{.+}}: tensor<8x4x1x1xf32>)
// CHECK-NOT: #snc.packed
module {
snc.kernel @given(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<8x8x1x1xf32>, %b: tensor<8xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<conv, {pixels = 4, rows = 1, strips = 1}>} {
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x8x1x1xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @generic(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<8x4x1x1xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<generic, {strips = 1}>} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x4x1x1xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
func.func @main(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> {
  %b = snc.constant dense<1.0> : tensor<8xf32> : tensor<8xf32>
  %g = snc.constant dense<1.0> : tensor<8x4x1x1xf32> : tensor<8x4x1x1xf32>
  %0 = snc.launch @given(%x, %w, %b) : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x8x1x1xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %1 = snc.launch @generic(%0, %g) : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x4x1x1xf32>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  return %1 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
}
