// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A convolution joins the depthwise one that reads it, where a thread's share of the
// tensor between them is larger than it should be: 32 * 8 * 8 * 4 = 8192 bytes here.
// RUN: syncnas-opt %s --snc-form-kernels=fuse-expand-bytes=8191 -split-input-file | FileCheck %s --check-prefix=JOIN
// RUN: syncnas-opt %s --snc-form-kernels=fuse-expand-bytes=8192 -split-input-file | FileCheck %s --check-prefix=APART
// RUN: syncnas-opt %s --snc-form-kernels -split-input-file | FileCheck %s --check-prefix=APART
// RUN: sed 's/threads = 1/threads = 2/' %s | syncnas-opt --snc-form-kernels=fuse-expand-bytes=8191 -split-input-file | FileCheck %s --check-prefix=APART

// JOIN-LABEL: @expand
// JOIN: snc.launch
// JOIN-NOT: snc.launch
// JOIN: return
// APART-LABEL: @expand
// APART-COUNT-2: snc.launch
// APART: return
module @expand attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
func.func @main(%x: tensor<1x16x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32, #snc.blocked<16>> {
  %e = snc.constant dense<1.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x8x8xf32, #snc.blocked<16>>, tensor<32x16x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.relu %0 : (tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %2 = snc.conv %1, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %3 = snc.relu %2 : (tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  return %3 : tensor<1x32x8x8xf32, #snc.blocked<16>>
}
}

// -----

// Someone else reads the expanded tensor: it has to be there.
// JOIN-LABEL: @two_readers
// JOIN-COUNT-3: snc.launch
// APART-LABEL: @two_readers
module @two_readers attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
func.func @main(%x: tensor<1x16x8x8xf32, #snc.blocked<16>>) -> (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<1x32x8x8xf32, #snc.blocked<16>>) {
  %e = snc.constant dense<1.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x8x8xf32, #snc.blocked<16>>, tensor<32x16x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.conv %0, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %2 = snc.conv %1, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  return %2, %0 : tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<1x32x8x8xf32, #snc.blocked<16>>
}
}

// -----

// A residual sum lies between: the ring would have to read another tensor's rows.
// JOIN-LABEL: @residual
// JOIN-COUNT-2: snc.launch
// APART-LABEL: @residual
module @residual attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
func.func @main(%x: tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32, #snc.blocked<16>> {
  %e = snc.constant dense<1.0> : tensor<32x32x1x1xf32> : tensor<32x32x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x32x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.add %0, %x : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %2 = snc.conv %1, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  return %2 : tensor<1x32x8x8xf32, #snc.blocked<16>>
}
}

// -----

// The result is plain: a ring's schedule writes blocks.
// JOIN-LABEL: @plain_result
// JOIN-COUNT-2: snc.launch
// APART-LABEL: @plain_result
module @plain_result attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
func.func @main(%x: tensor<1x16x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32> {
  %e = snc.constant dense<1.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x8x8xf32, #snc.blocked<16>>, tensor<32x16x1x1xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %1 = snc.conv %0, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x8x8xf32, #snc.blocked<16>>, tensor<32x1x3x3xf32>) -> tensor<1x32x8x8xf32, #snc.blocked<16>>
  %2 = snc.relayout %1 : (tensor<1x32x8x8xf32, #snc.blocked<16>>) -> tensor<1x32x8x8xf32>
  return %2 : tensor<1x32x8x8xf32>
}
}
