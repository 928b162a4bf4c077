// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-elide-copies -split-input-file | FileCheck %s

// Channels of one picture are a run of bytes: their concat and slices move nothing.
// CHECK-LABEL: @main
// CHECK-NEXT: %[[A:.+]] = snc.relu %{{.+}} -> tensor<1x3x2x2xf32>
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} -> tensor<1x5x2x2xf32>
// CHECK-NEXT: %[[C:.+]] = snc.concat %[[A]], %[[B]] {axis = 1 : i64, snc.in_place} : {{.*}} -> tensor<1x8x2x2xf32>
// CHECK-NEXT: %[[S:.+]] = snc.slice %[[C]] {sizes = array<i64: 1, 4, 2, 2>, snc.in_place, {{.*}} -> tensor<1x4x2x2xf32>
// CHECK-NEXT: %[[Y:.+]] = snc.relu %[[S]]
func.func @main(%x: tensor<1x3x2x2xf32>, %z: tensor<1x5x2x2xf32>) -> tensor<1x4x2x2xf32> {
  %a = snc.relu %x : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %b = snc.neg %z : (tensor<1x5x2x2xf32>) -> tensor<1x5x2x2xf32>
  %c = snc.concat %a, %b {axis = 1} : (tensor<1x3x2x2xf32>, tensor<1x5x2x2xf32>) -> tensor<1x8x2x2xf32>
  %s = snc.slice %c {starts = array<i64: 0, 1, 0, 0>, sizes = array<i64: 1, 4, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x2x2xf32>) -> tensor<1x4x2x2xf32>
  %y = snc.relu %s : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  return %y : tensor<1x4x2x2xf32>
}

// -----

