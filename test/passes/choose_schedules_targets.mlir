// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same kernels on each target: what differs is the number of registers and how
// many of them a block of 8 channels takes.
// RUN: syncnas-opt %s --snc-choose-schedules | FileCheck %s --check-prefix=AVX2
// RUN: sed 's/x86-64-avx2/x86-64-sse41/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=SSE
// RUN: sed 's/x86-64-avx2/aarch64-linux/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=ARM
// RUN: sed 's/x86-64-avx2/x86-64-avx512/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=AVX512

module attributes {snc.target = "x86-64-avx2", snc.threads = 1 : i64} {
// Ten of AVX2's registers take 3 x 3 accumulators (85.5 cycles); SSE has two
// registers a block, five accumulators, and 4 x 1 is best (168); of thirteen, the 12
// of 4 x 3 beat the 8 of 8 x 1 (both 168).
// AVX2-LABEL: snc.kernel @pointwise
// AVX2-SAME: pixels = 3 : i64, rows = 3 : i64
// SSE-LABEL: snc.kernel @pointwise
// SSE-SAME: pixels = 4 : i64, rows = 1 : i64
// ARM-LABEL: snc.kernel @pointwise
// ARM-SAME: pixels = 4 : i64, rows = 3 : i64
snc.kernel @pointwise(%x: tensor<1x16x56x56xf32, #snc.blocked<8>>, %w: tensor<24x16x1x1xf32>) -> tensor<1x24x56x56xf32, #snc.blocked<8>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x16x56x56xf32, #snc.blocked<8>>, tensor<24x16x1x1xf32>) -> tensor<1x24x56x56xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x24x56x56xf32, #snc.blocked<8>>
}

// At most eight pixels, five where registers are scarce; then the next smaller
// number that divides the row of 14.
// AVX2-LABEL: snc.kernel @depthwise
// AVX2-SAME: #snc.schedule<depthwise, {{.*}}pixels = 7 : i64
// SSE-LABEL: snc.kernel @depthwise
// SSE-SAME: #snc.schedule<depthwise, {{.*}}pixels = 2 : i64
// ARM-LABEL: snc.kernel @depthwise
// ARM-SAME: #snc.schedule<depthwise, {{.*}}pixels = 7 : i64
snc.kernel @depthwise(%x: tensor<1x16x14x14xf32, #snc.blocked<8>>, %w: tensor<16x1x3x3xf32>) -> tensor<1x16x14x14xf32, #snc.blocked<8>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 16 : i64} : (tensor<1x16x14x14xf32, #snc.blocked<8>>, tensor<16x1x3x3xf32>) -> tensor<1x16x14x14xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x16x14x14xf32, #snc.blocked<8>>
}

// A vector times a matrix: eight vectors of columns, six where there are 16 registers.
// AVX2-LABEL: snc.kernel @gemv
// AVX2-SAME: #snc.schedule<gemm, {lanes = 48 : i64, rows = 1 : i64, strips = 1 : i64}>
// SSE-LABEL: snc.kernel @gemv
// SSE-SAME: #snc.schedule<gemm, {lanes = 24 : i64, rows = 1 : i64, strips = 1 : i64}>
// ARM-LABEL: snc.kernel @gemv
// ARM-SAME: #snc.schedule<gemm, {lanes = 32 : i64, rows = 1 : i64, strips = 1 : i64}>
// AVX512-LABEL: snc.kernel @gemv
// AVX512-SAME: #snc.schedule<gemm, {lanes = 128 : i64, rows = 1 : i64, strips = 1 : i64}>
snc.kernel @gemv(%a: tensor<1x1280xf32>, %b: tensor<1280x1000xf32>) -> tensor<1x1000xf32> {
  %0 = snc.gemm %a, %b : (tensor<1x1280xf32>, tensor<1280x1000xf32>) -> tensor<1x1000xf32>
  snc.yield %0 : tensor<1x1000xf32>
}

// Ten columns want no more vectors than hold them: whole ones.
// AVX2-LABEL: snc.kernel @few_columns
// AVX2-SAME: lanes = 16 : i64
// SSE-LABEL: snc.kernel @few_columns
// SSE-SAME: lanes = 12 : i64
// ARM-LABEL: snc.kernel @few_columns
// ARM-SAME: lanes = 12 : i64
// AVX512-LABEL: snc.kernel @few_columns
// AVX512-SAME: lanes = 16 : i64
snc.kernel @few_columns(%a: tensor<1x64xf32>, %b: tensor<64x10xf32>) -> tensor<1x10xf32> {
  %0 = snc.gemm %a, %b : (tensor<1x64xf32>, tensor<64x10xf32>) -> tensor<1x10xf32>
  snc.yield %0 : tensor<1x10xf32>
}

// A matrix times a matrix: four vectors of columns, as many rows as registers allow.
// AVX2-LABEL: snc.kernel @matrix
// AVX2-SAME: lanes = 32 : i64, rows = 3 : i64
// SSE-LABEL: snc.kernel @matrix
// SSE-SAME: lanes = 16 : i64, rows = 3 : i64
// ARM-LABEL: snc.kernel @matrix
// ARM-SAME: lanes = 16 : i64, rows = 6 : i64
// AVX512-LABEL: snc.kernel @matrix
// AVX512-SAME: lanes = 64 : i64, rows = 6 : i64
snc.kernel @matrix(%a: tensor<8x64xf32>, %b: tensor<64x100xf32>) -> tensor<8x100xf32> {
  %0 = snc.gemm %a, %b : (tensor<8x64xf32>, tensor<64x100xf32>) -> tensor<8x100xf32>
  snc.yield %0 : tensor<8x100xf32>
}
}
