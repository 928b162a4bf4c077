// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file | syncnas-opt -split-input-file | FileCheck %s

// Units, events, and views at an offset survive printing and reading. Each unit
// computes half of %a; unit 1 reads both halves, so it waits for unit 0.
// CHECK: snc.program @main arena 64
snc.kernel @k(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = snc.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  snc.yield %0 : tensor<8xf32>
}
snc.kernel @whole(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  // CHECK: %[[A:.+]] = snc.buffer arena 0
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %x0 = snc.view %x at 0 : <tensor<16xf32>> to <tensor<8xf32>>
  %x1 = snc.view %x at 32 : <tensor<16xf32>> to <tensor<8xf32>>
  // CHECK: %[[A0:.+]] = snc.view %[[A]] at 0 : <tensor<16xf32>> to <tensor<8xf32>>
  %a0 = snc.view %a at 0 : <tensor<16xf32>> to <tensor<8xf32>>
  // CHECK: %[[A1:.+]] = snc.view %[[A]] at 32 : <tensor<16xf32>> to <tensor<8xf32>>
  %a1 = snc.view %a at 32 : <tensor<16xf32>> to <tensor<8xf32>>
  // CHECK: snc.call @k unit 0 reads({{.*}}) writes(%[[A0]] :
  snc.call @k unit 0 reads(%x0 : !snc.buffer<tensor<8xf32>>) writes(%a0 : !snc.buffer<tensor<8xf32>>)
  // CHECK-NEXT: %[[E:.+]] = snc.signal 0
  %e = snc.signal 0
  // CHECK-NEXT: snc.call @k unit 1 reads({{.*}}) writes(%[[A1]] :
  snc.call @k unit 1 reads(%x1 : !snc.buffer<tensor<8xf32>>) writes(%a1 : !snc.buffer<tensor<8xf32>>)
  // CHECK-NEXT: snc.wait 1 for %[[E]]
  snc.wait 1 for %e
  // CHECK-NEXT: snc.call @whole unit 1 reads(%[[A]] :
  snc.call @whole unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// Windows: rows 0 to 2 and 2 to 5 of planes that are 5 high, one row in both of
// the second unit's reads. Units that write other rows need no event; the call
// without a unit meets them.
snc.kernel @top(%x: tensor<1x8x2x4xf32>) -> tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>> {
  %0 = snc.relayout %x : (tensor<1x8x2x4xf32>) -> tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>>
  snc.yield %0 : tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>>
}
// CHECK: snc.kernel @bottom(%{{.+}}: tensor<1x8x3x4xf32, #snc.window<5>>) -> tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>
snc.kernel @bottom(%x: tensor<1x8x3x4xf32, #snc.window<5>>) -> tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>> {
  %0 = snc.relayout %x : (tensor<1x8x3x4xf32, #snc.window<5>>) -> tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>
  snc.yield %0 : tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>
}
snc.kernel @whole(%x: tensor<1x8x5x4xf32, #snc.blocked<8>>) -> tensor<1x8x5x4xf32> {
  %0 = snc.relayout %x : (tensor<1x8x5x4xf32, #snc.blocked<8>>) -> tensor<1x8x5x4xf32>
  snc.yield %0 : tensor<1x8x5x4xf32>
}
snc.program @main arena 640 lower_bound 640 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<1x8x2x4xf32>>
  %z = snc.buffer input 0 {index = 1 : i64} : <tensor<1x8x5x4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<1x8x5x4xf32>>
  %a = snc.buffer arena 0 : <tensor<1x8x5x4xf32, #snc.blocked<8>>>
  // Two rows of 4 x 4 bytes.
  // CHECK: snc.view %{{.+}} at 32 : <tensor<1x8x5x4xf32>> to <tensor<1x8x3x4xf32, #snc.window<5>>>
  %z1 = snc.view %z at 32 : <tensor<1x8x5x4xf32>> to <tensor<1x8x3x4xf32, #snc.window<5>>>
  %a0 = snc.view %a at 0 : <tensor<1x8x5x4xf32, #snc.blocked<8>>> to <tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>>>
  // Two rows of 4 x 8 x 4 bytes.
  // CHECK: snc.view %{{.+}} at 256 : <tensor<1x8x5x4xf32, #snc.blocked<8>>> to <tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>>
  %a1 = snc.view %a at 256 : <tensor<1x8x5x4xf32, #snc.blocked<8>>> to <tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>>
  snc.call @top unit 0 reads(%x : !snc.buffer<tensor<1x8x2x4xf32>>) writes(%a0 : !snc.buffer<tensor<1x8x2x4xf32, #snc.blocked<8, pitch = 5>>>)
  snc.call @bottom unit 1 reads(%z1 : !snc.buffer<tensor<1x8x3x4xf32, #snc.window<5>>>) writes(%a1 : !snc.buffer<tensor<1x8x3x4xf32, #snc.blocked<8, pitch = 5>>>)
  // CHECK: snc.call @whole reads(
  snc.call @whole reads(%a : !snc.buffer<tensor<1x8x5x4xf32, #snc.blocked<8>>>) writes(%y : !snc.buffer<tensor<1x8x5x4xf32>>)
}
