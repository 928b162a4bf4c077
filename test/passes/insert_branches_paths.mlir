// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: syncnas-opt %t/fire.mlir --snc-insert-branches=plan=%t/fire.json | FileCheck %s --check-prefix=FIRE
// RUN: syncnas-opt %t/heads.mlir --snc-insert-branches=plan=%t/heads.json | FileCheck %s --check-prefix=HEADS

// A fire module: both expansions read the squeezed channels, each on its unit;
// its own concat follows the join.
// FIRE: %[[S0:.+]] = snc.conv %{{.+}} {{.*}}snc.unit = 1 : i64
// FIRE-NEXT: %[[S:.+]] = snc.relu %[[S0]] {snc.unit = 1 : i64}
// FIRE-NEXT: %[[J:.+]]:2 = snc.branches join units [0, 1] : tensor<1x16x6x6xf32>, tensor<1x16x6x6xf32> {
// FIRE-NEXT: %[[B0:.+]] = snc.conv %[[S]], {{.*}}pads = array<i64: 1, 1, 1, 1>
// FIRE-NEXT: %[[B1:.+]] = snc.relu %[[B0]]
// FIRE-NEXT: snc.yield %[[B1]] : tensor<1x16x6x6xf32>
// FIRE-NEXT: }, {
// FIRE-NEXT: %[[A0:.+]] = snc.conv %[[S]], {{.*}}pads = array<i64: 0, 0, 0, 0>
// FIRE-NEXT: %[[A1:.+]] = snc.relu %[[A0]]
// FIRE-NEXT: snc.yield %[[A1]] : tensor<1x16x6x6xf32>
// FIRE-NEXT: }
// The 1x1 expansion, on unit 1, still comes first.
// FIRE-NEXT: snc.concat %[[J]]#1, %[[J]]#0 {axis = 1 : i64} :

// Branches of different lengths hand on different numbers of results; one that
// is used inside and outside is handed on, too.
// HEADS: %[[R:.+]]:3 = snc.branches join units [0, 2] : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32> {
// HEADS-NEXT: %[[A:.+]] = snc.softmax %{{.+}} {axis = 1 : i64}
// HEADS-NEXT: snc.yield %[[A]]
// HEADS-NEXT: }, {
// HEADS-NEXT: %[[B:.+]] = snc.softmax %{{.+}} {axis = 2 : i64}
// HEADS-NEXT: %[[C:.+]] = snc.softmax %[[B]] {axis = 3 : i64}
// HEADS-NEXT: snc.yield %[[B]], %[[C]]
// HEADS-NEXT: }
// HEADS-NEXT: return %[[R]]#1, %[[R]]#0, %[[R]]#2

//--- fire.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "single", "unit": 1},
              {"begin": 1, "end": 3, "kind": "paths", "units": [1, 0]},
              {"begin": 3, "end": 4, "kind": "all"}]}
//--- fire.mlir
func.func @main(%x: tensor<1x16x6x6xf32>) -> tensor<1x32x6x6xf32> {
  %ws = snc.constant dense<1.0> : tensor<4x16x1x1xf32> : tensor<4x16x1x1xf32>
  %w1 = snc.constant dense<2.0> : tensor<16x4x1x1xf32> : tensor<16x4x1x1xf32>
  %w3 = snc.constant dense<3.0> : tensor<16x4x3x3xf32> : tensor<16x4x3x3xf32>
  %0 = snc.conv %x, %ws {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<4x16x1x1xf32>) -> tensor<1x4x6x6xf32>
  %1 = snc.relu %0 : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %2 = snc.conv %1, %w1 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x4x6x6xf32>, tensor<16x4x1x1xf32>) -> tensor<1x16x6x6xf32>
  %3 = snc.relu %2 : (tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  %4 = snc.conv %1, %w3 {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x4x6x6xf32>, tensor<16x4x3x3xf32>) -> tensor<1x16x6x6xf32>
  %5 = snc.relu %4 : (tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  %6 = snc.concat %3, %5 {axis = 1} : (tensor<1x16x6x6xf32>, tensor<1x16x6x6xf32>) -> tensor<1x32x6x6xf32>
  return %6 : tensor<1x32x6x6xf32>
}
//--- heads.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}, {"name": "c", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "paths", "units": [2, 0, 2]}]}
//--- heads.mlir
func.func @main(%x: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) {
  %0 = snc.softmax %x {axis = 2 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %1 = snc.softmax %x {axis = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %2 = snc.softmax %0 {axis = 3 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %0, %1, %2 : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>
}
