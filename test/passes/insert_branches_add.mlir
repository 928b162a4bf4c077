// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: syncnas-opt %t/block.mlir --snc-insert-branches=plan=%t/block.json | FileCheck %s --check-prefix=BLOCK
// RUN: syncnas-opt %t/gemm.mlir --snc-insert-branches=plan=%t/gemm.json | FileCheck %s --check-prefix=GEMM
// RUN: syncnas-opt %t/narrow.mlir --snc-insert-branches=plan=%t/narrow.json | FileCheck %s --check-prefix=NARROW

// An inverted residual: W2 dw(W1 x) is the sum over halves of the 32 inner
// channels. The bias is in branch 0 alone; the shortcut and the activation run on
// the sum, each unit half of its 16 channels.
// BLOCK: func.func @main(%[[X:.+]]: tensor<1x16x6x6xf32>)
// BLOCK-DAG: %[[W1:.+]] = snc.constant dense<1.000000e+00>
// BLOCK-DAG: %[[WD:.+]] = snc.constant dense<2.000000e+00>
// BLOCK-DAG: %[[W2:.+]] = snc.constant dense<3.000000e+00>
// BLOCK-DAG: %[[B2:.+]] = snc.constant dense<4.000000e+00>
// BLOCK: %[[SUM:.+]] = snc.branches add units [0, 1] : tensor<1x16x6x6xf32> {
// BLOCK-NEXT: %[[W1A:.+]] = snc.slice %[[W1]] {sizes = array<i64: 16, 16, 1, 1>, starts = array<i64: 0, 0, 0, 0>
// BLOCK-NEXT: %[[A0:.+]] = snc.conv %[[X]], %[[W1A]] {{.*}} -> tensor<1x16x6x6xf32>
// BLOCK-NEXT: %[[A1:.+]] = snc.clamp %[[A0]]
// BLOCK-NEXT: %[[WDA:.+]] = snc.slice %[[WD]] {sizes = array<i64: 16, 1, 3, 3>, starts = array<i64: 0, 0, 0, 0>
// BLOCK-NEXT: %[[A2:.+]] = snc.conv %[[A1]], %[[WDA]] {{.*}}group = 16 : i64
// BLOCK-NEXT: %[[A3:.+]] = snc.clamp %[[A2]]
// BLOCK-NEXT: %[[W2A:.+]] = snc.slice %[[W2]] {sizes = array<i64: 16, 16, 1, 1>, starts = array<i64: 0, 0, 0, 0>
// BLOCK-NEXT: %[[A4:.+]] = snc.conv %[[A3]], %[[W2A]], %[[B2]] {
// BLOCK-NEXT: snc.yield %[[A4]]
// BLOCK-NEXT: }, {
// BLOCK: %[[W2B:.+]] = snc.slice %[[W2]] {sizes = array<i64: 16, 16, 1, 1>, starts = array<i64: 0, 16, 0, 0>
// BLOCK-NEXT: %[[B4:.+]] = snc.conv %{{.+}}, %[[W2B]] {
// BLOCK-NEXT: snc.yield %[[B4]]
// BLOCK-NEXT: }
// BLOCK-NEXT: %[[Y:.+]] = snc.branches concat units [0, 1] axes [1] : tensor<1x16x6x6xf32> {
// BLOCK-NEXT: %[[SA:.+]] = snc.slice %[[SUM]] {sizes = array<i64: 1, 8, 6, 6>, starts = array<i64: 0, 0, 0, 0>
// BLOCK-NEXT: %[[XA:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 6, 6>, starts = array<i64: 0, 0, 0, 0>
// BLOCK-NEXT: %[[TA:.+]] = snc.add %[[SA]], %[[XA]]
// BLOCK-NEXT: %[[UA:.+]] = snc.relu %[[TA]]
// BLOCK-NEXT: snc.yield %[[UA]]
// BLOCK-NEXT: }, {
// BLOCK-NEXT: snc.slice %[[SUM]] {sizes = array<i64: 1, 8, 6, 6>, starts = array<i64: 0, 8, 0, 0>
// BLOCK-NEXT: snc.slice %[[X]] {sizes = array<i64: 1, 8, 6, 6>, starts = array<i64: 0, 8, 0, 0>
// BLOCK: return %[[Y]]

