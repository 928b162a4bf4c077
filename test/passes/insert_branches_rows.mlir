// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: syncnas-opt %t/halo.mlir --snc-insert-branches=plan=%t/halo.json | FileCheck %s --check-prefix=HALO
// RUN: syncnas-opt %t/pools.mlir --snc-insert-branches=plan=%t/pools.json | FileCheck %s --check-prefix=POOLS
// RUN: syncnas-opt %t/moves.mlir --snc-insert-branches=plan=%t/moves.json | FileCheck %s --check-prefix=MOVES
// RUN: syncnas-opt %t/nothing.mlir --snc-insert-branches=plan=%t/nothing.json | FileCheck %s --check-prefix=NOTHING

// Rows through two convolutions without a sync: of 8 result rows each unit has
// 4. Behind stride 2 they are rows 0 to 7 and 7 to 15 of the activation, which
// are rows 0 to 8 and 6 to 15 of the picture. What follows is on unit 1 alone,
// then on all.
// HALO: module attributes {snc.units = array<i64: 1, 3>}
// HALO: func.func @main(%[[X:.+]]: tensor<1x8x16x6xf32>)
// HALO-NEXT: %[[W:.+]] = snc.constant
// HALO-NEXT: %[[R:.+]] = snc.branches concat units [0, 1] axes [2] : tensor<1x8x8x3xf32> {
// HALO-NEXT: %[[XA:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 9, 6>, starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>}
// HALO-NEXT: %[[A0:.+]] = snc.conv %[[XA]], %[[W]] {{.*}}pads = array<i64: 1, 1, 0, 1>{{.*}} -> tensor<1x8x8x6xf32>
// HALO-NEXT: %[[A1:.+]] = snc.clamp %[[A0]] {{.*}} -> tensor<1x8x8x6xf32>
// HALO-NEXT: %[[A2:.+]] = snc.conv %[[A1]], %[[W]] {{.*}}pads = array<i64: 1, 1, 0, 1>{{.*}} -> tensor<1x8x4x3xf32>
// HALO-NEXT: snc.yield %[[A2]]
// HALO-NEXT: }, {
// HALO-NEXT: %[[XB:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 10, 6>, starts = array<i64: 0, 0, 6, 0>, steps = array<i64: 1, 1, 1, 1>}
// HALO-NEXT: %[[B0:.+]] = snc.conv %[[XB]], %[[W]] {{.*}}pads = array<i64: 0, 1, 1, 1>{{.*}} -> tensor<1x8x9x6xf32>
// HALO-NEXT: %[[B1:.+]] = snc.clamp %[[B0]] {{.*}} -> tensor<1x8x9x6xf32>
// HALO-NEXT: %[[B2:.+]] = snc.conv %[[B1]], %[[W]] {{.*}}pads = array<i64: 0, 1, 0, 1>{{.*}} -> tensor<1x8x4x3xf32>
// HALO-NEXT: snc.yield %[[B2]]
// HALO-NEXT: }
// HALO-NEXT: %[[S:.+]] = snc.softmax %[[R]] {axis = 1 : i64, snc.unit = 1 : i64}
// HALO-NEXT: %[[T:.+]] = snc.softmax %[[S]] {axis = 2 : i64} :
// HALO-NEXT: return %[[T]]

// Of 7 result rows unit 0 has 4 (5 : 3). A pool in ceil mode takes its last,
// partial window in a pad below, and that of the columns in a pad at the right
// of both parts.
// POOLS: snc.branches concat units [0, 1] axes [2] : tensor<1x4x7x7xf32> {
// POOLS-NEXT: %[[XA:.+]] = snc.slice %{{.+}} {sizes = array<i64: 1, 4, 9, 14>, starts = array<i64: 0, 0, 0, 0>,
// POOLS-NEXT: %[[A0:.+]] = snc.max_pool %[[XA]] {
// POOLS-NOT: ceil_mode = true
// POOLS-SAME: pads = array<i64: 0, 0, 0, 1>{{.*}} -> tensor<1x4x4x7xf32>
// POOLS-NEXT: %[[A1:.+]] = snc.avg_pool %[[A0]] {
// POOLS: }, {
// POOLS-NEXT: %[[XB:.+]] = snc.slice %{{.+}} {sizes = array<i64: 1, 4, 8, 14>, starts = array<i64: 0, 0, 6, 0>,
// POOLS-NEXT: %[[B0:.+]] = snc.max_pool %[[XB]] {
// POOLS-NOT: ceil_mode = true
// POOLS-SAME: pads = array<i64: 0, 0, 1, 1>{{.*}} -> tensor<1x4x4x7xf32>
// The average reads rows 3 to 6 and no padding above.
// POOLS-NEXT: %[[B1:.+]] = snc.avg_pool %[[B0]] {
// POOLS-SAME: pads = array<i64: 0, 1, 0, 0>{{.*}} -> tensor<1x4x3x7xf32>

