// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: syncnas-opt %t/through.mlir --snc-insert-branches=plan=%t/through.json | FileCheck %s --check-prefix=THROUGH
// RUN: syncnas-opt %t/groups.mlir --snc-insert-branches=plan=%t/groups.json | FileCheck %s --check-prefix=GROUPS
// RUN: syncnas-opt %t/gate.mlir --snc-insert-branches=plan=%t/gate.json | FileCheck %s --check-prefix=GATE
// RUN: syncnas-opt %t/gemm.mlir --snc-insert-branches=plan=%t/gemm.json | FileCheck %s --check-prefix=GEMM
// RUN: syncnas-opt %t/several.mlir --snc-insert-branches=plan=%t/several.json | FileCheck %s --check-prefix=SEVERAL

// Output channels pass through a clamp, a depthwise convolution and a pool
// without a sync. 5 : 3 of 32 in blocks of 8 is 24 and 8. Depthwise groups are
// as many as the channels.
// THROUGH: func.func @main(%[[X:.+]]: tensor<1x4x6x6xf32>)
// THROUGH-DAG: %[[W:.+]] = snc.constant dense<1.000000e+00> : tensor<32x4x1x1xf32>
// THROUGH-DAG: %[[B:.+]] = snc.constant dense<2.000000e+00> : tensor<32xf32>
// THROUGH-DAG: %[[D:.+]] = snc.constant dense<3.000000e+00> : tensor<32x1x3x3xf32>
// THROUGH: snc.branches concat units [0, 1] axes [1] : tensor<1x32x3x3xf32> {
// THROUGH-NEXT: %[[WA:.+]] = snc.slice %[[W]] {sizes = array<i64: 24, 4, 1, 1>, starts = array<i64: 0, 0, 0, 0>
// THROUGH-NEXT: %[[BA:.+]] = snc.slice %[[B]] {sizes = array<i64: 24>, starts = array<i64: 0>
// THROUGH-NEXT: %[[A0:.+]] = snc.conv %[[X]], %[[WA]], %[[BA]] {{.*}}group = 1 : i64{{.*}} -> tensor<1x24x6x6xf32>
// THROUGH-NEXT: %[[A1:.+]] = snc.clamp %[[A0]]
// THROUGH-NEXT: %[[DA:.+]] = snc.slice %[[D]] {sizes = array<i64: 24, 1, 3, 3>, starts = array<i64: 0, 0, 0, 0>
// THROUGH-NEXT: %[[A2:.+]] = snc.conv %[[A1]], %[[DA]] {{.*}}group = 24 : i64, pads = array<i64: 1, 1, 1, 1>
// THROUGH-NEXT: %[[A3:.+]] = snc.max_pool %[[A2]] {ceil_mode = true{{.*}} -> tensor<1x24x3x3xf32>
// THROUGH-NEXT: snc.yield %[[A3]]
// THROUGH-NEXT: }, {
// THROUGH-NEXT: %[[WB:.+]] = snc.slice %[[W]] {sizes = array<i64: 8, 4, 1, 1>, starts = array<i64: 24, 0, 0, 0>
// THROUGH-NEXT: %[[BB:.+]] = snc.slice %[[B]] {sizes = array<i64: 8>, starts = array<i64: 24>
// THROUGH-NEXT: snc.conv %[[X]], %[[WB]], %[[BB]] {{.*}} -> tensor<1x8x6x6xf32>
// THROUGH: snc.slice %[[D]] {sizes = array<i64: 8, 1, 3, 3>, starts = array<i64: 24, 0, 0, 0>
// THROUGH-NEXT: snc.conv {{.*}}group = 8 : i64

