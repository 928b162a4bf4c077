// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s | syncnas-opt | FileCheck %s

snc.kernel @k(%x: tensor<16xf32>, %w: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.add %x, %w : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}

// A program survives printing and reading: spaces, views, calls and names.
// CHECK: snc.program @main arena 64 lower_bound 64 weights 64 {
snc.program @main arena 64 lower_bound 64 weights 64 {
  // CHECK-NEXT: %[[X:.+]] = snc.buffer input 0 {index = 0 : i64, name = "x"} : <tensor<4x4xf32>>
  %x = snc.buffer input 0 {index = 0 : i64, name = "x"} : <tensor<4x4xf32>>
  // CHECK-NEXT: %[[W:.+]] = snc.buffer weights 0 {value = dense<1.000000e+00> : tensor<16xf32>} : <tensor<16xf32>>
  %w = snc.buffer weights 0 {value = dense<1.0> : tensor<16xf32>} : <tensor<16xf32>>
  // CHECK-NEXT: %[[A:.+]] = snc.buffer arena 0 : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  // CHECK-NEXT: %[[Y:.+]] = snc.buffer output 0 {index = 0 : i64, name = "y"} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64, name = "y"} : <tensor<16xf32>>
  // CHECK-NEXT: %[[V:.+]] = snc.view %[[X]] : <tensor<4x4xf32>> to <tensor<16xf32>>
  %v = snc.view %x : <tensor<4x4xf32>> to <tensor<16xf32>>
  // CHECK-NEXT: snc.call @k reads(%[[V]], %[[W]] : !snc.buffer<tensor<16xf32>>, !snc.buffer<tensor<16xf32>>) writes(%[[A]] : !snc.buffer<tensor<16xf32>>) {snc.name = "Add_0"}
  snc.call @k reads(%v, %w : !snc.buffer<tensor<16xf32>>, !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>) {snc.name = "Add_0"}
  // CHECK-NEXT: snc.call @k reads(%[[A]], %[[W]] : {{.*}}) writes(%[[Y]] :
  snc.call @k reads(%a, %w : !snc.buffer<tensor<16xf32>>, !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}
