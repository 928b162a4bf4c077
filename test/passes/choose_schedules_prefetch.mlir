// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The next panel of weights is fetched where panels are walked once, and one is
// computed long enough for that.
// RUN: syncnas-opt %s --snc-choose-schedules=winograd=false | FileCheck %s

module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
// Small planes with many weights have channels outermost.
// CHECK-LABEL: snc.kernel @pointwise
// CHECK-SAME: channels_outer = 1 : i64, {{.*}}pixels = {{[0-9]+}} : i64, prefetch = 1 : i64, rows
snc.kernel @pointwise(%x: tensor<1x320x7x7xf32, #snc.blocked<16>>, %w: tensor<1280x320x1x1xf32>) -> tensor<1x1280x7x7xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x320x7x7xf32, #snc.blocked<16>>, tensor<1280x320x1x1xf32>) -> tensor<1x1280x7x7xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x1280x7x7xf32, #snc.blocked<16>>
}

// CHECK-LABEL: snc.kernel @dense
// CHECK-SAME: channels_outer = 1 : i64, {{.*}}pixels = {{[0-9]+}} : i64, prefetch = 1 : i64, rows
snc.kernel @dense(%x: tensor<1x256x14x14xf32, #snc.blocked<16>>, %w: tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x256x14x14xf32, #snc.blocked<16>>, tensor<256x256x3x3xf32>) -> tensor<1x256x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x256x14x14xf32, #snc.blocked<16>>
}

// Wide planes walk the weights with every row, from cache.
// CHECK-LABEL: snc.kernel @wide
// CHECK-SAME: channels_outer = 0 : i64, pixels = {{[0-9]+}} : i64, rows
snc.kernel @wide(%x: tensor<1x32x56x56xf32, #snc.blocked<16>>, %w: tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x32x56x56xf32, #snc.blocked<16>>, tensor<96x32x1x1xf32>) -> tensor<1x96x56x56xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x96x56x56xf32, #snc.blocked<16>>
}

// One panel has no next.
// CHECK-LABEL: snc.kernel @one_panel
// CHECK-SAME: channels_outer = 1 : i64, {{.*}}pixels = {{[0-9]+}} : i64, rows
snc.kernel @one_panel(%x: tensor<1x512x14x14xf32, #snc.blocked<16>>, %w: tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x512x14x14xf32, #snc.blocked<16>>, tensor<48x512x1x1xf32>) -> tensor<1x48x14x14xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x48x14x14xf32, #snc.blocked<16>>
}

// The panels of a single pixel are only read.
// CHECK-LABEL: snc.kernel @pixel
// CHECK-SAME: channels_outer = 1 : i64, {{.*}}pixels = {{[0-9]+}} : i64, rows
snc.kernel @pixel(%x: tensor<1x1280x1x1xf32, #snc.blocked<16>>, %w: tensor<1008x1280x1x1xf32>) -> tensor<1x1008x1x1xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x1280x1x1xf32, #snc.blocked<16>>, tensor<1008x1280x1x1xf32>) -> tensor<1x1008x1x1xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x1008x1x1xf32, #snc.blocked<16>>
}
}
