// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles are worked out by hand from the model of docs/schedules.md: cycles of a row
// are (c * depth + 20 + v*r*p) * ceil(width / p) * blocks / r for r rows, p pixels and v
// registers a block, where c = max(0.56*v*r*p, (v*r + p) / 1.5, 4), and 0.8*v*r more for
// panels (r * 16 * depth * 4 bytes) above 32 KiB.
// RUN: syncnas-opt %s --snc-choose-schedules | FileCheck %s
// RUN: syncnas-opt %s --snc-choose-schedules=winograd=false | FileCheck %s --check-prefix=NEVER
// RUN: sed 's/threads = 1/threads = 2/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=TWO

module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
// 2 x 14 takes (15.68 * 32 + 48) * 4 * 3 = 6597 cycles, 3 x 8 6637; no other has fewer.
// Two threads change the strips alone.
// CHECK-LABEL: snc.kernel @pointwise
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @pointwise
// TWO-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 2 : i64}>
snc.kernel @pointwise(%x: tensor<1x32x56x56xf32, #snc.blocked<16>>, %w: tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x56x56xf32, #snc.blocked<16>>, tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  %1 = snc.relu %0 : (tensor<1x96x56x56xf32, #snc.blocked<16>>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  snc.yield %1 : tensor<1x96x56x56xf32, #snc.blocked<16>>
}

// A plain picture with three channels: two blocks allow two rows, 14 divides 112.
// CHECK-LABEL: snc.kernel @stem
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
snc.kernel @stem(%x: tensor<1x3x224x224xf32>, %w: tensor<32x3x3x3xf32>) -> tensor<1x32x112x112xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x3x224x224xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x112x112xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x32x112x112xf32, #snc.blocked<16>>
}

// The weights stay in the second cache, so a strip is no higher than it must be: a row of
// 14 tiles. Stride 2 and a plain picture stay direct.
// CHECK-LABEL: snc.kernel @winograd
// CHECK-SAME: schedule = #snc.schedule<winograd, {channels_outer = 0 : i64, lines = 1 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @winograd
// TWO-SAME: strips = 2 : i64
// NEVER-LABEL: snc.kernel @winograd
// NEVER-SAME: schedule = #snc.schedule<conv,
snc.kernel @winograd(%x: tensor<1x64x56x56xf32, #snc.blocked<16>>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x64x56x56xf32, #snc.blocked<16>>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x64x56x56xf32, #snc.blocked<16>>
}

// CHECK-LABEL: snc.kernel @stride_two
// CHECK-SAME: schedule = #snc.schedule<conv,
snc.kernel @stride_two(%x: tensor<1x64x56x56xf32, #snc.blocked<16>>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x64x56x56xf32, #snc.blocked<16>>, tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x64x28x28xf32, #snc.blocked<16>>
}

// Small planes with many weights walk the weights once: channels outermost. Each tile
// reads its panel from the second cache, which 8 x 2 has no pixels to hide behind:
// (8.96 + 6.4) * 2304 * 14 cycles against (15.68 + 1.6) * 2304 * 8 for 2 x 14.
// NEVER-LABEL: snc.kernel @dense
// NEVER-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
snc.kernel @dense(%x: tensor<1x256x14x14xf32, #snc.blocked<16>>, %w: tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x256x14x14xf32, #snc.blocked<16>>, tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x256x14x14xf32, #snc.blocked<16>>
}

// One panel in all cannot be shared by two threads; its fourteen rows can.
// CHECK-LABEL: snc.kernel @one_panel
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 7 : i64, rows = 3 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @one_panel
// TWO-SAME: channels_outer = 0 : i64
snc.kernel @one_panel(%x: tensor<1x512x14x14xf32, #snc.blocked<16>>, %w: tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x512x14x14xf32, #snc.blocked<16>>, tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x48x14x14xf32, #snc.blocked<16>>
}

