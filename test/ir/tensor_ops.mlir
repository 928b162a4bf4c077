// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s | syncnas-opt | FileCheck %s

// Ops of the nn family survive printing and reading, optional operands included.
// CHECK-LABEL: @nn
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x8x8xf32>, %[[W:.+]]: tensor<6x2x3x3xf32>, %[[B:.+]]: tensor<6xf32>, %[[C:.+]]: tensor<4xf32>)
func.func @nn(%x: tensor<1x4x8x8xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<6xf32>, %c: tensor<4xf32>) {
  // CHECK: snc.conv %[[X]], %[[W]], %[[B]] {dilations = array<i64: 2, 2>, group = 2 : i64, pads = array<i64: 2, 2, 2, 2>, strides = array<i64: 1, 1>} : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x8x8xf32>
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 2, 2>, pads = array<i64: 2, 2, 2, 2>, group = 2} : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x8x8xf32>
  // Stride 2: (8 + 1 + 0 - 3) / 2 + 1 = 4 rows.
  // CHECK: snc.conv %[[X]], %[[W]] {{.*}} -> tensor<1x6x4x4xf32>
  %1 = snc.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 0, 0>, group = 2} : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>) -> tensor<1x6x4x4xf32>
  // (4 - 1) * 2 + 1 + (3 - 1) + 1 - 1 - 1 = 8 rows, and 3 outputs in each of 2 groups.
  // CHECK: snc.conv_transpose {{.*}} output_padding = array<i64: 1, 1>{{.*}} -> tensor<1x4x8x8xf32>
  %2 = snc.conv_transpose %1, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, output_padding = array<i64: 1, 1>, group = 2} : (tensor<1x6x4x4xf32>, tensor<6x2x3x3xf32>) -> tensor<1x4x8x8xf32>
  // (8 - 3) / 2 leaves a partial window, which ceil mode counts.
  // CHECK: snc.max_pool {{.*}}ceil_mode = true{{.*}} -> tensor<1x4x4x4xf32>
  %3 = snc.max_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode = true} : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: snc.avg_pool {{.*}}count_include_pad = true{{.*}} -> tensor<1x4x3x3xf32>
  %4 = snc.avg_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, count_include_pad = true} : (tensor<1x4x8x8xf32>) -> tensor<1x4x3x3xf32>
  // CHECK: snc.batch_norm %[[X]], %[[C]], %[[C]], %[[C]], %[[C]] {epsilon = 1.000000e+00 : f32}
  %5 = snc.batch_norm %x, %c, %c, %c, %c {epsilon = 1.0 : f32} : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
  // CHECK: snc.instance_norm %[[X]], %[[C]], %[[C]]
  %6 = snc.instance_norm %x, %c, %c {epsilon = 1.0 : f32} : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
  // CHECK: snc.lrn %[[X]] {alpha = 1.000000e+00 : f32, beta = 7.500000e-01 : f32, bias = 2.000000e+00 : f32, size = 3 : i64}
  %7 = snc.lrn %x {size = 3 : i64, alpha = 1.0 : f32, beta = 0.75 : f32, bias = 2.0 : f32} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return
}

