// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-lower-branches -split-input-file | FileCheck %s

// What was in branch i runs on its unit; a concat sync is a concat of all, marked.
// Constants belong to no unit.
// CHECK-LABEL: module attributes {snc.units = array<i64: 1, 1, 1>}
// CHECK: func.func @main(%[[X:.+]]: tensor<1x8x4x4xf32>)
// CHECK-NEXT: %[[A:.+]] = snc.relu %[[X]] {snc.unit = 2 : i64}
// CHECK-NEXT: %[[C:.+]] = snc.constant dense<2.000000e+00> : tensor<f32> : tensor<f32>
// CHECK-NEXT: %[[B:.+]] = snc.mul %[[X]], %[[C]] {snc.unit = 0 : i64}
// CHECK-NEXT: %[[Y:.+]] = snc.concat %[[A]], %[[B]] {axis = 2 : i64, snc.sync} : {{.*}} -> tensor<1x8x8x4xf32>
// CHECK-NEXT: return %[[Y]]
module attributes {snc.units = array<i64: 1, 1, 1>} {
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x8x4xf32> {
  %0 = snc.branches concat units [2, 0] axes [2] : tensor<1x8x8x4xf32> {
    %a = snc.relu %x : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    snc.yield %a : tensor<1x8x4x4xf32>
  }, {
    %c = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
    %b = snc.mul %x, %c : (tensor<1x8x4x4xf32>, tensor<f32>) -> tensor<1x8x4x4xf32>
    snc.yield %b : tensor<1x8x4x4xf32>
  }
  return %0 : tensor<1x8x8x4xf32>
}
}

// -----

// A sum of 24 channels in blocks of 8: half of them is one block and a half,
// rounded up to 16 for unit 0.
// CHECK-LABEL: @main(%{{.+}}: tensor<1x24x2x2xf32>
// CHECK: %[[A:.+]] = snc.relu %{{.+}} {snc.unit = 0 : i64}
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: %[[A0:.+]] = snc.slice %[[A]] {sizes = array<i64: 1, 16, 2, 2>, snc.unit = 0 : i64, starts = array<i64: 0, 0, 0, 0>
// CHECK-NEXT: %[[B0:.+]] = snc.slice %[[B]] {sizes = array<i64: 1, 16, 2, 2>, snc.unit = 0 : i64, starts = array<i64: 0, 0, 0, 0>
// CHECK-NEXT: %[[S0:.+]] = snc.add %[[A0]], %[[B0]] {snc.unit = 0 : i64}
// CHECK-NEXT: %[[A1:.+]] = snc.slice %[[A]] {sizes = array<i64: 1, 8, 2, 2>, snc.unit = 1 : i64, starts = array<i64: 0, 16, 0, 0>
// CHECK-NEXT: %[[B1:.+]] = snc.slice %[[B]] {sizes = array<i64: 1, 8, 2, 2>, snc.unit = 1 : i64, starts = array<i64: 0, 16, 0, 0>
// CHECK-NEXT: %[[S1:.+]] = snc.add %[[A1]], %[[B1]] {snc.unit = 1 : i64}
// CHECK-NEXT: %[[Y:.+]] = snc.concat %[[S0]], %[[S1]] {axis = 1 : i64, snc.sync}
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: tensor<1x24x2x2xf32>) -> tensor<1x24x2x2xf32> {
  %0 = snc.branches add units [0, 1] : tensor<1x24x2x2xf32> {
    %a = snc.relu %x : (tensor<1x24x2x2xf32>) -> tensor<1x24x2x2xf32>
    snc.yield %a : tensor<1x24x2x2xf32>
  }, {
    %b = snc.neg %x : (tensor<1x24x2x2xf32>) -> tensor<1x24x2x2xf32>
    snc.yield %b : tensor<1x24x2x2xf32>
  }
  return %0 : tensor<1x24x2x2xf32>
}

// -----

