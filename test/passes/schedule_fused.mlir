// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fused kernel's schedule has the tiles of both its convolutions, and each is packed
// for its own.
// RUN: syncnas-opt %s --snc-choose-schedules --snc-pack-weights | FileCheck %s
// RUN: sed 's/threads = 1/threads = 2/' %s | syncnas-opt --snc-choose-schedules | FileCheck %s --check-prefix=TWO

module attributes {snc.target = "x86-64-avx512", snc.threads = 1 : i64} {
// 72 channels are five blocks: panels of one block or of five.
// CHECK-LABEL: snc.kernel @k0
// CHECK-SAME: tensor<72x24x1x1xf32, #snc.packed<conv, lanes = 16, rows = [[ROWS:[15]]], inputLanes = 16>>
// CHECK-SAME: tensor<72x1x3x3xf32, #snc.packed<depthwise, lanes = 16>>
// CHECK-SAME: #snc.schedule<fused,
// CHECK-SAME: dw_pixels = 8 : i64
// CHECK-SAME: expand_rows = [[ROWS]] : i64
// CHECK-SAME: strips = 1 : i64
// 56 rows are shared out evenly.
// TWO-LABEL: snc.kernel @k0
// TWO-SAME: channels_outer = 0 : i64
// TWO-SAME: strips = 2 : i64
snc.kernel @k0(%x: tensor<1x24x56x56xf32, #snc.blocked<16>>, %e: tensor<72x24x1x1xf32>, %d: tensor<72x1x3x3xf32>) -> tensor<1x72x56x56xf32, #snc.blocked<16>> {
  %0 = snc.conv %x, %e {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x24x56x56xf32, #snc.blocked<16>>, tensor<72x24x1x1xf32>) -> tensor<1x72x56x56xf32, #snc.blocked<16>>
  %1 = snc.conv %0, %d {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 72} : (tensor<1x72x56x56xf32, #snc.blocked<16>>, tensor<72x1x3x3xf32>) -> tensor<1x72x56x56xf32, #snc.blocked<16>>
  snc.yield %1 : tensor<1x72x56x56xf32, #snc.blocked<16>>
}

func.func @main(%x: tensor<1x24x56x56xf32, #snc.blocked<16>>) -> tensor<1x72x56x56xf32, #snc.blocked<16>> {
  %e = snc.constant dense<1.0> : tensor<72x24x1x1xf32> : tensor<72x24x1x1xf32>
  %d = snc.constant dense<2.0> : tensor<72x1x3x3xf32> : tensor<72x1x3x3xf32>
  %0 = snc.launch @k0(%x, %e, %d) : (tensor<1x24x56x56xf32, #snc.blocked<16>>, tensor<72x24x1x1xf32>, tensor<72x1x3x3xf32>) -> tensor<1x72x56x56xf32, #snc.blocked<16>>
  return %0 : tensor<1x72x56x56xf32, #snc.blocked<16>>
}
}