// Gates are read whole, maps by rows; a cut and a concat of channels keep theirs.
// MOVES: func.func @main(%[[X:.+]]: tensor<1x8x6x4xf32>, %[[GATE:.+]]: tensor<8x1x1xf32>, %[[MAP:.+]]: tensor<6x1xf32>)
// MOVES: snc.branches concat units [0, 1] axes [2] : tensor<1x12x6x4xf32> {
// MOVES-NEXT: %[[XA:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 3, 4>, starts = array<i64: 0, 0, 0, 0>
// MOVES-NEXT: %[[A0:.+]] = snc.mul %[[XA]], %[[GATE]]
// MOVES-NEXT: %[[MA:.+]] = snc.slice %[[MAP]] {sizes = array<i64: 3, 1>, starts = array<i64: 0, 0>
// MOVES-NEXT: %[[A1:.+]] = snc.add %[[A0]], %[[MA]]
// MOVES-NEXT: %[[A2:.+]] = snc.slice %[[A1]] {sizes = array<i64: 1, 4, 3, 4>, starts = array<i64: 0, 2, 0, 0>
// MOVES-NEXT: %[[A3:.+]] = snc.concat %[[A1]], %[[A2]] {axis = 1 : i64} : {{.*}} -> tensor<1x12x3x4xf32>
// MOVES-NEXT: snc.yield %[[A3]]
// MOVES-NEXT: }, {
// MOVES-NEXT: %[[XB:.+]] = snc.slice %[[X]] {sizes = array<i64: 1, 8, 3, 4>, starts = array<i64: 0, 0, 3, 0>
// MOVES-NEXT: %[[B0:.+]] = snc.mul %[[XB]], %[[GATE]]
// MOVES-NEXT: %[[MB:.+]] = snc.slice %[[MAP]] {sizes = array<i64: 3, 1>, starts = array<i64: 3, 0>
// MOVES-NEXT: %[[B1:.+]] = snc.add %[[B0]], %[[MB]]

// What no node computes stays: a reshape of an argument, a constant.
// NOTHING: func.func @main(%[[X:.+]]: tensor<4xf32>)
// NOTHING-DAG: %[[R:.+]] = snc.reshape %[[X]]
// NOTHING-DAG: %[[C:.+]] = snc.constant
// NOTHING: return %[[R]], %[[C]]

//--- halo.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 3}],
 "segments": [{"begin": 0, "end": 2, "kind": "rows", "shares": [4, 4]},
              {"begin": 2, "end": 3, "kind": "single", "unit": 1},
              {"begin": 3, "end": 4, "kind": "all"}]}
//--- halo.mlir
func.func @main(%x: tensor<1x8x16x6xf32>) -> tensor<1x8x8x3xf32> {
  %w = snc.constant dense<1.0> : tensor<8x8x3x3xf32> : tensor<8x8x3x3xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x16x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x16x6xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x8x16x6xf32>) -> tensor<1x8x16x6xf32>
  %2 = snc.conv %1, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x16x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x8x3xf32>
  %3 = snc.softmax %2 {axis = 1 : i64} : (tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
  %4 = snc.softmax %3 {axis = 2 : i64} : (tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
  return %4 : tensor<1x8x8x3xf32>
}
//--- pools.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "rows", "shares": [5, 3]}]}
//--- pools.mlir
func.func @main(%x: tensor<1x4x14x14xf32>) -> tensor<1x4x7x7xf32> {
  %0 = snc.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode = true} : (tensor<1x4x14x14xf32>) -> tensor<1x4x7x7xf32>
  %1 = snc.avg_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 0, 0>} : (tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32>
  return %1 : tensor<1x4x7x7xf32>
}
//--- moves.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "rows", "shares": [4, 4]}]}
//--- moves.mlir
func.func @main(%x: tensor<1x8x6x4xf32>, %gate: tensor<8x1x1xf32>, %map: tensor<6x1xf32>) -> tensor<1x12x6x4xf32> {
  %0 = snc.mul %x, %gate : (tensor<1x8x6x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x6x4xf32>
  %1 = snc.add %0, %map : (tensor<1x8x6x4xf32>, tensor<6x1xf32>) -> tensor<1x8x6x4xf32>
  %2 = snc.slice %1 {starts = array<i64: 0, 2, 0, 0>, sizes = array<i64: 1, 4, 6, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x6x4xf32>) -> tensor<1x4x6x4xf32>
  %3 = snc.concat %1, %2 {axis = 1} : (tensor<1x8x6x4xf32>, tensor<1x4x6x4xf32>) -> tensor<1x12x6x4xf32>
  return %3 : tensor<1x12x6x4xf32>
}
//--- nothing.json
{"nodes": 0, "units": [{"name": "a", "threads": 1}], "segments": []}
//--- nothing.mlir
func.func @main(%x: tensor<4xf32>) -> (tensor<2x2xf32>, tensor<2xf32>) {
  %0 = snc.reshape %x {shape = array<i64: 2, 2>} : (tensor<4xf32>) -> tensor<2x2xf32>
  %1 = snc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<2xf32>
}
