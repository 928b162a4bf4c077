// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles are worked out by hand from the model of docs/schedules.md, for r rows of blocks,
// p pixels, v registers a block, sums over k: step = max(v*r*p/2 + 0.4 + 0.07*p + 0.12*v*r,
// (v*r + p)/1.5, 4), and 0.8*v*r more for panels (64*v*r*k bytes) above 32 KiB;
// (k*step + 20 + v*r*p) * ceil(width/p) * panels, of which there are blocks/r, rounded up
// to a multiple of the threads where these share panels; and 1.2 % more for each pixel beyond
// eight where a blocked picture and the result exceed 1.25 MiB.
// RUN: syncnas-opt %s --snc-choose-schedules | FileCheck %s
// RUN: syncnas-opt %s --snc-choose-schedules=winograd=false | FileCheck %s --check-prefix=NEVER
// RUN: sed 's/threads = 1/threads = 2/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=TWO

module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
// 8 x 3: (32 * 13.32 + 44) * 7 * 2 = 6583; 4 x 6 6619, 7 x 3 6672; 14 x 2, with
// 1.5 MiB to pass by, 7.2 % more than 6575. Two threads change the strips alone.
// CHECK-LABEL: snc.kernel @pointwise
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 8 : i64, rows = 3 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @pointwise
// TWO-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 8 : i64, rows = 3 : i64, strips = 2 : i64}>
snc.kernel @pointwise(%x: tensor<1x32x56x56xf32, #snc.blocked<16>>, %w: tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x56x56xf32, #snc.blocked<16>>, tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  %1 = snc.relu %0 : (tensor<1x96x56x56xf32, #snc.blocked<16>>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  snc.yield %1 : tensor<1x96x56x56xf32, #snc.blocked<16>>
}

// A plain picture with three channels, of which no pixels come late: 14 x 2 has
// (27 * 15.62 + 48) * 8 = 3758, 8 x 2 3982.
// CHECK-LABEL: snc.kernel @stem
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
snc.kernel @stem(%x: tensor<1x3x224x224xf32>, %w: tensor<32x3x3x3xf32>) -> tensor<1x32x112x112xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x3x224x224xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x112x112xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x32x112x112xf32, #snc.blocked<16>>
}

// 14 x 14 tiles of 4 x 4. A tile row has products of (64 * 15.62 + 48) * 2 = 2095.36 cycles
// a point in 14 x 2, so 14 rows of 36 points 1056061, and transforms 196 * 8 * 150 = 235200:
// 1291261 of 4465000 directly. Weights (576 KiB) stay in the second cache, so higher strips
// are no better.
// CHECK-LABEL: snc.kernel @winograd
// CHECK-SAME: schedule = #snc.schedule<winograd, {channels_outer = 0 : i64, lines = 1 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @winograd
// TWO-SAME: schedule = #snc.schedule<winograd, {channels_outer = 0 : i64, lines = 1 : i64, pixels = 14 : i64, rows = 2 : i64, strips = 2 : i64}>
// NEVER-LABEL: snc.kernel @winograd
// NEVER-SAME: schedule = #snc.schedule<conv,
snc.kernel @winograd(%x: tensor<1x64x56x56xf32, #snc.blocked<16>>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x64x56x56xf32, #snc.blocked<16>>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x64x56x56xf32, #snc.blocked<16>>
}

// Stride 2 stays direct: 14 x 2 has (576 * 17.22 + 48) * 4 = 39867, 7 x 4 would spill.
// CHECK-LABEL: snc.kernel @stride_two
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 14 : i64, prefetch = 1 : i64, rows = 2 : i64, strips = 1 : i64}>
snc.kernel @stride_two(%x: tensor<1x64x56x56xf32, #snc.blocked<16>>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x64x56x56xf32, #snc.blocked<16>>, tensor<64x64x3x3xf32>) -> tensor<1x64x28x28xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x64x28x28xf32, #snc.blocked<16>>
}

// Nine MiB of transformed weights come from the last cache once a strip, in 1572864 cycles, so all
// four tile rows are one: 36 * (256 * 9.2 + 36) * 2 * 8 = 1377331 for 8 x 2, and transforms
// 16 * 32 * 150 = 76800; 3026995 of 4842178. Two threads share its eight panels.
// CHECK-LABEL: snc.kernel @dense
// CHECK-SAME: schedule = #snc.schedule<winograd, {channels_outer = 0 : i64, lines = 4 : i64, pixels = 8 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @dense
// TWO-SAME: schedule = #snc.schedule<winograd, {channels_outer = 1 : i64, lines = 4 : i64, pixels = 8 : i64, rows = 2 : i64, strips = 2 : i64}>
// Directly, small planes with many weights walk the weights once: channels outermost. Tiles
// read their panels from the second cache: 14 x 2 has (2304 * (15.62 + 1.6) + 48) * 8 =
// 317783, 7 x 2 359231.
// NEVER-LABEL: snc.kernel @dense
// NEVER-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 14 : i64, prefetch = 1 : i64, rows = 2 : i64, strips = 1 : i64}>
snc.kernel @dense(%x: tensor<1x256x14x14xf32, #snc.blocked<16>>, %w: tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x256x14x14xf32, #snc.blocked<16>>, tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x256x14x14xf32, #snc.blocked<16>>
}