// Of blocks, only whole ones are a run: [8, 20) with the padded end of the whole
// is, [4, 12) and [0, 12) are not.
// CHECK-LABEL: @main
// CHECK: snc.slice {{.*}}sizes = array<i64: 1, 12, 2, 2>, snc.in_place, starts = array<i64: 0, 8, 0, 0>
// CHECK: snc.slice %{{.+}} {sizes = array<i64: 1, 8, 2, 2>, starts = array<i64: 0, 4, 0, 0>
// CHECK: snc.slice %{{.+}} {sizes = array<i64: 1, 12, 2, 2>, starts = array<i64: 0, 0, 0, 0>
func.func @main(%x: tensor<1x20x2x2xf32, #snc.blocked<8>>) -> (tensor<1x12x2x2xf32>, tensor<1x8x2x2xf32>, tensor<1x12x2x2xf32>) {
  %0 = snc.slice %x {starts = array<i64: 0, 8, 0, 0>, sizes = array<i64: 1, 12, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x20x2x2xf32, #snc.blocked<8>>) -> tensor<1x12x2x2xf32, #snc.blocked<8>>
  %1 = snc.slice %x {starts = array<i64: 0, 4, 0, 0>, sizes = array<i64: 1, 8, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x20x2x2xf32, #snc.blocked<8>>) -> tensor<1x8x2x2xf32, #snc.blocked<8>>
  %2 = snc.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 12, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x20x2x2xf32, #snc.blocked<8>>) -> tensor<1x12x2x2xf32, #snc.blocked<8>>
  %3 = snc.relayout %0 : (tensor<1x12x2x2xf32, #snc.blocked<8>>) -> tensor<1x12x2x2xf32>
  %4 = snc.relayout %1 : (tensor<1x8x2x2xf32, #snc.blocked<8>>) -> tensor<1x8x2x2xf32>
  %5 = snc.relayout %2 : (tensor<1x12x2x2xf32, #snc.blocked<8>>) -> tensor<1x12x2x2xf32>
  return %3, %4, %5 : tensor<1x12x2x2xf32>, tensor<1x8x2x2xf32>, tensor<1x12x2x2xf32>
}

// -----

// Rows are a window of the whole, in blocks as in plain order.
// CHECK-LABEL: @main
// CHECK-NEXT: %[[S:.+]] = snc.slice %{{.+}} {sizes = array<i64: 1, 8, 3, 4>, snc.in_place, {{.*}} -> tensor<1x8x3x4xf32, #snc.window<6>>
// CHECK-NEXT: %[[A:.+]] = snc.relu %[[S]] : (tensor<1x8x3x4xf32, #snc.window<6>>) -> tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>
// CHECK-NEXT: %[[B:.+]] = snc.relu %{{.+}} -> tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>>
// CHECK-NEXT: %[[C:.+]] = snc.concat %[[A]], %[[B]] {axis = 2 : i64, snc.in_place} : {{.*}} -> tensor<1x8x5x4xf32, #snc.blocked<8>>
func.func @main(%x: tensor<1x8x6x4xf32>, %z: tensor<1x8x2x4xf32>) -> tensor<1x8x5x4xf32> {
  %s = snc.slice %x {starts = array<i64: 0, 0, 2, 0>, sizes = array<i64: 1, 8, 3, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x6x4xf32>) -> tensor<1x8x3x4xf32>
  %a = snc.relu %s : (tensor<1x8x3x4xf32>) -> tensor<1x8x3x4xf32, #snc.blocked<8>>
  %b = snc.relu %z : (tensor<1x8x2x4xf32>) -> tensor<1x8x2x4xf32, #snc.blocked<8>>
  %c = snc.concat %a, %b {axis = 2} : (tensor<1x8x3x4xf32, #snc.blocked<8>>, tensor<1x8x2x4xf32, #snc.blocked<8>>) -> tensor<1x8x5x4xf32, #snc.blocked<8>>
  %y = snc.relu %c : (tensor<1x8x5x4xf32, #snc.blocked<8>>) -> tensor<1x8x5x4xf32>
  return %y : tensor<1x8x5x4xf32>
}

// -----

// A concat of channels within a concat of rows: parts are windows of the outermost,
// and so is a slice of one of them.
// CHECK-LABEL: @main
// CHECK-NEXT: %[[A:.+]] = snc.relu %{{.+}} -> tensor<1x3x2x4xf32, #snc.window<5>>
// CHECK-NEXT: %[[B:.+]] = snc.neg %{{.+}} -> tensor<1x3x2x4xf32, #snc.window<5>>
// CHECK-NEXT: %[[C:.+]] = snc.concat %[[A]], %[[B]] {axis = 1 : i64, snc.in_place} : {{.*}} -> tensor<1x6x2x4xf32, #snc.window<5>>
// CHECK-NEXT: %[[D:.+]] = snc.abs %{{.+}} -> tensor<1x6x3x4xf32, #snc.window<5>>
// CHECK-NEXT: %[[E:.+]] = snc.concat %[[C]], %[[D]] {axis = 2 : i64, snc.in_place} : {{.*}} -> tensor<1x6x5x4xf32>
// CHECK-NEXT: %[[S:.+]] = snc.slice %[[A]] {sizes = array<i64: 1, 3, 1, 4>, snc.in_place, {{.*}} -> tensor<1x3x1x4xf32, #snc.window<5>>
func.func @main(%x: tensor<1x3x2x4xf32>, %z: tensor<1x6x3x4xf32>) -> (tensor<1x6x5x4xf32>, tensor<1x3x1x4xf32>) {
  %a = snc.relu %x : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32>
  %b = snc.neg %x : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32>
  %c = snc.concat %a, %b {axis = 1} : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> tensor<1x6x2x4xf32>
  %d = snc.abs %z : (tensor<1x6x3x4xf32>) -> tensor<1x6x3x4xf32>
  %e = snc.concat %c, %d {axis = 2} : (tensor<1x6x2x4xf32>, tensor<1x6x3x4xf32>) -> tensor<1x6x5x4xf32>
  %s = snc.slice %a {starts = array<i64: 0, 0, 1, 0>, sizes = array<i64: 1, 3, 1, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x3x2x4xf32>) -> tensor<1x3x1x4xf32>
  %y = snc.relu %e : (tensor<1x6x5x4xf32>) -> tensor<1x6x5x4xf32>
  %t = snc.relu %s : (tensor<1x3x1x4xf32>) -> tensor<1x3x1x4xf32>
  return %y, %t : tensor<1x6x5x4xf32>, tensor<1x3x1x4xf32>
}

// -----

// A part that cannot be computed there is copied, on the concat's unit: an
// argument, a constant, and a part that is there already. The rest is in place.
// CHECK-LABEL: @main(%{{.+}}: tensor<1x2xf32>)
// CHECK: %[[A:.+]] = snc.relu
// CHECK-NEXT: %[[X:.+]] = snc.relayout %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: %[[K:.+]] = snc.relayout %{{.+}} {snc.unit = 1 : i64}
// CHECK-NEXT: %[[A2:.+]] = snc.relayout %[[A]] {snc.unit = 1 : i64}
// CHECK-NEXT: snc.concat %[[X]], %[[A]], %[[K]], %[[A2]] {axis = 1 : i64, snc.in_place, snc.unit = 1 : i64}
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x8xf32> {
  %k = snc.constant dense<1.0> : tensor<1x2xf32> : tensor<1x2xf32>
  %a = snc.relu %x : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %c = snc.concat %x, %a, %k, %a {axis = 1, snc.unit = 1} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x8xf32>
  %y = snc.relu %c : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

// Two concats want the part: the later one has it, the first a copy.
// CHECK-LABEL: @main
// CHECK: %[[A:.+]] = snc.relu
// CHECK: %[[B:.+]] = snc.neg
// CHECK: %[[COPY:.+]] = snc.relayout %[[A]]
// CHECK-NEXT: snc.concat %[[COPY]], %[[B]] {axis = 1 : i64, snc.in_place}
// CHECK: %[[D:.+]] = snc.abs
// CHECK-NEXT: snc.concat %[[A]], %[[D]] {axis = 1 : i64, snc.in_place}
func.func @main(%x: tensor<1x2xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %a = snc.relu %x : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %b = snc.neg %x : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %c = snc.concat %a, %b {axis = 1} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %d = snc.abs %x : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %e = snc.concat %a, %d {axis = 1} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return %c, %e : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// A concat of nothing that is computed gains nothing: it stays a copy, as do
// channels of several pictures, columns, and parts in other blocks than the whole.
// CHECK-LABEL: @main
// CHECK-NOT: snc.in_place
func.func @main(%x: tensor<2x8x2x2xf32>) -> (tensor<2x16x2x2xf32>, tensor<2x16x2x2xf32>, tensor<2x8x2x4xf32>, tensor<2x4x2x2xf32>, tensor<2x8x2x1xf32>, tensor<2x16x2x2xf32, #snc.blocked<16>>) {
  %0 = snc.concat %x, %x {axis = 1} : (tensor<2x8x2x2xf32>, tensor<2x8x2x2xf32>) -> tensor<2x16x2x2xf32>
  %a = snc.relu %x : (tensor<2x8x2x2xf32>) -> tensor<2x8x2x2xf32>
  %b = snc.neg %x : (tensor<2x8x2x2xf32>) -> tensor<2x8x2x2xf32>
  %1 = snc.concat %a, %b {axis = 1} : (tensor<2x8x2x2xf32>, tensor<2x8x2x2xf32>) -> tensor<2x16x2x2xf32>
  %2 = snc.concat %a, %b {axis = 3} : (tensor<2x8x2x2xf32>, tensor<2x8x2x2xf32>) -> tensor<2x8x2x4xf32>
  %3 = snc.slice %a {starts = array<i64: 0, 2, 0, 0>, sizes = array<i64: 2, 4, 2, 2>, steps = array<i64: 1, 1, 1, 1>} : (tensor<2x8x2x2xf32>) -> tensor<2x4x2x2xf32>
  %4 = snc.slice %a {starts = array<i64: 0, 0, 0, 1>, sizes = array<i64: 2, 8, 2, 1>, steps = array<i64: 1, 1, 1, 1>} : (tensor<2x8x2x2xf32>) -> tensor<2x8x2x1xf32>
  %c = snc.relayout %a : (tensor<2x8x2x2xf32>) -> tensor<2x8x2x2xf32, #snc.blocked<8>>
  %5 = snc.concat %c, %c {axis = 1} : (tensor<2x8x2x2xf32, #snc.blocked<8>>, tensor<2x8x2x2xf32, #snc.blocked<8>>) -> tensor<2x16x2x2xf32, #snc.blocked<16>>
  %s = snc.relu %3 : (tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
  %t = snc.relu %4 : (tensor<2x8x2x1xf32>) -> tensor<2x8x2x1xf32>
  return %0, %1, %2, %s, %t, %5 : tensor<2x16x2x2xf32>, tensor<2x16x2x2xf32>, tensor<2x8x2x4xf32>, tensor<2x4x2x2xf32>, tensor<2x8x2x1xf32>, tensor<2x16x2x2xf32, #snc.blocked<16>>
}

// -----

// What is returned has memory of its own; steps and two axes at once leave gaps.
// CHECK-LABEL: @main
// CHECK-NOT: snc.in_place
func.func @main(%x: tensor<8x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>) {
  %0 = snc.slice %x {starts = array<i64: 2, 0>, sizes = array<i64: 4, 4>, steps = array<i64: 1, 1>} : (tensor<8x4xf32>) -> tensor<4x4xf32>
  %1 = snc.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 4, 4>, steps = array<i64: 2, 1>} : (tensor<8x4xf32>) -> tensor<4x4xf32>
  %2 = snc.slice %x {starts = array<i64: 2, 1>, sizes = array<i64: 4, 2>, steps = array<i64: 1, 1>} : (tensor<8x4xf32>) -> tensor<4x2xf32>
  %3 = snc.relu %1 : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %4 = snc.relu %2 : (tensor<4x2xf32>) -> tensor<4x2xf32>
  return %0, %3, %4 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x2xf32>
}

// -----

// A reshape reads dense rows: a window that is reshaped stays a copy.
// CHECK-LABEL: @main
// CHECK: snc.slice %{{.+}} {sizes = array<i64: 1, 8, 3, 4>, starts =
// CHECK-SAME: -> tensor<1x8x3x4xf32>
func.func @main(%x: tensor<1x8x6x4xf32>) -> tensor<96xf32> {
  %s = snc.slice %x {starts = array<i64: 0, 0, 2, 0>, sizes = array<i64: 1, 8, 3, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x6x4xf32>) -> tensor<1x8x3x4xf32>
  %r = snc.reshape %s {shape = array<i64: 96>} : (tensor<1x8x3x4xf32>) -> tensor<96xf32>
  %y = snc.relu %r : (tensor<96xf32>) -> tensor<96xf32>
  return %y : tensor<96xf32>
}
