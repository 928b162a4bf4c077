// RUN: syncnas-opt %s --snc-insert-transfers | FileCheck %s

// Unit 1 is a GPU.
module attributes {snc.target = "x86-64-avx2", snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {

// What the GPU reads is uploaded right before, once for all its readers; what the host
// reads is downloaded right behind. Constants are on both sides.
// CHECK-LABEL: func @main(
// CHECK-SAME: %[[X:.+]]: tensor<1x8x4x4xf32>
// CHECK-DAG: %[[C:.+]] = snc.constant
// CHECK: %[[A:.+]] = snc.relu %[[X]] {snc.unit = 0 : i64}
// CHECK: %[[AG:.+]] = snc.transfer %[[A]] {snc.unit = 1 : i64}
// CHECK-NEXT: %[[B:.+]] = snc.sigmoid %[[AG]] {snc.unit = 1 : i64}
// CHECK-NEXT: %[[BH:.+]] = snc.transfer %[[B]] {snc.unit = 1 : i64, to_host}
// CHECK-NEXT: %[[D:.+]] = snc.add %[[AG]], %[[C]] {snc.unit = 1 : i64}
// CHECK-NOT: snc.transfer
// CHECK: %[[E:.+]] = snc.mul %[[A]], %[[BH]] {snc.unit = 0 : i64}
// CHECK-NEXT: %[[EG:.+]] = snc.transfer %[[E]] {snc.unit = 1 : i64}
// CHECK-NEXT: %[[F:.+]] = snc.sub %[[D]], %[[EG]] {snc.unit = 1 : i64}
// A result of the network is the host's.
// CHECK-NEXT: %[[FH:.+]] = snc.transfer %[[F]] {snc.unit = 1 : i64, to_host}
// CHECK-NEXT: return %[[FH]]
func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %c = snc.constant dense<2.0> : tensor<1x8x4x4xf32> : tensor<1x8x4x4xf32>
  %a = snc.relu %x {snc.unit = 0 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %b = snc.sigmoid %a {snc.unit = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %d = snc.add %a, %c {snc.unit = 1 : i64} : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %e = snc.mul %a, %b {snc.unit = 0 : i64} : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %f = snc.sub %d, %e {snc.unit = 1 : i64} : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %f : tensor<1x8x4x4xf32>
}
}