// Ops of the math family, with the shapes that numpy would give.
// CHECK-LABEL: @math
func.func @math(%x: tensor<2x1x4xf32>, %y: tensor<3x1xf32>, %m: tensor<5x4xf32>, %v: tensor<4xf32>) {
  // CHECK: snc.add %{{.+}} -> tensor<2x3x4xf32>
  %0 = snc.add %x, %y : (tensor<2x1x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  // CHECK: snc.prelu
  %1 = snc.prelu %x, %v : (tensor<2x1x4xf32>, tensor<4xf32>) -> tensor<2x1x4xf32>
  // CHECK: snc.clamp %{{.+}} {hi = 6.000000e+00 : f32, lo = 0.000000e+00 : f32}
  %2 = snc.clamp %x {lo = 0.0 : f32, hi = 6.0 : f32} : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  // CHECK: snc.hard_sigmoid %{{.+}} {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32}
  %3 = snc.hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32} : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  // CHECK: snc.softmax %{{.+}} {axis = 2 : i64}
  %4 = snc.softmax %x {axis = 2 : i64} : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  // CHECK: snc.cast %{{.+}} {to = i64} : (tensor<2x1x4xf32>) -> tensor<2x1x4xi64>
  %5 = snc.cast %x {to = i64} : (tensor<2x1x4xf32>) -> tensor<2x1x4xi64>
  // A vector on the right drops its dimension.
  // CHECK: snc.matmul %{{.+}} : (tensor<2x1x4xf32>, tensor<4xf32>) -> tensor<2x1xf32>
  %6 = snc.matmul %x, %v : (tensor<2x1x4xf32>, tensor<4xf32>) -> tensor<2x1xf32>
  // CHECK: snc.gemm %{{.+}} {trans_b = true} : (tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<5x5xf32>
  %7 = snc.gemm %m, %m {trans_b = true} : (tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<5x5xf32>
  // CHECK: snc.reduce_mean %{{.+}} {axes = array<i64: 0, 2>, keepdims = false} : (tensor<2x1x4xf32>) -> tensor<1xf32>
  %8 = snc.reduce_mean %x {axes = array<i64: 0, 2>, keepdims = false} : (tensor<2x1x4xf32>) -> tensor<1xf32>
  // CHECK: snc.argmax %{{.+}} {axis = 2 : i64, keepdims = true} : (tensor<2x1x4xf32>) -> tensor<2x1x1xi64>
  %9 = snc.argmax %x {axis = 2 : i64, keepdims = true} : (tensor<2x1x4xf32>) -> tensor<2x1x1xi64>
  // CHECK: snc.less %{{.+}} : (tensor<2x1x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xi1>
  %10 = snc.less %x, %y : (tensor<2x1x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xi1>
  // The condition broadcasts, and is broadcast to.
  // CHECK: snc.select %{{.+}}, %{{.+}}, %{{.+}} : (tensor<2x3x4xi1>, tensor<4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  %11 = snc.select %10, %v, %y : (tensor<2x3x4xi1>, tensor<4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  // CHECK: snc.erf %{{.+}} : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  %12 = snc.erf %x : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  // CHECK: snc.reduce_prod %{{.+}} -> tensor<2x1x1xf32>
  %13 = snc.reduce_prod %x {axes = array<i64: 2>, keepdims = true} : (tensor<2x1x4xf32>) -> tensor<2x1x1xf32>
  return
}

// Ops of the tensor family; a weight above a few elements is a resource.
// CHECK-LABEL: @tensor
func.func @tensor(%x: tensor<1x4x2x3xf32>, %i: tensor<2x2xi64>) {
  // CHECK: snc.constant dense<[1, 2]> : tensor<2xi64> : tensor<2xi64>
  %0 = snc.constant dense<[1, 2]> : tensor<2xi64> : tensor<2xi64>
  // CHECK: snc.constant dense_resource<weight> : tensor<2x1xf32> : tensor<2x1xf32>
  %1 = snc.constant dense_resource<weight> : tensor<2x1xf32> : tensor<2x1xf32>
  // CHECK: snc.reshape %{{.+}} {shape = array<i64: 8, 3>}
  %2 = snc.reshape %x {shape = array<i64: 8, 3>} : (tensor<1x4x2x3xf32>) -> tensor<8x3xf32>
  // CHECK: snc.transpose %{{.+}} -> tensor<1x2x3x4xf32>
  %3 = snc.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x4x2x3xf32>) -> tensor<1x2x3x4xf32>
  // CHECK: snc.slice %{{.+}} -> tensor<1x2x2x3xf32>
  %4 = snc.slice %x {starts = array<i64: 0, 3, 0, 0>, sizes = array<i64: 1, 2, 2, 3>, steps = array<i64: 1, -3, 1, 1>} : (tensor<1x4x2x3xf32>) -> tensor<1x2x2x3xf32>
  // A negative amount crops.
  // CHECK: snc.pad %{{.+}} -> tensor<1x4x3x2xf32>
  %5 = snc.pad %x {low = array<i64: 0, 0, 1, -1>, high = array<i64: 0, 0, 0, 0>, mode = "edge"} : (tensor<1x4x2x3xf32>) -> tensor<1x4x3x2xf32>
  // CHECK: snc.expand %{{.+}} -> tensor<5x1x4x2x3xf32>
  %6 = snc.expand %x {shape = array<i64: 5, 1, 4, 2, 3>} : (tensor<1x4x2x3xf32>) -> tensor<5x1x4x2x3xf32>
  // CHECK: snc.depth_to_space %{{.+}} {block = 2 : i64, mode = "DCR"} : {{.*}} -> tensor<1x1x4x6xf32>
  %7 = snc.depth_to_space %x {block = 2 : i64, mode = "DCR"} : (tensor<1x4x2x3xf32>) -> tensor<1x1x4x6xf32>
  // CHECK: snc.space_to_depth %{{.+}} {block = 2 : i64} : {{.*}} -> tensor<1x4x2x3xf32>
  %8 = snc.space_to_depth %7 {block = 2 : i64} : (tensor<1x1x4x6xf32>) -> tensor<1x4x2x3xf32>
  // CHECK: snc.resize %{{.+}} {coordinates = "asymmetric", mode = "nearest", nearest_mode = "floor"
  %9 = snc.resize %x {shape = array<i64: 1, 4, 4, 6>, scales = array<f32: 1.0, 1.0, 2.0, 2.0>, mode = "nearest", coordinates = "asymmetric", nearest_mode = "floor"} : (tensor<1x4x2x3xf32>) -> tensor<1x4x4x6xf32>
  // CHECK: snc.concat %{{.+}}, %{{.+}} {axis = 2 : i64} : {{.*}} -> tensor<1x4x4x3xf32>
  %10 = snc.concat %x, %x {axis = 2 : i64} : (tensor<1x4x2x3xf32>, tensor<1x4x2x3xf32>) -> tensor<1x4x4x3xf32>
  // The indices' dimensions take the axis's place.
  // CHECK: snc.gather %{{.+}} {axis = 1 : i64} : {{.*}} -> tensor<1x2x2x2x3xf32>
  %11 = snc.gather %x, %i {axis = 1 : i64} : (tensor<1x4x2x3xf32>, tensor<2x2xi64>) -> tensor<1x2x2x2x3xf32>
  return
}

// CHECK: weight: "0x400000000000803F00000040"
{-#
  dialect_resources: {
    builtin: {
      weight: "0x400000000000803F00000040"
    }
  }
#-}
