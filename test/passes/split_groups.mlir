// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-split-groups -split-input-file | FileCheck %s

// Two groups of whole blocks: each reads and writes its own.
// CHECK-LABEL: @two
// CHECK-DAG: %[[A:.+]] = snc.slice %arg0 {sizes = array<i64: 1, 16, 14, 14>, starts = array<i64: 0, 0, 0, 0>
// CHECK-DAG: %[[B:.+]] = snc.slice %arg0 {sizes = array<i64: 1, 16, 14, 14>, starts = array<i64: 0, 16, 0, 0>
// CHECK-DAG: %[[V:.+]] = snc.constant dense<2.000000e+00> : tensor<16x16x1x1xf32>
// CHECK-DAG: %[[CA:.+]] = snc.conv %[[A]], %{{[^ ,]+}} {dilations = {{.*}}, group = 1
// CHECK-DAG: %[[CB:.+]] = snc.conv %[[B]], %{{[^ ,]+}} {dilations = {{.*}}, group = 1
// CHECK: %[[R:.+]] = snc.concat %[[CA]], %[[CB]] {axis = 1
// CHECK-NEXT: return %[[R]]
module attributes {snc.target = "x86-64-avx512"} {
func.func @two(%x: tensor<1x32x14x14xf32>) -> tensor<1x32x14x14xf32> {
  %w = snc.constant dense<2.0> : tensor<32x16x1x1xf32> : tensor<32x16x1x1xf32>
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x32x14x14xf32>, tensor<32x16x1x1xf32>) -> tensor<1x32x14x14xf32>
  return %0 : tensor<1x32x14x14xf32>
}
}