// With whole sums 7 x 3 has (512 * (11.75 + 2.4) + 41) * 2 = 14572 a row, 204008 in all; a
// panel of 14 x 1 just fits the first cache, and has (512 * 10 + 34) * 3 = 15462. In four parts
// of 128 channels, 24 KiB, 7 x 3 has 512 * (11.75 + 6 * 3 / 28) + 41 + 3 * (28 + 10) = 6500 a
// tile, 182004 of 28 and with 4 % 189284; 9 x 3 of the plane as one row of 22 tiles
// 512 * (14.89 + 6 * 3 / 22) + 47 + 3 * (36 + 10) = 8228, 181007 and 188247. One panel in all
// cannot be shared by two threads; its fourteen rows can, or eleven tiles each.
// CHECK-LABEL: snc.kernel @one_panel
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, depth = 128 : i64, flat = 1 : i64, pixels = 9 : i64, rows = 3 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @one_panel
// TWO-SAME: schedule = #snc.schedule<conv, {by_rows = 1 : i64, channels_outer = 1 : i64, depth = 128 : i64, flat = 1 : i64, pixels = 9 : i64, rows = 3 : i64, strips = 2 : i64}>
snc.kernel @one_panel(%x: tensor<1x512x14x14xf32, #snc.blocked<16>>, %w: tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x512x14x14xf32, #snc.blocked<16>>, tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x48x14x14xf32, #snc.blocked<16>>
}

// A single pixel has no rows to share, so two threads take a panel each: 1 x 1 has
// (96 * 4 + 21) * 2 = 810, 1 x 2 leaves one of them idle, (96 * 4 + 22) * 2 = 812.
// CHECK-LABEL: snc.kernel @pixel
// CHECK-SAME: schedule = #snc.schedule<conv, {channels_outer = 0 : i64, pixels = 1 : i64, rows = 2 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @pixel
// TWO-SAME: schedule = #snc.schedule<conv, {channels_outer = 1 : i64, pixels = 1 : i64, rows = 1 : i64, strips = 2 : i64}>
snc.kernel @pixel(%x: tensor<1x96x1x1xf32, #snc.blocked<16>>, %w: tensor<32x96x1x1xf32>) -> tensor<1x32x1x1xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x96x1x1xf32, #snc.blocked<16>>, tensor<32x96x1x1xf32>) -> tensor<1x32x1x1xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x32x1x1xf32, #snc.blocked<16>>
}

// Eight pixels divide a wide row. Strips are rows, of which there are 28 a thread.
// CHECK-LABEL: snc.kernel @depthwise_wide
// CHECK-SAME: schedule = #snc.schedule<depthwise, {by_rows = 0 : i64, pad_block = 0 : i64, pixels = 8 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @depthwise_wide
// TWO-SAME: schedule = #snc.schedule<depthwise, {by_rows = 1 : i64, pad_block = 0 : i64, pixels = 8 : i64, strips = 2 : i64}>
snc.kernel @depthwise_wide(%x: tensor<1x96x56x56xf32, #snc.blocked<16>>, %w: tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 96 : i64} : (tensor<1x96x56x56xf32, #snc.blocked<16>>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x96x56x56xf32, #snc.blocked<16>>
}

// A row of 14 is one tile; nine blocks are no fair share for two threads, 14 rows are.
// CHECK-LABEL: snc.kernel @depthwise_narrow
// CHECK-SAME: schedule = #snc.schedule<depthwise, {by_rows = 0 : i64, pad_block = 0 : i64, pixels = 14 : i64, strips = 1 : i64}>
// TWO-LABEL: snc.kernel @depthwise_narrow
// TWO-SAME: schedule = #snc.schedule<depthwise, {by_rows = 1 : i64, pad_block = 0 : i64, pixels = 14 : i64, strips = 2 : i64}>
snc.kernel @depthwise_narrow(%x: tensor<1x144x14x14xf32, #snc.blocked<16>>, %w: tensor<144x1x3x3xf32>) -> tensor<1x144x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 144 : i64} : (tensor<1x144x14x14xf32, #snc.blocked<16>>, tensor<144x1x3x3xf32>) -> tensor<1x144x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x144x14x14xf32, #snc.blocked<16>>
}

// Of seven rows one thread would get four; six blocks are three each.
// TWO-LABEL: snc.kernel @depthwise_seven
// TWO-SAME: schedule = #snc.schedule<depthwise, {by_rows = 0 : i64, pad_block = 0 : i64, pixels = 7 : i64, strips = 2 : i64}>
snc.kernel @depthwise_seven(%x: tensor<1x96x7x7xf32, #snc.blocked<16>>, %w: tensor<96x1x3x3xf32>) -> tensor<1x96x7x7xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 96 : i64} : (tensor<1x96x7x7xf32, #snc.blocked<16>>, tensor<96x1x3x3xf32>) -> tensor<1x96x7x7xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x96x7x7xf32, #snc.blocked<16>>
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

// What has no family is cut in strips of rows, too.
// CHECK-LABEL: snc.kernel @elementwise
// CHECK-SAME: schedule = #snc.schedule<generic, {strips = 1 : i64}>
// TWO-LABEL: snc.kernel @elementwise
// TWO-SAME: schedule = #snc.schedule<generic, {by_rows = 1 : i64, strips = 2 : i64}>
snc.kernel @elementwise(%x: tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> {
  %0 = snc.tanh %x : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  snc.yield %0 : tensor<1x16x8x8xf32>
}
}
