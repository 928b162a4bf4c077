// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-simplify-slices -split-input-file | FileCheck %s

// Elements 1, 3, 5, 7 of ten and of these the last three backwards: 7, 5, 3.
// CHECK-LABEL: @slice_of_slice
// CHECK-SAME: (%[[X:.+]]: tensor<10xf32>)
// CHECK-NEXT: %[[Y:.+]] = snc.slice %[[X]] {sizes = array<i64: 3>, starts = array<i64: 7>, steps = array<i64: -2>}
// CHECK-NEXT: return %[[Y]]
func.func @slice_of_slice(%x: tensor<10xf32>) -> tensor<3xf32> {
  %0 = snc.slice %x {starts = array<i64: 1>, sizes = array<i64: 4>, steps = array<i64: 2>} : (tensor<10xf32>) -> tensor<4xf32>
  %1 = snc.slice %0 {starts = array<i64: 3>, sizes = array<i64: 3>, steps = array<i64: -1>} : (tensor<4xf32>) -> tensor<3xf32>
  return %1 : tensor<3xf32>
}

// -----

// Channels 5 and 6 of 4 + 4 are channels 1 and 2 of the second; 3 and 4 lie in both.
// CHECK-LABEL: @slice_of_concat
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x2x2xf32>, %[[Y:.+]]: tensor<1x4x2x2xf32>)
// CHECK: %[[C:.+]] = snc.concat
// CHECK: snc.slice %[[Y]] {sizes = array<i64: 1, 2, 2, 2>, starts = array<i64: 0, 1, 0, 0>
// CHECK: snc.slice %[[C]] {sizes = array<i64: 1, 2, 2, 2>, starts = array<i64: 0, 3, 0, 0>
func.func @slice_of_concat(%x: tensor<1x4x2x2xf32>, %y: tensor<1x4x2x2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %0 = snc.concat %x, %y {axis = 1 : i64} : (tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) -> tensor<1x8x2x2xf32>
  %1 = snc.slice %0 {starts = array<i64: 0, 5, 0, 0>, sizes = array<i64: 1, 2, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = snc.slice %0 {starts = array<i64: 0, 3, 0, 0>, sizes = array<i64: 1, 2, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %1, %2 : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}

// -----

// Concats on one axis are one; another axis, or another reader, keeps them apart.
// CHECK-LABEL: @concat_of_concat
// CHECK-SAME: (%[[A:.+]]: tensor<2x2xf32>, %[[B:.+]]: tensor<2x2xf32>)
// CHECK: %[[C:.+]] = snc.concat %[[A]], %[[B]], %[[A]] {axis = 0 : i64}
// CHECK: %[[D:.+]] = snc.concat %[[A]], %[[B]] {axis = 1 : i64}
// CHECK: %[[E:.+]] = snc.concat %[[D]], %[[D]] {axis = 0 : i64}
// CHECK: return %[[C]], %[[E]]
func.func @concat_of_concat(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> (tensor<6x2xf32>, tensor<4x4xf32>) {
  %0 = snc.concat %a, %b {axis = 0 : i64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %1 = snc.concat %0, %a {axis = 0 : i64} : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<6x2xf32>
  %2 = snc.concat %a, %b {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x4xf32>
  %3 = snc.concat %2, %2 {axis = 0 : i64} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
  return %1, %3 : tensor<6x2xf32>, tensor<4x4xf32>
}

// -----

// Indices 3, -3 (that is 1) of four are a slice with step -2; a scalar index drops
// its dimension.
// CHECK-LABEL: @gather
// CHECK: %[[A:.+]] = snc.slice %{{.+}} {sizes = array<i64: 2, 2>, starts = array<i64: 0, 3>, steps = array<i64: 1, -2>}
// CHECK: %[[B:.+]] = snc.slice %{{.+}} {sizes = array<i64: 2, 1>, starts = array<i64: 0, 2>, steps = array<i64: 1, 1>}
// CHECK: %[[C:.+]] = snc.reshape %[[B]] {shape = array<i64: 2>}
// CHECK: return %[[A]], %[[C]]
func.func @gather(%x: tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2xf32>) {
  %i = snc.constant dense<[3, -3]> : tensor<2xi64> : tensor<2xi64>
  %j = snc.constant dense<2> : tensor<i64> : tensor<i64>
  %0 = snc.gather %x, %i {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %1 = snc.gather %x, %j {axis = 1 : i64} : (tensor<2x4xf32>, tensor<i64>) -> tensor<2xf32>
  return %0, %1 : tensor<2x2xf32>, tensor<2xf32>
}

// -----

// Unequal distances, repeated and computed indices stay.
// CHECK-LABEL: @gather_stays
// CHECK-COUNT-3: snc.gather
func.func @gather_stays(%x: tensor<4xf32>, %k: tensor<1xi64>) -> (tensor<3xf32>, tensor<2xf32>, tensor<1xf32>) {
  %i = snc.constant dense<[0, 1, 3]> : tensor<3xi64> : tensor<3xi64>
  %j = snc.constant dense<[1, 1]> : tensor<2xi64> : tensor<2xi64>
  %0 = snc.gather %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<3xi64>) -> tensor<3xf32>
  %1 = snc.gather %x, %j {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  %2 = snc.gather %x, %k {axis = 0 : i64} : (tensor<4xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0, %1, %2 : tensor<3xf32>, tensor<2xf32>, tensor<1xf32>
}
