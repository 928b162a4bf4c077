// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-lower-to-llvm -split-input-file -verify-diagnostics | FileCheck %s

// Two calls of one kernel and one of another: three kernels in the tables, one
// buffer for each argument, in order of the calls.

snc.kernel @k_a(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32>
    attributes {snc.scratch = 256 : i64, snc.worker_scratch = 0 : i64, snc.flops = 4 : i64, snc.bytes = 48 : i64} {
  %0 = snc.add %x, %w : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.kernel @k_b(%x: tensor<2x2xf32>) -> tensor<2x2xf32>
    attributes {snc.scratch = 128 : i64, snc.worker_scratch = 512 : i64, snc.flops = 7 : i64, snc.bytes = 32 : i64} {
  %0 = snc.relu %x : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = snc.sigmoid %0 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  snc.yield %1 : tensor<2x2xf32>
}
snc.program @main arena 80 lower_bound 32 weights 16 {
  %x = snc.buffer input 0 {index = 0 : i64, name = "in"} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64, name = "out"} : <tensor<2x2xf32>>
  %w = snc.buffer weights 0 {value = dense<1.0> : tensor<4xf32>} : <tensor<4xf32>>
  %a = snc.buffer arena 0 : <tensor<4xf32>>
  %b = snc.buffer arena 64 : <tensor<4xf32>>
  snc.call @k_a reads(%x, %w : !snc.buffer<tensor<4xf32>>, !snc.buffer<tensor<4xf32>>)
      writes(%a : !snc.buffer<tensor<4xf32>>) loc("first")
  snc.call @k_a reads(%a, %w : !snc.buffer<tensor<4xf32>>, !snc.buffer<tensor<4xf32>>)
      writes(%b : !snc.buffer<tensor<4xf32>>) loc(fused["second", "third"])
  %v = snc.view %b : !snc.buffer<tensor<4xf32>> to !snc.buffer<tensor<2x2xf32>>
  snc.call @k_b reads(%v : !snc.buffer<tensor<2x2xf32>>) writes(%y : !snc.buffer<tensor<2x2xf32>>)
}

// Texts end in a zero: names of the model's tensors.
// CHECK: "in\00"
// CHECK: "out\00"

// {base, index, offset low, high, type, reserved} for x w a, a w b, b (through its
// view) y; float32 is 2 | 32 << 8 | 1 << 16 = 73730.
// CHECK: llvm.mlir.global internal constant @snc_buffers(dense<[
// CHECK-SAME: 2, 0, 0, 0, 73730, 0, 1, 0, 0, 0, 73730, 0, 0, 0, 0, 0, 73730, 0,
// CHECK-SAME: 0, 0, 0, 0, 73730, 0, 1, 0, 0, 0, 73730, 0, 0, 0, 64, 0, 73730, 0,
// CHECK-SAME: 0, 0, 64, 0, 73730, 0, 3, 0, 0, 0, 73730, 0]>

// Of a kernel: its nodes, or its own name where they have none, and operators.
// CHECK: "first\00"
// CHECK: "add\00"
// CHECK: "second+third\00"
// CHECK: "k_b\00"
// CHECK: "relu+sigmoid\00"

// Calls without a unit are one step of all units, in one phase that waits for nothing.
// CHECK: @snc_phases(dense<[0, 1]>
// CHECK-NOT: @snc_waits
// CHECK: @snc_steps()
// CHECK: llvm.mlir.addressof @snc_step_0
// CHECK-NEXT: llvm.mlir.constant(-1 : i32)
// CHECK-NOT: @snc_units

// CHECK: llvm.mlir.global external constant @snc_embedded_weights() {{.*}} : !llvm.array<16 x i8>

// Of the kernels' scratch the largest counts.
// CHECK: llvm.mlir.global internal constant @snc_the_model()
// CHECK: llvm.mlir.constant(8 : i32)
// CHECK: llvm.mlir.constant(3 : i32)
// CHECK: llvm.mlir.constant(80 : i64)
// CHECK: llvm.mlir.constant(256 : i64)
// CHECK: llvm.mlir.constant(512 : i64)
// CHECK: llvm.mlir.constant(16 : i64)

// A buffer takes 56 bytes; each call is traced when asked, and ends the run when it fails.
// CHECK: llvm.func internal @snc_step_0(%[[WORKER:.+]]: !llvm.ptr, %[[BUFFERS:.+]]: !llvm.ptr) -> i32
// CHECK: llvm.call @snc_traced(%[[WORKER]])
// CHECK: llvm.cond_br %[[TRACED:.+]], ^[[HOOK:bb[0-9]+]], ^[[CALL:bb[0-9]+]]
// CHECK: ^[[HOOK]]:
// CHECK-NEXT: llvm.call @snc_kernel_begin(%[[WORKER]])
// CHECK-NEXT: llvm.br ^[[CALL]]
// CHECK: ^[[CALL]]:
// CHECK: llvm.getelementptr %[[BUFFERS]][0] :
// CHECK: llvm.getelementptr %[[BUFFERS]][56] :
// CHECK: llvm.getelementptr %[[BUFFERS]][112] :
// CHECK: %[[STATUS:.+]] = llvm.call @k_a(%[[WORKER]],
// CHECK: %[[NUMBER:.+]] = llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.cond_br %[[TRACED]],
// CHECK: llvm.call @snc_kernel_end(%[[WORKER]], %[[NUMBER]])
// CHECK: %[[BAD:.+]] = llvm.icmp "ne" %[[STATUS]],
// CHECK: llvm.cond_br %[[BAD]], ^[[FAILED:bb[0-9]+]](%[[STATUS]] : i32), ^
// CHECK: llvm.getelementptr %[[BUFFERS]][168] :
// CHECK: llvm.call @k_a(%[[WORKER]],
// CHECK: llvm.getelementptr %[[BUFFERS]][336] :
// CHECK: llvm.getelementptr %[[BUFFERS]][392] :
// CHECK: llvm.call @k_b(%[[WORKER]],
// CHECK-DAG: llvm.func @k_a(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
// CHECK-DAG: llvm.func @k_b(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32

// Wrappers hand the model on.
// CHECK: llvm.func @model_create(%[[OPTIONS:.+]]: !llvm.ptr, %[[OUT:.+]]: !llvm.ptr) -> i32
// CHECK: %[[MODEL:.+]] = llvm.mlir.addressof @snc_the_model
// CHECK: llvm.call @snc_context_create(%[[MODEL]], %[[OPTIONS]], %[[OUT]])
// CHECK-NOT: snc.program
// CHECK-NOT: snc.kernel

// -----

// Without a program there is nothing to lower.
// expected-error @below {{S1: there is no snc.program to lower}}
module {
}
