// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-plan-memory -split-input-file | FileCheck %s

// A chain needs two neighbours at once: 256 + 256 bytes for the three tensors
// between the calls. The last call writes straight to the caller's memory.
// CHECK: snc.program @main arena 512 lower_bound 512 weights 0 {
// CHECK-NEXT: %[[X:.+]] = snc.buffer input 0 {index = 0 : i64, name = "picture"}
// CHECK-NEXT: %[[Y:.+]] = snc.buffer output 0 {index = 0 : i64, name = "scores"}
// CHECK-NEXT: %[[A:.+]] = snc.buffer arena [[P:[0-9]+]] :
// CHECK-NEXT: %[[B:.+]] = snc.buffer arena [[Q:[0-9]+]] :
// CHECK-NEXT: %[[C:.+]] = snc.buffer arena [[P]] :
// CHECK-NEXT: snc.call @k reads(%[[X]] : {{.*}}) writes(%[[A]] : {{.*}}) {snc.name = "first"}
// CHECK-NEXT: snc.call @k reads(%[[A]] : {{.*}}) writes(%[[B]] :
// CHECK-NEXT: snc.call @k reads(%[[B]] : {{.*}}) writes(%[[C]] :
// CHECK-NEXT: snc.call @k reads(%[[C]] : {{.*}}) writes(%[[Y]] :
snc.kernel @k(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = snc.relu %x : (tensor<64xf32>) -> tensor<64xf32>
  snc.yield %0 : tensor<64xf32>
}
func.func @main(%x: tensor<64xf32> {snc.name = "picture"}) -> (tensor<64xf32> {snc.name = "scores"}) {
  %0 = snc.launch @k(%x) {snc.name = "first"} : (tensor<64xf32>) -> tensor<64xf32>
  %1 = snc.launch @k(%0) : (tensor<64xf32>) -> tensor<64xf32>
  %2 = snc.launch @k(%1) : (tensor<64xf32>) -> tensor<64xf32>
  %3 = snc.launch @k(%2) : (tensor<64xf32>) -> tensor<64xf32>
  return %3 : tensor<64xf32>
}

// -----

// Weights stand in order of first use on 64-byte borders; equal ones are
// stored once. So do buffers: of two neighbours of 8 bytes one is at 0, one at 64.
// CHECK: snc.program @main arena 72 lower_bound 16 weights 128 {
// CHECK-DAG: %[[W:.+]] = snc.buffer weights 0 {value = dense<[3.000000e+00, 4.000000e+00]>
// CHECK-DAG: %[[V:.+]] = snc.buffer weights 64 {value = dense<[1.000000e+00, 2.000000e+00]>
// CHECK-NOT: snc.buffer weights
// CHECK: snc.call @k reads(%{{.+}}, %[[W]] :
// CHECK: snc.call @k reads(%{{.+}}, %[[V]] :
// CHECK: snc.call @k reads(%{{.+}}, %[[W]] :
snc.kernel @k(%x: tensor<2xf32>, %w: tensor<2xf32>) -> tensor<2xf32> {
  %0 = snc.add %x, %w : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  snc.yield %0 : tensor<2xf32>
}
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %v = snc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %w = snc.constant dense<[3.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %same = snc.constant dense<[3.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.launch @k(%x, %w) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = snc.launch @k(%0, %v) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = snc.launch @k(%1, %same) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

// A reshape is a view, and keeps what it views alive; a reshaped result is
// written through a view of the caller's memory.
// CHECK: snc.program @main arena 1088 lower_bound 1088
// CHECK: %[[Y:.+]] = snc.buffer output 0 {{.*}} : <tensor<64xf32>>
// CHECK: %[[A:.+]] = snc.buffer arena {{.*}} : <tensor<1x16x4x4xf32
// CHECK: %[[B:.+]] = snc.buffer arena {{.*}} : <tensor<1x16x1x1xf32
// CHECK: snc.call @big
// CHECK: snc.call @pool
// CHECK: %[[V:.+]] = snc.view %[[B]] : <tensor<1x16x1x1xf32, #snc.blocked<16>>> to <tensor<1x16xf32>>
// CHECK: %[[O:.+]] = snc.view %[[Y]] : <tensor<64xf32>> to <tensor<1x64xf32>>
// CHECK: snc.call @head reads(%[[V]], %[[A]] : {{.*}}) writes(%[[O]] : {{.*}})
snc.kernel @big(%x: tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<16>> {
  %0 = snc.relayout %x : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x16x4x4xf32, #snc.blocked<16>>
}
snc.kernel @pool(%x: tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32, #snc.blocked<16>> {
  %0 = snc.reduce_mean %x {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32, #snc.blocked<16>>
  snc.yield %0 : tensor<1x16x1x1xf32, #snc.blocked<16>>
}
snc.kernel @head(%x: tensor<1x16xf32>, %y: tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x64xf32> {
  %0 = snc.reduce_max %y {axes = array<i64: 2, 3>, keepdims = false} : (tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x16xf32>
  %1 = snc.concat %x, %0, %x, %0 {axis = 1} : (tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<1x64xf32>
  snc.yield %1 : tensor<1x64xf32>
}
func.func @main(%x: tensor<1x16x4x4xf32>) -> tensor<64xf32> {
  %0 = snc.launch @big(%x) : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32, #snc.blocked<16>>
  %1 = snc.launch @pool(%0) : (tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32, #snc.blocked<16>>
  %2 = snc.relayout %1 : (tensor<1x16x1x1xf32, #snc.blocked<16>>) -> tensor<1x16x1x1xf32>
  %3 = snc.reshape %2 {shape = array<i64: 1, 16>} : (tensor<1x16x1x1xf32>) -> tensor<1x16xf32>
  %4 = snc.launch @head(%3, %0) : (tensor<1x16xf32>, tensor<1x16x4x4xf32, #snc.blocked<16>>) -> tensor<1x64xf32>
  %5 = snc.reshape %4 {shape = array<i64: 64>} : (tensor<1x64xf32>) -> tensor<64xf32>
  return %5 : tensor<64xf32>
}
