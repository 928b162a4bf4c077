// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-fold-constants=limit=8 -split-input-file | FileCheck %s

// Arithmetic of two constants broadcasts: 1 2 / 3 4 plus 10 20.
// CHECK-LABEL: @broadcasts
// CHECK: %[[C:.+]] = snc.constant dense<{{\[}}[1.100000e+01, 2.200000e+01], [1.300000e+01, 2.400000e+01]]>
// CHECK: return %[[C]]
func.func @broadcasts() -> tensor<2x2xf32> {
  %a = snc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %b = snc.constant dense<[10.0, 20.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.add %a, %b : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

// A chain folds to its end: sqrt(16) / -2 bounded to [-1, 1], for a splat too.
// CHECK-LABEL: @chain
// CHECK: %[[C:.+]] = snc.constant dense<-1.000000e+00> : tensor<3xf32>
// CHECK: return %[[C]]
func.func @chain() -> tensor<3xf32> {
  %a = snc.constant dense<16.0> : tensor<3xf32> : tensor<3xf32>
  %b = snc.constant dense<-2.0> : tensor<f32> : tensor<f32>
  %0 = snc.sqrt %a : (tensor<3xf32>) -> tensor<3xf32>
  %1 = snc.div %0, %b : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %2 = snc.clamp %1 {lo = -1.0 : f32, hi = 1.0 : f32} : (tensor<3xf32>) -> tensor<3xf32>
  return %2 : tensor<3xf32>
}

// -----

// erf(0.5) = 0.5204999, the cosine of 0 is 1, and halves go to the even side: 2 for 2.5 as for 1.5.
// CHECK-LABEL: @functions
// CHECK-DAG: %[[ERF:.+]] = snc.constant dense<0.520499{{.*}}>
// CHECK-DAG: %[[COS:.+]] = snc.constant dense<1.000000e+00> : tensor<1xf32>
// CHECK-DAG: %[[ROUND:.+]] = snc.constant dense<2.000000e+00> : tensor<2xf32>
// CHECK: return %[[ERF]], %[[COS]], %[[ROUND]]
func.func @functions() -> (tensor<1xf32>, tensor<1xf32>, tensor<2xf32>) {
  %a = snc.constant dense<0.5> : tensor<1xf32> : tensor<1xf32>
  %b = snc.constant dense<0.0> : tensor<1xf32> : tensor<1xf32>
  %c = snc.constant dense<[1.5, 2.5]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.erf %a : (tensor<1xf32>) -> tensor<1xf32>
  %1 = snc.cos %b : (tensor<1xf32>) -> tensor<1xf32>
  %2 = snc.round %c : (tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<1xf32>, tensor<1xf32>, tensor<2xf32>
}

// -----

// A comparison is of truth values, and chooses elements of any type: 1 < 2, 3 >= 2.
// CHECK-LABEL: @chosen
// CHECK-DAG: %[[LESS:.+]] = snc.constant dense<[true, false]> : tensor<2xi1>
// CHECK-DAG: %[[CHOSEN:.+]] = snc.constant dense<{{\[}}[7, 6], [7, 5]]> : tensor<2x2xi64>
// CHECK: return %[[LESS]], %[[CHOSEN]]
func.func @chosen() -> (tensor<2xi1>, tensor<2x2xi64>) {
  %a = snc.constant dense<[1.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %b = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %l = snc.constant dense<7> : tensor<1xi64> : tensor<1xi64>
  %r = snc.constant dense<[[6], [5]]> : tensor<2x1xi64> : tensor<2x1xi64>
  %0 = snc.less %a, %b : (tensor<2xf32>, tensor<f32>) -> tensor<2xi1>
  %1 = snc.select %0, %l, %r : (tensor<2xi1>, tensor<1xi64>, tensor<2x1xi64>) -> tensor<2x2xi64>
  return %0, %1 : tensor<2xi1>, tensor<2x2xi64>
}

// -----

// A transpose, a slice from the back and a reshape move the right elements, of
// integers as well: columns of 0 1 2 / 3 4 5 are 0 3, 1 4, 2 5; the last row first.
// CHECK-LABEL: @moves
// CHECK: %[[C:.+]] = snc.constant dense<[2, 5, 0, 3]> : tensor<4xi64>
// CHECK: return %[[C]]
func.func @moves() -> tensor<4xi64> {
  %a = snc.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi64> : tensor<2x3xi64>
  %0 = snc.transpose %a {perm = array<i64: 1, 0>} : (tensor<2x3xi64>) -> tensor<3x2xi64>
  %1 = snc.slice %0 {starts = array<i64: 2, 0>, sizes = array<i64: 2, 2>, steps = array<i64: -2, 1>} : (tensor<3x2xi64>) -> tensor<2x2xi64>
  %2 = snc.reshape %1 {shape = array<i64: 4>} : (tensor<2x2xi64>) -> tensor<4xi64>
  return %2 : tensor<4xi64>
}

// -----

// A concat on the inner axis takes rows in turn; a gather counts -1 from the end.
// CHECK-LABEL: @concat_gather
// CHECK: %[[C:.+]] = snc.constant dense<{{\[}}[9.000000e+00, 1.000000e+00], [8.000000e+00, 3.000000e+00]]>
// CHECK: return %[[C]]
func.func @concat_gather() -> tensor<2x2xf32> {
  %a = snc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %b = snc.constant dense<[[9.0], [8.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %i = snc.constant dense<[-1, 0]> : tensor<2xi64> : tensor<2xi64>
  %0 = snc.concat %a, %b {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %1 = snc.gather %0, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

// A pad writes its value around, a mean divides by what it sums: (7 + 1 + 2) / 3
// and (7 + 3 + 5) / 3 of the rows 7 1 2 and 7 3 5.
// CHECK-LABEL: @pad_mean
// CHECK: %[[C:.+]] = snc.constant dense<[3.33333325, 5.000000e+00]> : tensor<2xf32>
// CHECK: return %[[C]]
func.func @pad_mean() -> tensor<2xf32> {
  %a = snc.constant dense<[[1.0, 2.0], [3.0, 5.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %0 = snc.pad %a {low = array<i64: 0, 1>, high = array<i64: 0, 0>, mode = "constant", value = 7.0 : f32} : (tensor<2x2xf32>) -> tensor<2x3xf32>
  %1 = snc.reduce_mean %0 {axes = array<i64: 1>, keepdims = false} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// A cast to integers truncates towards zero, to bool asks for zero.
// CHECK-LABEL: @casts
// CHECK-DAG: %[[I:.+]] = snc.constant dense<[-1, 0, 2]> : tensor<3xi32>
// CHECK-DAG: %[[B:.+]] = snc.constant dense<[true, false, true]> : tensor<3xi1>
// CHECK: return %[[I]], %[[B]]
func.func @casts() -> (tensor<3xi32>, tensor<3xi1>) {
  %a = snc.constant dense<[-1.75, 0.0, 2.5]> : tensor<3xf32> : tensor<3xf32>
  %0 = snc.cast %a {to = i32} : (tensor<3xf32>) -> tensor<3xi32>
  %1 = snc.cast %a {to = i1} : (tensor<3xf32>) -> tensor<3xi1>
  return %0, %1 : tensor<3xi32>, tensor<3xi1>
}

// -----

// A result above the limit and above its operands stays computed; one that is no
// larger than its operands is folded at any size.
// CHECK-LABEL: @limit
// CHECK-DAG: %[[E:.+]] = snc.expand
// CHECK-DAG: %[[T:.+]] = snc.constant dense<2.000000e+00> : tensor<3x4xf32>
// CHECK: return %[[E]], %[[T]]
func.func @limit() -> (tensor<4x3xf32>, tensor<3x4xf32>) {
  %a = snc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> : tensor<3xf32>
  %b = snc.constant dense<2.0> : tensor<4x3xf32> : tensor<4x3xf32>
  %0 = snc.expand %a {shape = array<i64: 4, 3>} : (tensor<3xf32>) -> tensor<4x3xf32>
  %1 = snc.transpose %b {perm = array<i64: 1, 0>} : (tensor<4x3xf32>) -> tensor<3x4xf32>
  return %0, %1 : tensor<4x3xf32>, tensor<3x4xf32>
}

// -----

// An operator that is not evaluated stays, whatever its operands' shapes.
// CHECK-LABEL: @stays
// CHECK: snc.matmul
func.func @stays() -> tensor<2xf32> {
  %a = snc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %b = snc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %0 = snc.matmul %a, %b : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// What depends on an input stays.
// CHECK-LABEL: @input
// CHECK: snc.add
func.func @input(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = snc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = snc.add %x, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