// A single pixel has no rows to share, so two threads share channels.
// CHECK-LABEL: snc.kernel @pixel
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 1 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @pixel
// TWO-SAME: channels_outer = 1 : i64
snc.kernel @pixel(%x: tensor<1x96x1x1xf32, #snc.blocked<16>>, %w: tensor<32x96x1x1xf32>) -> tensor<1x32x1x1xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x96x1x1xf32, #snc.blocked<16>>, tensor<32x96x1x1xf32>) -> tensor<1x32x1x1xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x32x1x1xf32, #snc.blocked<16>>
}

// Eight pixels divide a wide row, whose border is left to conditions.
// CHECK-LABEL: snc.kernel @depthwise_wide
// CHECK-SAME: schedule = #snc.schedule<depthwise, {by_rows = 0 : i64, pad_block = 0 : i64, pixels = 8 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @depthwise_wide
// TWO-SAME: by_rows = 0 : i64
snc.kernel @depthwise_wide(%x: tensor<1x96x56x56xf32, #snc.blocked<16>>, %w: tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 96 : i64} : (tensor<1x96x56x56xf32, #snc.blocked<16>>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x96x56x56xf32, #snc.blocked<16>>
}

// Seven pixels divide a row of 14, which is padded block by block; nine blocks are
// no fair share for two threads, 14 rows are.
// CHECK-LABEL: snc.kernel @depthwise_narrow
// CHECK-SAME: schedule = #snc.schedule<depthwise, {by_rows = 0 : i64, pad_block = 1 : i64, pixels = 7 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @depthwise_narrow
// TWO-SAME: schedule = #snc.schedule<depthwise, {by_rows = 1 : i64, pad_block = 1 : i64, pixels = 7 : i64, strips = 2 : i64}>
snc.kernel @depthwise_narrow(%x: tensor<1x144x14x14xf32, #snc.blocked<16>>, %w: tensor<144x1x3x3xf32>) -> tensor<1x144x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 144 : i64} : (tensor<1x144x14x14xf32, #snc.blocked<16>>, tensor<144x1x3x3xf32>) -> tensor<1x144x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x144x14x14xf32, #snc.blocked<16>>
}

// Other groups than depthwise have no family.
// CHECK-LABEL: snc.kernel @grouped
// CHECK-SAME: schedule = #snc.schedule<generic, {strips = 1 : i64}>
snc.kernel @grouped(%x: tensor<1x32x8x8xf32, #snc.blocked<16>>, %w: tensor<32x16x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2 : i64} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x16x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x32x8x8xf32, #snc.blocked<16>>
}

// Nor has a convolution to a plain result.
// CHECK-LABEL: snc.kernel @to_plain
// CHECK-SAME: schedule = #snc.schedule<generic, {strips = 1 : i64}>
snc.kernel @to_plain(%x: tensor<1x32x8x8xf32, #snc.blocked<16>>, %w: tensor<3x32x1x1xf32>) -> tensor<1x3x8x8xf32> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<3x32x1x1xf32>) -> tensor<1x3x8x8xf32>
  snc.yield %0 : tensor<1x3x8x8xf32>
}

// Nor one whose weights the kernel computes.
// CHECK-LABEL: snc.kernel @computed
// CHECK-SAME: schedule = #snc.schedule<generic, {strips = 1 : i64}>
snc.kernel @computed(%x: tensor<1x16x8x8xf32, #snc.blocked<16>>, %w: tensor<16x16x1x1xf32>) -> tensor<1x16x8x8xf32, #snc.blocked<16>> {
  %0 = snc.neg %w : (tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32>
  %1 = snc.conv %x, %0 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x8x8xf32, #snc.blocked<16>>, tensor<16x16x1x1xf32>) -> tensor<1x16x8x8xf32, #snc.blocked<16>>
  snc.yield %1 : tensor<1x16x8x8xf32, #snc.blocked<16>>
}

// CHECK-LABEL: snc.kernel @elementwise
// CHECK-SAME: schedule = #snc.schedule<generic, {strips = 1 : i64}>
// TWO-LABEL: snc.kernel @elementwise
// TWO-SAME: schedule = #snc.schedule<generic, {strips = 2 : i64}>
snc.kernel @elementwise(%x: tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> {
  %0 = snc.tanh %x : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  snc.yield %0 : tensor<1x16x8x8xf32>
}
}
