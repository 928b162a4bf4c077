// RUN: syncnas-opt %s --snc-insert-transfers | FileCheck %s

// Of rows that both units have, each gets the row that it lacks: a slice is taken where its
// source is, and only the slice crosses. Who reads the whole joins it from what it lacks.
module attributes {snc.target = "x86-64-avx2", snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
// CHECK-LABEL: func @main(
// CHECK-SAME: %[[X:.+]]: tensor<1x8x8x4xf32>
// CHECK: %[[BOTTOM:.+]] = snc.slice %[[X]]
// CHECK-SAME: starts = array<i64: 0, 0, 4, 0>
// CHECK: %[[TOP:.+]] = snc.slice %[[X]]
// CHECK-SAME: starts = array<i64: 0, 0, 0, 0>
// CHECK-NOT: snc.transfer %[[X]]
// CHECK: %[[A:.+]] = snc.relu %[[TOP]] {snc.unit = 0 : i64}
// The last row of the host's part, for the GPU.
// CHECK: %[[HALO:.+]] = snc.slice %[[A]]
// CHECK-SAME: sizes = array<i64: 1, 8, 1, 4>
// CHECK-SAME: starts = array<i64: 0, 0, 3, 0>
// CHECK: %[[UP:.+]] = snc.transfer %[[BOTTOM]] {snc.unit = 1 : i64}
// CHECK: %[[B:.+]] = snc.relu %[[UP]] {snc.unit = 1 : i64}
// CHECK: %[[BH:.+]] = snc.transfer %[[B]] {snc.unit = 1 : i64, to_host}
// CHECK: %[[HALOG:.+]] = snc.transfer %[[HALO]] {snc.unit = 1 : i64}
// CHECK: %[[IN:.+]] = snc.concat %[[HALOG]], %[[B]] {axis = 2 : i64, snc.unit = 1 : i64}
// CHECK: %[[D:.+]] = snc.sigmoid %[[IN]] {snc.unit = 1 : i64}
// CHECK: %[[DH:.+]] = snc.transfer %[[D]] {snc.unit = 1 : i64, to_host}
// CHECK: %[[WHOLE:.+]] = snc.concat %[[A]], %[[BH]] {axis = 2 : i64, snc.sync}
// CHECK: return %[[WHOLE]], %[[DH]]
func.func @main(%x: tensor<1x8x8x4xf32>) -> (tensor<1x8x8x4xf32>, tensor<1x8x5x4xf32>) {
  %s0 = snc.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 8, 4, 4>, steps = array<i64: 1, 1, 1, 1>, snc.unit = 0 : i64} : (tensor<1x8x8x4xf32>) -> tensor<1x8x4x4xf32>
  %a = snc.relu %s0 {snc.unit = 0 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %s1 = snc.slice %x {starts = array<i64: 0, 0, 4, 0>, sizes = array<i64: 1, 8, 4, 4>, steps = array<i64: 1, 1, 1, 1>, snc.unit = 1 : i64} : (tensor<1x8x8x4xf32>) -> tensor<1x8x4x4xf32>
  %b = snc.relu %s1 {snc.unit = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %j = snc.concat %a, %b {axis = 2 : i64, snc.sync} : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x8x4xf32>
  %s2 = snc.slice %j {starts = array<i64: 0, 0, 3, 0>, sizes = array<i64: 1, 8, 5, 4>, steps = array<i64: 1, 1, 1, 1>, snc.unit = 1 : i64} : (tensor<1x8x8x4xf32>) -> tensor<1x8x5x4xf32>
  %d = snc.sigmoid %s2 {snc.unit = 1 : i64} : (tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>
  return %j, %d : tensor<1x8x8x4xf32>, tensor<1x8x5x4xf32>
}
}
