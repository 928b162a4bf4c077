// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s | syncnas-opt | FileCheck %s

// Branches, their units and their syncs survive printing and reading.
// CHECK: module attributes {snc.units = array<i64: 2, 1, 1>}
module attributes {snc.units = array<i64: 2, 1, 1>} {

// CHECK-LABEL: @concat
func.func @concat(%x: tensor<1x8x6x4xf32>, %w: tensor<4x8x1x1xf32>) -> (tensor<1x8x6x4xf32>, tensor<1x8x6x4xf32>) {
  // Two results, each with its own axis: rows cut 5 to 1, channels 4 to 4.
  // CHECK: %[[R:.+]]:2 = snc.branches concat units [2, 0] axes [2, 1] : tensor<1x8x6x4xf32>, tensor<1x8x6x4xf32> {
  %0:2 = snc.branches concat units [2, 0] axes [2, 1] : tensor<1x8x6x4xf32>, tensor<1x8x6x4xf32> {
    // CHECK-NEXT: %[[S:.+]] = snc.slice %{{.+}} {sizes = array<i64: 1, 8, 5, 4>, starts = array<i64: 0, 0, 0, 0>,
    %s = snc.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 8, 5, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x6x4xf32>) -> tensor<1x8x5x4xf32>
    // CHECK-NEXT: %[[C:.+]] = snc.conv
    %c = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x4xf32>, tensor<4x8x1x1xf32>) -> tensor<1x4x6x4xf32>
    // CHECK-NEXT: snc.yield %[[S]], %[[C]] : tensor<1x8x5x4xf32>, tensor<1x4x6x4xf32>
    snc.yield %s, %c : tensor<1x8x5x4xf32>, tensor<1x4x6x4xf32>
  // CHECK-NEXT: }, {
  }, {
    %s = snc.slice %x {starts = array<i64: 0, 0, 5, 0>, sizes = array<i64: 1, 8, 1, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x8x6x4xf32>) -> tensor<1x8x1x4xf32>
    %c = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x4xf32>, tensor<4x8x1x1xf32>) -> tensor<1x4x6x4xf32>
    // CHECK: snc.yield %{{.+}}, %{{.+}} : tensor<1x8x1x4xf32>, tensor<1x4x6x4xf32>
    snc.yield %s, %c : tensor<1x8x1x4xf32>, tensor<1x4x6x4xf32>
  }
  // CHECK: return %[[R]]#0, %[[R]]#1
  return %0#0, %0#1 : tensor<1x8x6x4xf32>, tensor<1x8x6x4xf32>
}

// CHECK-LABEL: @add
func.func @add(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // CHECK: snc.branches add units [0, 1, 2] : tensor<2x4xf32> {
  %0 = snc.branches add units [0, 1, 2] : tensor<2x4xf32> {
    %a = snc.relu %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
    snc.yield %a : tensor<2x4xf32>
  }, {
    %a = snc.neg %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
    snc.yield %a : tensor<2x4xf32>
  }, {
    %a = snc.abs %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
    snc.yield %a : tensor<2x4xf32>
  }
  return %0 : tensor<2x4xf32>
}

// CHECK-LABEL: @join
func.func @join(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x4xf32>) {
  // Branches may hand on different things, and different numbers of them.
  // CHECK: snc.branches join units [0, 1] : tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x4xf32> {
  %0:3 = snc.branches join units [0, 1] : tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x4xf32> {
    %a = snc.relu %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
    %b = snc.reduce_sum %a {axes = array<i64: 1>, keepdims = true} : (tensor<2x4xf32>) -> tensor<2x1xf32>
    snc.yield %a, %b : tensor<2x4xf32>, tensor<2x1xf32>
  }, {
    %a = snc.neg %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
    snc.yield %a : tensor<2x4xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x4xf32>
}

}
