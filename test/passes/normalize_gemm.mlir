// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-normalize-gemm -split-input-file | FileCheck %s

// A product with a constant matrix is a gemm as it is.
// CHECK-LABEL: @matrix
// CHECK-SAME: (%[[X:.+]]: tensor<3x2xf32>)
// CHECK: %[[W:.+]] = snc.constant
// CHECK: %[[Y:.+]] = snc.gemm %[[X]], %[[W]] : (tensor<3x2xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @matrix(%x: tensor<3x2xf32>) -> tensor<3x4xf32> {
  %w = snc.constant dense<1.0> : tensor<2x4xf32> : tensor<2x4xf32>
  %0 = snc.matmul %x, %w : (tensor<3x2xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

// Leading dimensions are rows, and what is done to columns is done before the shape
// is restored.
// CHECK-LABEL: @batches
// CHECK-SAME: (%[[X:.+]]: tensor<5x3x2xf32>)
// CHECK: %[[R:.+]] = snc.reshape %[[X]] {shape = array<i64: 15, 2>}
// CHECK: %[[G:.+]] = snc.gemm %[[R]], %{{.+}} -> tensor<15x4xf32>
// CHECK: %[[A:.+]] = snc.add %[[G]], %{{.+}} : (tensor<15x4xf32>, tensor<4xf32>) -> tensor<15x4xf32>
// CHECK: %[[M:.+]] = snc.mul %[[A]], %{{.+}} : (tensor<15x4xf32>, tensor<4xf32>) -> tensor<15x4xf32>
// CHECK: %[[Y:.+]] = snc.reshape %[[M]] {shape = array<i64: 5, 3, 4>}
// CHECK-NEXT: return %[[Y]]
func.func @batches(%x: tensor<5x3x2xf32>) -> tensor<5x3x4xf32> {
  %w = snc.constant dense<1.0> : tensor<2x4xf32> : tensor<2x4xf32>
  %b = snc.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> : tensor<4xf32>
  %0 = snc.matmul %x, %w : (tensor<5x3x2xf32>, tensor<2x4xf32>) -> tensor<5x3x4xf32>
  %s = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %1 = snc.add %0, %b : (tensor<5x3x4xf32>, tensor<4xf32>) -> tensor<5x3x4xf32>
  %2 = snc.mul %s, %1 : (tensor<f32>, tensor<5x3x4xf32>) -> tensor<5x3x4xf32>
  return %2 : tensor<5x3x4xf32>
}

// -----

// A vector is one row.
// CHECK-LABEL: @vector
// CHECK: snc.gemm %{{.+}} : (tensor<1x2xf32>, tensor<2x4xf32>) -> tensor<1x4xf32>
// CHECK: snc.reshape %{{.+}} {shape = array<i64: 4>}
func.func @vector(%x: tensor<2xf32>) -> tensor<4xf32> {
  %w = snc.constant dense<1.0> : tensor<2x4xf32> : tensor<2x4xf32>
  %0 = snc.matmul %x, %w : (tensor<2xf32>, tensor<2x4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Half of [2 4] and three times [1 2].
// CHECK-LABEL: @factors
// CHECK-DAG: %[[B:.+]] = snc.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00]]>
// CHECK-DAG: %[[C:.+]] = snc.constant dense<[3.000000e+00, 6.000000e+00]>
// CHECK: snc.gemm %{{.+}}, %[[B]], %[[C]] : (
func.func @factors(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  %b = snc.constant dense<[[2.0, 4.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %c = snc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.gemm %x, %b, %c {alpha = 0.5 : f32, beta = 3.0 : f32} : (tensor<1x1xf32>, tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Computed matrices, stacks of them, and factors of computed operands stay.
// CHECK-LABEL: @stays
// CHECK: snc.matmul
// CHECK: snc.matmul
// CHECK: snc.gemm %{{.+}} {alpha = 5.000000e-01 : f32}
func.func @stays(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<3x2x2xf32>, tensor<2x2xf32>) {
  %w = snc.constant dense<1.0> : tensor<3x2x2xf32> : tensor<3x2x2xf32>
  %0 = snc.matmul %x, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = snc.matmul %x, %w : (tensor<2x2xf32>, tensor<3x2x2xf32>) -> tensor<3x2x2xf32>
  %2 = snc.gemm %x, %y {alpha = 0.5 : f32} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0, %1, %2 : tensor<2x2xf32>, tensor<3x2x2xf32>, tensor<2x2xf32>
}

// -----

// A constant by row, and a reshape that other values see, stay behind.
// CHECK-LABEL: @rows
// CHECK: snc.gemm
// CHECK-NEXT: %[[A:.+]] = snc.reshape
// CHECK-NEXT: snc.add %[[A]]
// CHECK: snc.gemm
// CHECK-NEXT: %[[B:.+]] = snc.reshape
// CHECK-NEXT: snc.mul %[[B]]
func.func @rows(%x: tensor<2x2xf32>) -> (tensor<2x1x2xf32>, tensor<2x1x2xf32>, tensor<2x1x2xf32>) {
  %w = snc.constant dense<1.0> : tensor<2x2xf32> : tensor<2x2xf32>
  %rows = snc.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %two = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %0 = snc.gemm %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = snc.reshape %0 {shape = array<i64: 2, 1, 2>} : (tensor<2x2xf32>) -> tensor<2x1x2xf32>
  %2 = snc.add %1, %rows : (tensor<2x1x2xf32>, tensor<2x1x1xf32>) -> tensor<2x1x2xf32>
  %3 = snc.gemm %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = snc.reshape %3 {shape = array<i64: 2, 1, 2>} : (tensor<2x2xf32>) -> tensor<2x1x2xf32>
  %5 = snc.mul %4, %two : (tensor<2x1x2xf32>, tensor<f32>) -> tensor<2x1x2xf32>
  return %2, %4, %5 : tensor<2x1x2xf32>, tensor<2x1x2xf32>, tensor<2x1x2xf32>
}
