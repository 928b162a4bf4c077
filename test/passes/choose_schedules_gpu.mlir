// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of a GPU get its families: tiles that leave 8192 threads to do, of these the ones
// with the fewest loads; weights packed as for CPUs.
// RUN: syncnas-opt %s --snc-choose-schedules | FileCheck %s

// CHECK-LABEL: @pointwise
// CHECK-SAME: #snc.schedule<gpu_conv, {flat = 1 : i64, pixels = 8 : i64, rows = 2 : i64, threads = 128 : i64}>
// CHECK-SAME: snc.device = "cuda"
// CHECK-LABEL: @small
// CHECK-SAME: #snc.schedule<gpu_conv, {flat = 1 : i64, pixels = 1 : i64, rows = 1 : i64, threads = 128 : i64}>
// Four rows of a thread in one load, and blocks enough: operands pass through shared memory.
// CHECK-LABEL: @wide
// CHECK-SAME: #snc.schedule<gpu_conv, {across = 8 : i64, down = 1 : i64, flat = 1 : i64, pixels = 8 : i64, rows = 4 : i64, stage = 1 : i64, threads = 128 : i64}>
// CHECK-LABEL: @window
// CHECK-SAME: #snc.schedule<gpu_conv, {across = {{[248]}} : i64, down = {{[124]}} : i64, {{.*}}stage = 1
// A stride that leaves pixels out: a copy would hold what nobody reads.
// CHECK-LABEL: @sparse
// CHECK-NOT: stage
// CHECK-LABEL: @depthwise
// CHECK-SAME: #snc.schedule<gpu_depthwise
// CHECK-LABEL: @product
// CHECK-SAME: #snc.schedule<gpu_gemm, {lanes = 125 : i64, rows = 1 : i64, threads = 128 : i64}>
// CHECK-LABEL: @mean
// CHECK-SAME: #snc.schedule<gpu_reduce, {parts = 8 : i64, threads = 128 : i64}>
// CHECK-LABEL: @sum
// CHECK-SAME: #snc.schedule<gpu_generic, {threads = 128 : i64}>
// Long rows are shared, short or many ones not.
// CHECK-LABEL: @softmax
// CHECK-SAME: #snc.schedule<gpu_rows, {threads = 128 : i64}>
// CHECK-LABEL: @few_classes
// CHECK-SAME: #snc.schedule<gpu_generic
// CHECK-LABEL: @instance_norm
// CHECK-SAME: #snc.schedule<gpu_rows, {threads = 256 : i64}>
// CHECK-LABEL: @few_sums
// CHECK-SAME: #snc.schedule<gpu_rows, {threads = 128 : i64}>
// CHECK-LABEL: @many_sums
// CHECK-SAME: #snc.schedule<gpu_generic
// CHECK-LABEL: @over_blocks
// CHECK-SAME: #snc.schedule<gpu_generic
// CHECK-LABEL: @processor
// CHECK-SAME: #snc.schedule<conv

