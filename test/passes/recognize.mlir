// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-recognize -split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// clamp(x + 3, 0, 6) / 6 is hard_sigmoid, and its location names all its parts.
// CHECK-LABEL: @hard_sigmoid
// CHECK: %[[Y:.+]] = snc.hard_sigmoid %{{.+}} {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32}
// CHECK-SAME: loc(fused["add", "clip", "div"])
// CHECK: return %[[Y]]
func.func @hard_sigmoid(%x: tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32> {
  %three = snc.constant dense<3.0> : tensor<1xf32> : tensor<1xf32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %three, %x : (tensor<1xf32>, tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32> loc("add")
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32> loc("clip")
  %2 = snc.div %1, %six : (tensor<1x4x2x2xf32>, tensor<f32>) -> tensor<1x4x2x2xf32> loc("div")
  return %2 : tensor<1x4x2x2xf32>
}

// -----

// x * clamp(x + 3, 0, 6) / 6, product first.
// CHECK-LABEL: @product_first
// CHECK-NOT: snc.mul
// CHECK: snc.hard_swish
// CHECK-NOT: snc.div
func.func @product_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.mul %x, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = snc.div %2, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// The same with the bounded half divided first, as x * hard_sigmoid(x).
// CHECK-LABEL: @bounds_first
// CHECK-NOT: snc.hard_sigmoid
// CHECK: snc.hard_swish
// CHECK-NOT: snc.mul
func.func @bounds_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %sixth = snc.constant dense<0.166667> : tensor<f32> : tensor<f32>
  %0 = snc.add %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.mul %1, %sixth : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = snc.mul %2, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// The same with x divided first.
// CHECK-LABEL: @x_first
// CHECK: snc.hard_swish
// CHECK-NOT: snc.mul
func.func @x_first(%x: tensor<4xf32>) -> tensor<4xf32> {
  %three = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %x, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.div %x, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = snc.mul %2, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

// The gate of another value is no hard_swish, and 2 is not 3.
// CHECK-LABEL: @other_gate
// CHECK-NOT: snc.hard
// CHECK: return
func.func @other_gate(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %two = snc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %three = snc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %y, %three : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.mul %x, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = snc.div %2, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %4 = snc.add %x, %two : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %5 = snc.clamp %4 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %6 = snc.div %5, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %3, %6 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A constant that widens x computes another shape and stays.
// CHECK-LABEL: @widens
// CHECK-NOT: snc.hard
// CHECK: return
func.func @widens(%x: tensor<1xf32>) -> tensor<4xf32> {
  %three = snc.constant dense<3.0> : tensor<4xf32> : tensor<4xf32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.add %x, %three : (tensor<1xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.div %1, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// clamp(x * a + b, 0, 1) is hard_sigmoid with that slope and middle.
// CHECK-LABEL: @clamped_line
// CHECK: snc.hard_sigmoid %{{.+}} {alpha = 2.500000e-01 : f32, beta = 7.500000e-01 : f32}
func.func @clamped_line(%x: tensor<4xf32>) -> tensor<4xf32> {
  %four = snc.constant dense<4.0> : tensor<f32> : tensor<f32>
  %b = snc.constant dense<0.75> : tensor<f32> : tensor<f32>
  %0 = snc.div %x, %four : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.add %0, %b : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = snc.clamp %1 {lo = 0.0 : f32, hi = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// x * sigmoid(x) is swish; y * sigmoid(x) is a gate.
// CHECK-LABEL: @swish
// CHECK: %[[Y:.+]] = snc.swish
// CHECK: %[[G:.+]] = snc.mul
// CHECK: return %[[Y]], %[[G]]
func.func @swish(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = snc.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.mul %0, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.mul %0, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}

// -----

// max(x, 0) and a clamp without an upper end are relu; max(x, 1) is not.
// CHECK-LABEL: @relu
// CHECK-DAG: %[[A:.+]] = snc.relu
// CHECK-DAG: %[[B:.+]] = snc.relu
// CHECK-DAG: %[[C:.+]] = snc.max
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @relu(%x: tensor<4xf32>, %y: tensor<4xf32>, %z: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %zero = snc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %one = snc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %0 = snc.max %zero, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.clamp %y {lo = 0.0 : f32, hi = 0x7F800000 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.max %z, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// min(max(x, 0), 6) is one clamp; where the relu has another reader it stays apart.
// CHECK-LABEL: @bounds
// CHECK: %[[A:.+]] = snc.clamp %{{.+}} {hi = 6.000000e+00 : f32, lo = 0.000000e+00 : f32}
// CHECK: %[[R:.+]] = snc.relu
// CHECK: %[[M:.+]] = snc.min %[[R]]
// CHECK: return %[[A]], %[[R]], %[[M]]
func.func @bounds(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %zero = snc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %six = snc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = snc.max %x, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = snc.min %0, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = snc.relu %y : (tensor<4xf32>) -> tensor<4xf32>
  %3 = snc.min %2, %six : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %1, %2, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// [-1, 4] within [2, 3] is [2, 3], and [0, 1] within [2, 3] the number 2.
// CHECK-LABEL: @nested_bounds
// CHECK: snc.clamp %{{.+}} {hi = 3.000000e+00 : f32, lo = 2.000000e+00 : f32}
// CHECK: snc.clamp %{{.+}} {hi = 2.000000e+00 : f32, lo = 2.000000e+00 : f32}
// CHECK-NOT: snc.clamp
func.func @nested_bounds(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = snc.clamp %x {lo = -1.0 : f32, hi = 4.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.clamp %0 {lo = 2.0 : f32, hi = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.clamp %x {lo = 0.0 : f32, hi = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  %3 = snc.clamp %2 {lo = 2.0 : f32, hi = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// -----

// max(x, a * x) is leaky_relu for a slope between 0 and 1 only; a prelu with one
// slope is one as well.
// CHECK-LABEL: @leaky_relu
// CHECK-DAG: %[[A:.+]] = snc.leaky_relu %{{.+}} {alpha = 1.250000e-01 : f32}
// CHECK-DAG: %[[B:.+]] = snc.leaky_relu %{{.+}} {alpha = 2.000000e+00 : f32}
// CHECK-DAG: %[[C:.+]] = snc.max
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @leaky_relu(%x: tensor<1x4x1x1xf32>) -> (tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>) {
  %a = snc.constant dense<0.125> : tensor<f32> : tensor<f32>
  %two = snc.constant dense<2.0> : tensor<4x1x1xf32> : tensor<4x1x1xf32>
  %0 = snc.mul %x, %a : (tensor<1x4x1x1xf32>, tensor<f32>) -> tensor<1x4x1x1xf32>
  %1 = snc.max %0, %x : (tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %2 = snc.prelu %x, %two : (tensor<1x4x1x1xf32>, tensor<4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %3 = snc.mul %x, %two : (tensor<1x4x1x1xf32>, tensor<4x1x1xf32>) -> tensor<1x4x1x1xf32>
  %4 = snc.max %x, %3 : (tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  return %1, %2, %4 : tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>, tensor<1x4x1x1xf32>
}