// A grouped convolution may begin a split, at borders of its groups: 3 groups of
// 16 results are cut behind the second (5 : 3), so branch 0 has input channels 0 to 7.
// GROUPS: func.func @main(%[[X:.+]]: tensor<1x12x4x4xf32>)
// GROUPS: snc.branches concat units [0, 1] axes [1] : tensor<1x48x4x4xf32> {
// GROUPS-NEXT: %[[XA:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 4, 4>, starts = array<i64: 0, 0, 0, 0>
// GROUPS-NEXT: %[[WA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 32, 4, 1, 1>, starts = array<i64: 0, 0, 0, 0>
// GROUPS-NEXT: snc.conv %[[XA]], %[[WA]] {{.*}}group = 2 : i64{{.*}} -> tensor<1x32x4x4xf32>
// GROUPS: }, {
// GROUPS-NEXT: %[[XB:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 4, 4, 4>, starts = array<i64: 0, 8, 0, 0>
// GROUPS-NEXT: %[[WB:.+]] = snc.slice %{{.+}} {sizes = array<i64: 16, 4, 1, 1>, starts = array<i64: 32, 0, 0, 0>
// GROUPS-NEXT: snc.conv %[[XB]], %[[WB]] {{.*}}group = 1 : i64{{.*}} -> tensor<1x16x4x4xf32>

// A gate from outside is cut like what it multiplies, in its own dimension; the
// mean over space keeps channels apart and is a result of its own.
// GATE: func.func @main(%[[X:.+]]: tensor<1x16x4x4xf32>, %[[G:.+]]: tensor<16x1x1xf32>)
// GATE: %[[R:.+]]:2 = snc.branches concat units [0, 1] axes [1, 1] : tensor<1x16x4x4xf32>, tensor<1x16x1x1xf32> {
// GATE-NEXT: %[[XA:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 4, 4>, starts = array<i64: 0, 0, 0, 0>
// GATE-NEXT: %[[GA:.+]] = snc.slice %[[G]] {sizes = array<i64: 8, 1, 1>, starts = array<i64: 0, 0, 0>
// GATE-NEXT: %[[A0:.+]] = snc.mul %[[XA]], %[[GA]]
// GATE-NEXT: %[[A1:.+]] = snc.reduce_mean %[[A0]]
// GATE-NEXT: snc.yield %[[A0]], %[[A1]] : tensor<1x8x4x4xf32>, tensor<1x8x1x1xf32>
// GATE: }, {
// GATE: snc.slice %[[G]] {sizes = array<i64: 8, 1, 1>, starts = array<i64: 8, 0, 0>
// GATE: return %[[R]]#0, %[[R]]#1

// Columns of a matrix product: rows of a transposed weight, in blocks of one.
// The row that is added is cut, the number is not.
// GEMM: func.func @main(%[[X:.+]]: tensor<2x6xf32>)
// GEMM: snc.branches concat units [0, 1] axes [1] : tensor<2x10xf32> {
// GEMM-NEXT: %[[WA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 6, 6>, starts = array<i64: 0, 0>
// GEMM-NEXT: %[[BA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 6>, starts = array<i64: 0>
// GEMM-NEXT: %[[A:.+]] = snc.gemm %[[X]], %[[WA]], %[[BA]] {{.*}}trans_b = true{{.*}} -> tensor<2x6xf32>
// GEMM-NEXT: snc.yield %[[A]]
// GEMM-NEXT: }, {
// GEMM-NEXT: snc.slice %{{.+}} {sizes = array<i64: 4, 6>, starts = array<i64: 6, 0>
// GEMM-NEXT: snc.slice %{{.+}} {sizes = array<i64: 4>, starts = array<i64: 6>
// GEMM: snc.branches concat units [0, 1] axes [1] : tensor<2x4xf32> {
// GEMM-NEXT: %[[VA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 10, 2>, starts = array<i64: 0, 0>
// GEMM-NEXT: snc.gemm %{{.+}}, %[[VA]], %[[ONE:.+]] :
// GEMM: }, {
// GEMM-NEXT: %[[VB:.+]] = snc.slice %{{.+}} {sizes = array<i64: 10, 2>, starts = array<i64: 0, 2>
// GEMM-NEXT: snc.gemm %{{.+}}, %[[VB]], %[[ONE]] :