#b = #snc.blocked<16>
module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
snc.kernel @pointwise(%x: tensor<1x16x112x112xf32, #b>, %w: tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32, #b> attributes {snc.device = "cuda"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x112x112xf32, #b>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32, #b>
  snc.yield %0 : tensor<1x96x112x112xf32, #b>
}
snc.kernel @small(%x: tensor<1x960x7x7xf32, #b>, %w: tensor<160x960x1x1xf32>) -> tensor<1x160x7x7xf32, #b> attributes {snc.device = "opencl"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x960x7x7xf32, #b>, tensor<160x960x1x1xf32>) -> tensor<1x160x7x7xf32, #b>
  snc.yield %0 : tensor<1x160x7x7xf32, #b>
}
snc.kernel @wide(%x: tensor<1x64x56x56xf32, #b>, %w: tensor<256x64x1x1xf32>) -> tensor<1x256x56x56xf32, #b> attributes {snc.device = "cuda"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x64x56x56xf32, #b>, tensor<256x64x1x1xf32>) -> tensor<1x256x56x56xf32, #b>
  snc.yield %0 : tensor<1x256x56x56xf32, #b>
}
snc.kernel @window(%x: tensor<1x64x56x56xf32, #b>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #b> attributes {snc.device = "cuda"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1 : i64} : (tensor<1x64x56x56xf32, #b>, tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32, #b>
  snc.yield %0 : tensor<1x64x56x56xf32, #b>
}
snc.kernel @sparse(%x: tensor<1x64x112x112xf32, #b>, %w: tensor<256x64x1x1xf32>) -> tensor<1x256x56x56xf32, #b> attributes {snc.device = "cuda"} {
  %0 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x64x112x112xf32, #b>, tensor<256x64x1x1xf32>) -> tensor<1x256x56x56xf32, #b>
  snc.yield %0 : tensor<1x256x56x56xf32, #b>
}
snc.kernel @depthwise(%x: tensor<1x96x56x56xf32, #b>, %w: tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #b> attributes {snc.device = "opencl"} {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 96 : i64} : (tensor<1x96x56x56xf32, #b>, tensor<96x1x3x3xf32>) -> tensor<1x96x56x56xf32, #b>
  snc.yield %0 : tensor<1x96x56x56xf32, #b>
}
snc.kernel @product(%x: tensor<1x1280xf32>, %w: tensor<1280x1000xf32>) -> tensor<1x1000xf32> attributes {snc.device = "vulkan"} {
  %0 = snc.gemm %x, %w {alpha = 1.0 : f32, beta = 1.0 : f32, trans_a = false, trans_b = false} : (tensor<1x1280xf32>, tensor<1280x1000xf32>) -> tensor<1x1000xf32>
  snc.yield %0 : tensor<1x1000xf32>
}
snc.kernel @mean(%x: tensor<1x96x14x14xf32, #b>) -> tensor<1x96x1x1xf32, #b> attributes {snc.device = "metal"} {
  %0 = snc.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x96x14x14xf32, #b>) -> tensor<1x96x1x1xf32, #b>
  snc.yield %0 : tensor<1x96x1x1xf32, #b>
}
snc.kernel @sum(%x: tensor<1x96x14x14xf32, #b>) -> tensor<1x96x14x14xf32, #b> attributes {snc.device = "opencl"} {
  %0 = snc.add %x, %x : (tensor<1x96x14x14xf32, #b>, tensor<1x96x14x14xf32, #b>) -> tensor<1x96x14x14xf32, #b>
  snc.yield %0 : tensor<1x96x14x14xf32, #b>
}
snc.kernel @softmax(%x: tensor<3x64xf32>) -> tensor<3x64xf32> attributes {snc.device = "cuda"} {
  %0 = snc.softmax %x {axis = 1 : i64} : (tensor<3x64xf32>) -> tensor<3x64xf32>
  snc.yield %0 : tensor<3x64xf32>
}
snc.kernel @few_classes(%x: tensor<3x63xf32>) -> tensor<3x63xf32> attributes {snc.device = "cuda"} {
  %0 = snc.softmax %x {axis = 1 : i64} : (tensor<3x63xf32>) -> tensor<3x63xf32>
  snc.yield %0 : tensor<3x63xf32>
}
snc.kernel @instance_norm(%x: tensor<1x32x64x64xf32, #b>, %s: tensor<32xf32>) -> tensor<1x32x64x64xf32, #b> attributes {snc.device = "opencl"} {
  %0 = snc.instance_norm %x, %s, %s {epsilon = 1.0e-05 : f32} : (tensor<1x32x64x64xf32, #b>, tensor<32xf32>, tensor<32xf32>) -> tensor<1x32x64x64xf32, #b>
  snc.yield %0 : tensor<1x32x64x64xf32, #b>
}
snc.kernel @few_sums(%x: tensor<8191x64xf32>) -> tensor<8191xf32> attributes {snc.device = "cuda"} {
  %0 = snc.reduce_sum %x {axes = array<i64: 1>, keepdims = false} : (tensor<8191x64xf32>) -> tensor<8191xf32>
  snc.yield %0 : tensor<8191xf32>
}
snc.kernel @many_sums(%x: tensor<8192x64xf32>) -> tensor<8192xf32> attributes {snc.device = "cuda"} {
  %0 = snc.reduce_sum %x {axes = array<i64: 1>, keepdims = false} : (tensor<8192x64xf32>) -> tensor<8192xf32>
  snc.yield %0 : tensor<8192xf32>
}
snc.kernel @over_blocks(%x: tensor<1x80x9x9xf32, #b>) -> tensor<1x80x9x9xf32, #b> attributes {snc.device = "vulkan"} {
  %0 = snc.softmax %x {axis = 1 : i64} : (tensor<1x80x9x9xf32, #b>) -> tensor<1x80x9x9xf32, #b>
  snc.yield %0 : tensor<1x80x9x9xf32, #b>
}
snc.kernel @processor(%x: tensor<1x16x112x112xf32, #b>, %w: tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32, #b> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x112x112xf32, #b>, tensor<96x16x1x1xf32>) -> tensor<1x96x112x112xf32, #b>
  snc.yield %0 : tensor<1x96x112x112xf32, #b>
}
}