// One block of channels is not shared: the first branch's unit adds it all, part
// by part.
// CHECK-LABEL: @main(%{{.+}}: tensor<1x8x2x2xf32>
// CHECK: %[[A:.+]] = snc.relu %{{.+}} {snc.unit = 2 : i64}
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} {snc.unit = 0 : i64}
// CHECK-NEXT: %[[C:.+]] = snc.abs %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: %[[AB:.+]] = snc.add %[[A]], %[[B]] {snc.unit = 2 : i64}
// CHECK-NEXT: %[[ABC:.+]] = snc.add %[[AB]], %[[C]] {snc.unit = 2 : i64}
// CHECK-NEXT: return %[[ABC]]
func.func @main(%x: tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32> {
  %0 = snc.branches add units [2, 0, 1] : tensor<1x8x2x2xf32> {
    %a = snc.relu %x : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
    snc.yield %a : tensor<1x8x2x2xf32>
  }, {
    %b = snc.neg %x : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
    snc.yield %b : tensor<1x8x2x2xf32>
  }, {
    %c = snc.abs %x : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
    snc.yield %c : tensor<1x8x2x2xf32>
  }
  return %0 : tensor<1x8x2x2xf32>
}

// -----

// The features of a matrix are shared one by one: 3 and 2 of 5.
// CHECK-LABEL: @main(%{{.+}}: tensor<2x5xf32>
// CHECK: snc.slice %{{.+}} {sizes = array<i64: 2, 3>, snc.unit = 0 : i64, starts = array<i64: 0, 0>
// CHECK: snc.slice %{{.+}} {sizes = array<i64: 2, 2>, snc.unit = 1 : i64, starts = array<i64: 0, 3>
// CHECK: snc.concat {{.*}}axis = 1 : i64
func.func @main(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %0 = snc.branches add units [0, 1] : tensor<2x5xf32> {
    %a = snc.relu %x : (tensor<2x5xf32>) -> tensor<2x5xf32>
    snc.yield %a : tensor<2x5xf32>
  }, {
    %b = snc.neg %x : (tensor<2x5xf32>) -> tensor<2x5xf32>
    snc.yield %b : tensor<2x5xf32>
  }
  return %0 : tensor<2x5xf32>
}

// -----

// A join is nothing but its parts.
// CHECK-LABEL: @main
// CHECK-NEXT: %[[A:.+]] = snc.relu %{{.+}} {snc.unit = 0 : i64}
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: return %[[B]], %[[A]]
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = snc.branches join units [0, 1] : tensor<4xf32>, tensor<4xf32> {
    %a = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
    snc.yield %a : tensor<4xf32>
  }, {
    %b = snc.neg %x : (tensor<4xf32>) -> tensor<4xf32>
    snc.yield %b : tensor<4xf32>
  }
  return %0#1, %0#0 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Two splits alike, one behind the other: each unit goes on with its own part,
// and a sync that nobody reads is gone.
// CHECK-LABEL: @main
// CHECK-NEXT: %[[A:.+]] = snc.relu %{{.+}} {snc.unit = 0 : i64}
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: %[[C:.+]] = snc.abs %[[A]] {snc.unit = 0 : i64}
// CHECK-NEXT: %[[D:.+]] = snc.abs %[[B]] {snc.unit = 1 : i64}
// CHECK-NEXT: %[[Y:.+]] = snc.concat %[[C]], %[[D]] {axis = 1 : i64, snc.sync}
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: tensor<1x3xf32>, %z: tensor<1x5xf32>) -> tensor<1x8xf32> {
  %0 = snc.branches concat units [0, 1] axes [1] : tensor<1x8xf32> {
    %a = snc.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    snc.yield %a : tensor<1x3xf32>
  }, {
    %b = snc.neg %z : (tensor<1x5xf32>) -> tensor<1x5xf32>
    snc.yield %b : tensor<1x5xf32>
  }
  %1 = snc.branches concat units [0, 1] axes [1] : tensor<1x8xf32> {
    %s = snc.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 3>, steps = array<i64: 1, 1>} : (tensor<1x8xf32>) -> tensor<1x3xf32>
    %c = snc.abs %s : (tensor<1x3xf32>) -> tensor<1x3xf32>
    snc.yield %c : tensor<1x3xf32>
  }, {
    %s = snc.slice %0 {starts = array<i64: 0, 3>, sizes = array<i64: 1, 5>, steps = array<i64: 1, 1>} : (tensor<1x8xf32>) -> tensor<1x5xf32>
    %d = snc.abs %s : (tensor<1x5xf32>) -> tensor<1x5xf32>
    snc.yield %d : tensor<1x5xf32>
  }
  return %1 : tensor<1x8xf32>
}

// -----

// A slice that begins at a part but is not it stays, and so does one with steps,
// and the concat they read.
// CHECK-LABEL: @main
// CHECK: %[[Y:.+]] = snc.concat
// CHECK-NEXT: snc.slice %[[Y]] {sizes = array<i64: 1, 2>
// CHECK-NEXT: snc.slice %[[Y]] {sizes = array<i64: 1, 4>
// CHECK-NEXT: snc.slice %[[Y]] {sizes = array<i64: 1, 3>, starts = array<i64: 0, 0>, steps = array<i64: 1, 2>
func.func @main(%x: tensor<1x3xf32>) -> (tensor<1x2xf32>, tensor<1x4xf32>, tensor<1x3xf32>) {
  %0 = snc.concat %x, %x {axis = 1} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x6xf32>
  %1 = snc.slice %0 {starts = array<i64: 0, 3>, sizes = array<i64: 1, 2>, steps = array<i64: 1, 1>} : (tensor<1x6xf32>) -> tensor<1x2xf32>
  %2 = snc.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 4>, steps = array<i64: 1, 1>} : (tensor<1x6xf32>) -> tensor<1x4xf32>
  %3 = snc.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 3>, steps = array<i64: 1, 2>} : (tensor<1x6xf32>) -> tensor<1x3xf32>
  return %1, %2, %3 : tensor<1x2xf32>, tensor<1x4xf32>, tensor<1x3xf32>
}
