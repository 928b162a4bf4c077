// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-lower-to-llvm | FileCheck %s

// Five calls: one alone, then unit 1 runs two in one go and unit 0 one, which waits
// for them and is a level above; then one alone again. Names of units are positions.
module attributes {snc.units = array<i64: 2, 1>} {
snc.kernel @k(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 192 lower_bound 48 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64, name = "x"} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64, name = "y"} : <tensor<4xf32>>
  %a = snc.buffer arena 0 : <tensor<8xf32>>
  %a0 = snc.view %a at 0 : <tensor<8xf32>> to <tensor<4xf32>>
  %a1 = snc.view %a at 16 : <tensor<8xf32>> to <tensor<4xf32>>
  %b = snc.buffer arena 64 : <tensor<4xf32>>
  %c = snc.buffer arena 128 : <tensor<4xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a0 : !snc.buffer<tensor<4xf32>>)
  snc.call @k unit 1 reads(%a0 : !snc.buffer<tensor<4xf32>>) writes(%b : !snc.buffer<tensor<4xf32>>)
  snc.call @k unit 1 reads(%b : !snc.buffer<tensor<4xf32>>) writes(%a1 : !snc.buffer<tensor<4xf32>>)
  %e = snc.signal 1
  snc.wait 0 for %e
  snc.call @k unit 0 reads(%a1 : !snc.buffer<tensor<4xf32>>) writes(%c : !snc.buffer<tensor<4xf32>>)
  snc.call @k reads(%c : !snc.buffer<tensor<4xf32>>) writes(%y : !snc.buffer<tensor<4xf32>>)
}
}

// {base, index, offset low, high, type, reserved}: the view at byte 16 is there.
// CHECK: @snc_buffers(dense<[
// CHECK-SAME: 2, 0, 0, 0, 73730, 0, 0, 0, 0, 0, 73730, 0,
// CHECK-SAME: 0, 0, 0, 0, 73730, 0, 0, 0, 64, 0, 73730, 0,
// CHECK-SAME: 0, 0, 64, 0, 73730, 0, 0, 0, 16, 0, 73730, 0,
// CHECK-SAME: 0, 0, 16, 0, 73730, 0, 0, 0, 128, 0, 73730, 0,
// CHECK-SAME: 0, 0, 128, 0, 73730, 0, 3, 0, 0, 0, 73730, 0]>

// First step and number of steps of each phase; the third step waits for the second.
// CHECK: @snc_phases(dense<[0, 1, 1, 2, 3, 1]>
// CHECK: @snc_waits(dense<1> : tensor<1xi32>)

// {run, unit, level, first wait, waits, first kernel, kernels} of each step.
// CHECK: @snc_steps()
// CHECK: llvm.mlir.addressof @[[S0:.+]] :
// CHECK-NEXT: llvm.mlir.constant(-1 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK: llvm.mlir.addressof @[[S1:.+]] :
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.mlir.constant(2 : i32)
// CHECK: llvm.mlir.addressof @[[S2:.+]] :
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.mlir.constant(3 : i32)
// CHECK-NEXT: llvm.mlir.constant(1 : i32)

// Threads of each unit.
// CHECK: @snc_units()
// CHECK: llvm.mlir.constant(2 : i32)
// CHECK: llvm.mlir.constant(1 : i32)

// A step runs its calls in order, with their buffers: those of calls 1 and 2 are 2 to 5.
// CHECK: llvm.func internal @[[S1]](%[[W:.+]]: !llvm.ptr, %[[B:.+]]: !llvm.ptr) -> i32
// CHECK: llvm.getelementptr %[[B]][112]
// CHECK: llvm.getelementptr %[[B]][168]
// CHECK: llvm.call @k(%[[W]]
// CHECK: llvm.getelementptr %[[B]][224]
// CHECK: llvm.getelementptr %[[B]][280]
// CHECK: llvm.call @k(%[[W]]
