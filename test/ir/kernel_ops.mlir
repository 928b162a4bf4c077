// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s | syncnas-opt | FileCheck %s

// Kernels, launches, layouts and schedules survive printing and reading.
// CHECK: snc.kernel @k0(%[[X:.+]]: tensor<1x8x4x4xf32, #snc.blocked<8>>, %[[W:.+]]: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {schedule = #snc.schedule<pointwise, {pixels = 7 : i64, rows = 1 : i64}>}
snc.kernel @k0(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>, %w: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>)
    -> tensor<1x8x4x4xf32, #snc.blocked<8>>
    attributes {schedule = #snc.schedule<pointwise, {pixels = 7 : i64, rows = 1 : i64}>} {
  // CHECK-NEXT: %[[C:.+]] = snc.conv %[[X]], %[[W]]
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  // CHECK-NEXT: snc.yield %[[C]] : tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}

// A constant may already carry the layout that its value gets later.
// CHECK-LABEL: @main
func.func @main(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> {
  // CHECK: %[[V:.+]] = snc.constant dense<1.000000e+00> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>
  %w = snc.constant dense<1.0> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>
  // CHECK: snc.launch @k0(%{{.+}}, %[[V]]) {snc.name = "Conv_0"} :
  %0 = snc.launch @k0(%x, %w) {snc.name = "Conv_0"} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 2, inputLanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  return %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