// The inner features of two matrix products: columns of the first weight, rows of
// the second; the scale is each part's, the addend that of branch 0. No tail.
// GEMM: snc.branches add units [0, 1] : tensor<2x3xf32> {
// GEMM: snc.slice %{{.+}} {sizes = array<i64: 6, 5>, starts = array<i64: 0, 0>
// GEMM: snc.gemm {{.*}} -> tensor<2x5xf32>
// GEMM: snc.relu
// GEMM-NEXT: %[[VA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 3, 5>, starts = array<i64: 0, 0>
// GEMM-NEXT: snc.gemm %{{.+}}, %[[VA]], %{{.+}} {alpha = 2.000000e+00 : f32, beta = 3.000000e+00 : f32, trans_b = true}
// GEMM: }, {
// GEMM: snc.slice %{{.+}} {sizes = array<i64: 6, 3>, starts = array<i64: 0, 5>
// GEMM: %[[VB:.+]] = snc.slice %{{.+}} {sizes = array<i64: 3, 3>, starts = array<i64: 0, 5>
// GEMM-NEXT: snc.gemm %{{[^,]+}}, %[[VB]] {alpha = 2.000000e+00 : f32, beta = 3.000000e+00 : f32, trans_b = true}
// GEMM-NOT: snc.branches

// A sum of one block of channels has no halves: its activation runs on the first
// unit that has a share.
// NARROW: snc.branches add units [1, 2] : tensor<1x8x4x4xf32> {
// NARROW: snc.relu %{{.+}} {snc.unit = 1 : i64}
// NARROW-NOT: snc.branches

//--- block.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "add", "shares": [4, 4]}]}
//--- block.mlir
func.func @main(%x: tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32> {
  %w1 = snc.constant dense<1.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %wd = snc.constant dense<2.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %w2 = snc.constant dense<3.0> : tensor<16x32x1x1xf32> : tensor<16x32x1x1xf32>
  %b2 = snc.constant dense<4.0> : tensor<16xf32> : tensor<16xf32>
  %0 = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x6x6xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %2 = snc.conv %1, %wd {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x6x6xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32>
  %3 = snc.clamp %2 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %4 = snc.conv %3, %w2, %b2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x32x6x6xf32>, tensor<16x32x1x1xf32>, tensor<16xf32>) -> tensor<1x16x6x6xf32>
  %5 = snc.add %4, %x : (tensor<1x16x6x6xf32>, tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  %6 = snc.relu %5 : (tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  return %6 : tensor<1x16x6x6xf32>
}
//--- gemm.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "add", "shares": [5, 3]}]}
//--- gemm.mlir
func.func @main(%x: tensor<2x6xf32>) -> tensor<2x3xf32> {
  %w = snc.constant dense<1.0> : tensor<6x8xf32> : tensor<6x8xf32>
  %v = snc.constant dense<2.0> : tensor<3x8xf32> : tensor<3x8xf32>
  %c = snc.constant dense<3.0> : tensor<3xf32> : tensor<3xf32>
  %0 = snc.gemm %x, %w : (tensor<2x6xf32>, tensor<6x8xf32>) -> tensor<2x8xf32>
  %1 = snc.relu %0 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %2 = snc.gemm %1, %v, %c {alpha = 2.0 : f32, beta = 3.0 : f32, trans_b = true} : (tensor<2x8xf32>, tensor<3x8xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}
//--- narrow.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}, {"name": "c", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "add", "shares": [0, 4, 4]}]}
//--- narrow.mlir
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %w1 = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %w2 = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %0 = snc.conv %x, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = snc.conv %0, %w2 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x4x4xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x4x4xf32>
  %2 = snc.relu %1 : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %2 : tensor<1x8x4x4xf32>
}
