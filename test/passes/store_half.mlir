// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-store-half --split-input-file | FileCheck %s
// RUN: syncnas-opt %s --snc-store-half --split-input-file | syncnas-opt --split-input-file - > %t

// What the GPU alone writes and reads, and its weights, are halves; kernels compute in f32
// between two casts. What is transferred stays f32, and so do biases.
// CHECK-LABEL: snc.kernel @upload(
// CHECK-SAME: %{{.+}}: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
// CHECK-LABEL: snc.kernel @first(
// CHECK-SAME: %{{.+}}: tensor<1x8x4x4xf32>, %[[W:.+]]: tensor<8x8x1x1xf16, #snc.packed<conv, lanes = 8>>,
// CHECK-SAME: %[[B:.+]]: tensor<8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf16, #snc.blocked<8>>
// CHECK-NEXT: %[[WF:.+]] = snc.cast %[[W]] {to = f32}
// CHECK-NEXT: %[[R:.+]] = snc.conv %{{.+}}, %[[WF]], %[[B]] {{.*}} -> tensor<1x8x4x4xf32, #snc.blocked<8>>
// CHECK-NEXT: %[[H:.+]] = snc.cast %[[R]] {to = f16} : {{.*}} -> tensor<1x8x4x4xf16, #snc.blocked<8>>
// CHECK-NEXT: snc.yield %[[H]]
// An operand that is read twice is cast once.
// CHECK-LABEL: snc.kernel @twice(
// CHECK-SAME: %[[X:.+]]: tensor<1x8x4x4xf16, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
// CHECK-NEXT: %[[XF:.+]] = snc.cast %[[X]] {to = f32}
// CHECK-NEXT: snc.add %[[XF]], %[[XF]]
// CHECK-NEXT: snc.yield
// CHECK-LABEL: func.func @main
// The host reads the same constant: it stays there as it is.
// CHECK-DAG: %[[HALF:.+]] = snc.constant dense_resource<half> : tensor<8x8x1x1xf16>
// CHECK-DAG: %[[FULL:.+]] = snc.constant dense<2.500000e-01> : tensor<8x8x1x1xf32>
// CHECK-DAG: %[[BIAS:.+]] = snc.constant dense<1.000000e+00> : tensor<8xf32>
// CHECK: snc.launch @host(%{{.+}}, %[[FULL]])
// CHECK: %[[UP:.+]] = snc.launch @upload({{.*}} -> tensor<1x8x4x4xf32>
// CHECK: %[[A:.+]] = snc.launch @first(%[[UP]], %[[HALF]], %[[BIAS]]) unit 1 : {{.*}} -> tensor<1x8x4x4xf16, #snc.blocked<8>>
// CHECK: %[[C:.+]] = snc.launch @twice(%[[A]]) unit 1 : {{.*}} -> tensor<1x8x4x4xf32, #snc.blocked<8>>
// CHECK: snc.launch @download(%[[C]])
// 1/4 in half is 0x3400.
// CHECK: half: "0x{{[0-9]+}}00340034
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @host(%x: tensor<1x8x4x4xf32>, %w: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> {
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @upload(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  snc.yield %0 : tensor<1x8x4x4xf32>
}
snc.kernel @first(%x: tensor<1x8x4x4xf32>, %w: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>, %b: tensor<8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1 : i64} : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>, tensor<8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @twice(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.add %x, %x : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @download(%x: tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x {to_host} : (tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
func.func @main(%x: tensor<1x8x4x4xf32>) -> (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<1x8x4x4xf32, #snc.blocked<8>>) {
  %w = snc.constant dense<0.25> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>
  %b = snc.constant dense<1.0> : tensor<8xf32> : tensor<8xf32, #snc.blocked<8>>
  %0 = snc.launch @host(%x, %w) unit 0 : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %1 = snc.launch @upload(%x) unit 1 : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %2 = snc.launch @first(%1, %w, %b) unit 1 : (tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8>>, tensor<8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %3 = snc.launch @twice(%2) unit 1 : (tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %4 = snc.launch @download(%3) unit 1 : (tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  return %0, %4 : tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<1x8x4x4xf32, #snc.blocked<8>>
}
}

// -----

// All that shares memory has one element type: a concat in place of halves (%0, %1), one
// that the host reads (%3, %4), and one whose second part would begin at byte 256 (%6, %7).
// A reshape is a view of halves. Integers are no halves.
// CHECK-LABEL: func.func @main
// CHECK: %[[P:.+]] = snc.launch @large0(%{{.+}}) {{.*}} -> tensor<1x8x8x8xf16, #snc.blocked<8>>
// CHECK: %[[Q:.+]] = snc.launch @large1(%{{.+}}) {{.*}} -> tensor<1x8x8x8xf16, #snc.blocked<8>>
// CHECK: snc.concat %[[P]], %[[Q]] {axis = 1 : i64, snc.in_place} : {{.*}} -> tensor<1x16x8x8xf16, #snc.blocked<8>>
// CHECK: snc.launch @large2({{.*}} -> tensor<1x8x8x8xf32, #snc.blocked<8>>
// CHECK: snc.launch @large3({{.*}} -> tensor<1x8x8x8xf32, #snc.blocked<8>>
// CHECK: snc.concat {{.*}} -> tensor<1x16x8x8xf32, #snc.blocked<8>>
// CHECK: snc.launch @small0({{.*}} -> tensor<1x8x4x4xf32, #snc.blocked<8>>
// CHECK: snc.launch @small1({{.*}} -> tensor<1x8x4x4xf32, #snc.blocked<8>>
// CHECK: snc.concat {{.*}} -> tensor<1x16x4x4xf32, #snc.blocked<8>>
// CHECK: snc.launch @plain({{.*}} -> tensor<4x4xf16>
// CHECK: %[[V:.+]] = snc.reshape {{.*}} -> tensor<16xf16>
// CHECK: snc.launch @numbers(%[[V]]) {{.*}} : (tensor<16xf16>) -> tensor<16xi64>
// CHECK: snc.launch @download(
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @large0(%x: tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.relu %x : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x8x8xf32, #snc.blocked<8>>
}
snc.kernel @large1(%x: tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.abs %x : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x8x8xf32, #snc.blocked<8>>
}
snc.kernel @large2(%x: tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.relu %x : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x8x8xf32, #snc.blocked<8>>
}
snc.kernel @large3(%x: tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.abs %x : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x8x8xf32, #snc.blocked<8>>
}
snc.kernel @joined(%x: tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.slice %x {starts = array<i64: 0, 4, 0, 0>, sizes = array<i64: 1, 8, 8, 8>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32>
  %1 = snc.relayout %0 : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  snc.yield %1 : tensor<1x8x8x8xf32, #snc.blocked<8>>
}
snc.kernel @download(%x: tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x16x8x8xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.transfer %x {to_host} : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x16x8x8xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x16x8x8xf32, #snc.blocked<8>>
}
snc.kernel @small0(%x: tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 8, 4, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @small1(%x: tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>> attributes {snc.device = "opencl"} {
  %0 = snc.slice %x {starts = array<i64: 0, 8, 0, 0>, sizes = array<i64: 1, 8, 4, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  snc.yield %0 : tensor<1x8x4x4xf32, #snc.blocked<8>>
}
snc.kernel @plain(%x: tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<4x4xf32> attributes {snc.device = "opencl"} {
  %0 = snc.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 1, 4, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<1x1x4x4xf32>
  %1 = snc.reshape %0 {shape = array<i64: 4, 4>} : (tensor<1x1x4x4xf32>) -> tensor<4x4xf32>
  snc.yield %1 : tensor<4x4xf32>
}
snc.kernel @numbers(%x: tensor<16xf32>) -> tensor<16xi64> attributes {snc.device = "opencl"} {
  %0 = snc.cast %x {to = i64} : (tensor<16xf32>) -> tensor<16xi64>
  snc.yield %0 : tensor<16xi64>
}
snc.kernel @negated(%x: tensor<16xi64>) -> tensor<16xi64> attributes {snc.device = "opencl"} {
  %0 = snc.neg %x : (tensor<16xi64>) -> tensor<16xi64>
  snc.yield %0 : tensor<16xi64>
}
func.func @main(%x: tensor<1x8x8x8xf32, #snc.blocked<8>>) -> (tensor<1x16x8x8xf32, #snc.blocked<8>>, tensor<16xi64>) {
  %0 = snc.launch @large0(%x) unit 1 : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  %1 = snc.launch @large1(%x) unit 1 : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  %2 = snc.concat %0, %1 {axis = 1 : i64, snc.in_place} : (tensor<1x8x8x8xf32, #snc.blocked<8>>, tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x16x8x8xf32, #snc.blocked<8>>
  %j = snc.launch @joined(%2) unit 1 : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  %3 = snc.launch @large2(%j) unit 1 : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  %4 = snc.launch @large3(%j) unit 1 : (tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x8x8xf32, #snc.blocked<8>>
  %5 = snc.concat %3, %4 {axis = 1 : i64, snc.in_place} : (tensor<1x8x8x8xf32, #snc.blocked<8>>, tensor<1x8x8x8xf32, #snc.blocked<8>>) -> tensor<1x16x8x8xf32, #snc.blocked<8>>
  %6 = snc.launch @small0(%5) unit 1 : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %7 = snc.launch @small1(%5) unit 1 : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x8x4x4xf32, #snc.blocked<8>>
  %8 = snc.concat %6, %7 {axis = 1 : i64, snc.in_place} : (tensor<1x8x4x4xf32, #snc.blocked<8>>, tensor<1x8x4x4xf32, #snc.blocked<8>>) -> tensor<1x16x4x4xf32, #snc.blocked<8>>
  %9 = snc.launch @plain(%8) unit 1 : (tensor<1x16x4x4xf32, #snc.blocked<8>>) -> tensor<4x4xf32>
  %10 = snc.reshape %9 {shape = array<i64: 16>} : (tensor<4x4xf32>) -> tensor<16xf32>
  %11 = snc.launch @numbers(%10) unit 1 : (tensor<16xf32>) -> tensor<16xi64>
  %12 = snc.launch @negated(%11) unit 1 : (tensor<16xi64>) -> tensor<16xi64>
  %13 = snc.launch @download(%5) unit 1 : (tensor<1x16x8x8xf32, #snc.blocked<8>>) -> tensor<1x16x8x8xf32, #snc.blocked<8>>
  return %13, %12 : tensor<1x16x8x8xf32, #snc.blocked<8>>, tensor<16xi64>
}
}

// -----

// 65519 is nearest to 65504, the largest half; of 65520 no half is near, nor of NaN.
// CHECK-LABEL: func.func @main
// CHECK: snc.constant dense_resource<half> : tensor<8x8xf16>
// CHECK: snc.constant dense<6.552000e+04> : tensor<8x8xf32>
// CHECK: snc.constant dense<-6.552000e+04> : tensor<8x8xf32>
// CHECK: snc.constant dense<0x7FC00000> : tensor<8x8xf32>
// CHECK-NEXT: snc.launch @sum({{.*}} : (tensor<8x8xf16>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
// CHECK: half: "0x{{[0-9]+}}FF7BFF7B
module attributes {snc.units = array<i64: 1, 1>, snc.devices = ["cpu", "opencl"]} {
snc.kernel @sum(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>, %c: tensor<8x8xf32>, %d: tensor<8x8xf32>) -> tensor<8x8xf32> attributes {snc.device = "opencl"} {
  %0 = snc.add %a, %b : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = snc.add %0, %c : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = snc.add %1, %d : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  snc.yield %2 : tensor<8x8xf32>
}
func.func @main() -> tensor<8x8xf32> {
  %a = snc.constant dense<65519.0> : tensor<8x8xf32> : tensor<8x8xf32>
  %b = snc.constant dense<65520.0> : tensor<8x8xf32> : tensor<8x8xf32>
  %c = snc.constant dense<-65520.0> : tensor<8x8xf32> : tensor<8x8xf32>
  %d = snc.constant dense<0x7FC00000> : tensor<8x8xf32> : tensor<8x8xf32>
  %0 = snc.launch @sum(%a, %b, %c, %d) unit 1 : (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}
}
