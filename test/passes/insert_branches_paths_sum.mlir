// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: syncnas-opt %t/sum.mlir --snc-insert-branches=plan=%t/sum.json | FileCheck %s --check-prefix=SUM
// RUN: syncnas-opt %t/sum.mlir --snc-insert-branches=plan=%t/three.json | FileCheck %s --check-prefix=THREE
// RUN: syncnas-opt %t/narrow.mlir --snc-insert-branches=plan=%t/sum.json | FileCheck %s --check-prefix=NARROW
// RUN: not syncnas-opt %t/sum.mlir --snc-insert-branches=plan=%t/torn.json 2>&1 | FileCheck %s --check-prefix=TORN
// RUN: not syncnas-opt %t/sum.mlir --snc-insert-branches=plan=%t/alone.json 2>&1 | FileCheck %s --check-prefix=ALONE

// Nodes: 0 the second branch, 1 the third, 2 the first with the sums and the relu behind it. The
// branches hand on what they have; sums and relu run behind the join, half of the channels on each unit.
// SUM: func.func @main(%[[X:.+]]: tensor<1x16x4x4xf32>)
// SUM-NEXT: %[[J:.+]]:3 = snc.branches join units [0, 1] : tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32> {
// SUM-NEXT: %[[A:.+]] = snc.softmax %[[X]] {axis = 1 : i64}
// SUM-NEXT: snc.yield %[[A]]
// SUM-NEXT: }, {
// SUM-NEXT: %[[B:.+]] = snc.softmax %[[X]] {axis = 2 : i64}
// SUM-NEXT: %[[C:.+]] = snc.softmax %[[X]] {axis = 3 : i64}
// SUM-NEXT: snc.yield %[[B]], %[[C]]
// SUM-NEXT: }
// SUM-NEXT: %[[Y:.+]] = snc.branches concat units [0, 1] axes [1] : tensor<1x16x4x4xf32> {
// SUM-NEXT: %[[A0:.+]] = snc.slice %[[J]]#0 {sizes = array<i64: 1, 8, 4, 4>, starts = array<i64: 0, 0, 0, 0>
// SUM-NEXT: %[[B0:.+]] = snc.slice %[[J]]#1 {sizes = array<i64: 1, 8, 4, 4>, starts = array<i64: 0, 0, 0, 0>
// SUM-NEXT: %[[S0:.+]] = snc.add %[[A0]], %[[B0]]
// SUM-NEXT: %[[C0:.+]] = snc.slice %[[J]]#2
// SUM-NEXT: %[[T0:.+]] = snc.add %[[S0]], %[[C0]]
// SUM-NEXT: %[[R0:.+]] = snc.relu %[[T0]]
// SUM-NEXT: snc.yield %[[R0]]
// SUM-NEXT: }, {
// SUM-NEXT: snc.slice %[[J]]#0 {sizes = array<i64: 1, 8, 4, 4>, starts = array<i64: 0, 8, 0, 0>
// SUM: snc.softmax %[[Y]] {axis = 1 : i64}

// With the second branch on its unit, the first branch's unit adds that one itself.
// THREE: %[[J:.+]]:2 = snc.branches join units [0, 1]
// THREE-NEXT: %[[B:.+]] = snc.softmax %{{.+}} {axis = 2 : i64}
// THREE-NEXT: %[[A:.+]] = snc.softmax %{{.+}} {axis = 1 : i64}
// THREE-NEXT: %[[S:.+]] = snc.add %[[A]], %[[B]]
// THREE-NEXT: snc.yield %[[S]]
// THREE: snc.branches concat units [0, 1]
// THREE: snc.add
// THREE-NEXT: snc.relu
// THREE: }, {

// One block of channels has no halves.
// NARROW: snc.branches join
// NARROW: snc.add {{.*}}snc.unit = 0 : i64
// NARROW: snc.add {{.*}}snc.unit = 0 : i64
// NARROW: snc.relu {{.*}}snc.unit = 0 : i64
// NARROW-NOT: snc.branches

// A sum that does not end the segment joins nothing.
// TORN: nodes 0 to 3 cannot be split as planned: {{.*}} needs a value of another unit
// What is not elementwise joins nothing.
// ALONE: nodes 2 to 3 cannot be split as planned

//--- sum.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "paths", "units": [1, 1, 0], "adds": true},
              {"begin": 3, "end": 4, "kind": "all"}]}
//--- three.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "paths", "units": [0, 1, 0]},
              {"begin": 3, "end": 4, "kind": "all"}]}
//--- torn.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 4, "kind": "paths", "units": [1, 1, 0, 0]}]}
//--- alone.json
{"nodes": 4, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "all"},
              {"begin": 2, "end": 4, "kind": "paths", "units": [0, 1]}]}
//--- sum.mlir
func.func @main(%x: tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32> {
  %a = snc.softmax %x {axis = 1 : i64} : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %b = snc.softmax %x {axis = 2 : i64} : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %c = snc.softmax %x {axis = 3 : i64} : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %s = snc.add %a, %b : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %t = snc.add %s, %c : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %r = snc.relu %t : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %y = snc.softmax %r {axis = 1 : i64} : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}
//--- narrow.mlir
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %a = snc.softmax %x {axis = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %b = snc.softmax %x {axis = 2 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %c = snc.softmax %x {axis = 3 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %s = snc.add %a, %b : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %t = snc.add %s, %c : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %r = snc.relu %t : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %y = snc.softmax %r {axis = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}