// Three units, of which one rests.
// SEVERAL: module attributes {snc.units = array<i64: 1, 2, 1, 1>}
// SEVERAL: snc.branches concat units [0, 2, 3] axes [1] : tensor<1x32x4x4xf32> {
// SEVERAL: snc.slice {{.*}}sizes = array<i64: 8, 8, 1, 1>, starts = array<i64: 0, 0, 0, 0>
// SEVERAL: }, {
// SEVERAL: snc.slice {{.*}}sizes = array<i64: 16, 8, 1, 1>, starts = array<i64: 8, 0, 0, 0>
// SEVERAL: }, {
// SEVERAL: snc.slice {{.*}}sizes = array<i64: 8, 8, 1, 1>, starts = array<i64: 24, 0, 0, 0>

//--- through.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "channels", "shares": [5, 3]}]}
//--- through.mlir
func.func @main(%x: tensor<1x4x6x6xf32>) -> tensor<1x32x3x3xf32> {
  %w = snc.constant dense<1.0> : tensor<32x4x1x1xf32> : tensor<32x4x1x1xf32>
  %b = snc.constant dense<2.0> : tensor<32xf32> : tensor<32xf32>
  %d = snc.constant dense<3.0> : tensor<32x1x3x3xf32> : tensor<32x1x3x3xf32>
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x4x6x6xf32>, tensor<32x4x1x1xf32>, tensor<32xf32>) -> tensor<1x32x6x6xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %2 = snc.conv %1, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 32} : (tensor<1x32x6x6xf32>, tensor<32x1x3x3xf32>) -> tensor<1x32x6x6xf32>
  %3 = snc.max_pool %2 {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode = true} : (tensor<1x32x6x6xf32>) -> tensor<1x32x3x3xf32>
  return %3 : tensor<1x32x3x3xf32>
}
//--- groups.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [5, 3]}]}
//--- groups.mlir
func.func @main(%x: tensor<1x12x4x4xf32>) -> tensor<1x48x4x4xf32> {
  %w = snc.constant dense<1.0> : tensor<48x4x1x1xf32> : tensor<48x4x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 3} : (tensor<1x12x4x4xf32>, tensor<48x4x1x1xf32>) -> tensor<1x48x4x4xf32>
  return %0 : tensor<1x48x4x4xf32>
}
//--- gate.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "channels", "shares": [4, 4]}]}
//--- gate.mlir
func.func @main(%x: tensor<1x16x4x4xf32>, %g: tensor<16x1x1xf32>) -> (tensor<1x16x4x4xf32>, tensor<1x16x1x1xf32>) {
  %0 = snc.mul %x, %g : (tensor<1x16x4x4xf32>, tensor<16x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = snc.reduce_mean %0 {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x16x4x4xf32>) -> tensor<1x16x1x1xf32>
  return %0, %1 : tensor<1x16x4x4xf32>, tensor<1x16x1x1xf32>
}
//--- gemm.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [5, 3]},
              {"begin": 1, "end": 2, "kind": "channels", "shares": [4, 4]}]}
//--- gemm.mlir
func.func @main(%x: tensor<2x6xf32>) -> tensor<2x4xf32> {
  %w = snc.constant dense<1.0> : tensor<10x6xf32> : tensor<10x6xf32>
  %b = snc.constant dense<2.0> : tensor<10xf32> : tensor<10xf32>
  %v = snc.constant dense<3.0> : tensor<10x4xf32> : tensor<10x4xf32>
  %one = snc.constant dense<4.0> : tensor<1xf32> : tensor<1xf32>
  %0 = snc.gemm %x, %w, %b {trans_b = true} : (tensor<2x6xf32>, tensor<10x6xf32>, tensor<10xf32>) -> tensor<2x10xf32>
  %1 = snc.gemm %0, %v, %one : (tensor<2x10xf32>, tensor<10x4xf32>, tensor<1xf32>) -> tensor<2x4xf32>
  return %1 : tensor<2x4xf32>
}
//--- several.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 2}, {"name": "c", "threads": 1}, {"name": "d", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [2, 0, 4, 2]}]}
//--- several.mlir
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x32x4x4xf32> {
  %w = snc.constant dense<1.0> : tensor<32x8x1x1xf32> : tensor<32x8x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32>, tensor<32x8x1x1xf32>) -> tensor<1x32x4x4xf32>
  return %0 : tensor<1x32x4x4xf32>
}
