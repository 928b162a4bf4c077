// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-dedup-kernels | FileCheck %s
// RUN: sed 's/threads = 2/threads = 4/' %s | syncnas-opt --snc-dedup-kernels | FileCheck %s --check-prefix=OTHER
// RUN: syncnas-opt %s --snc-dedup-kernels > %t.2
// RUN: sed 's/threads = 2/threads = 4/' %s | syncnas-opt --snc-dedup-kernels > %t.4
// RUN: grep -o 'k_[0-9a-f]*' %t.2 | sort -u > %t.names2
// RUN: grep -o 'k_[0-9a-f]*' %t.4 | sort -u > %t.names4
// RUN: comm -12 %t.names2 %t.names4 | count 0
// RUN: syncnas-opt %s --snc-dedup-kernels --snc-dedup-kernels | diff %t.2 -

module attributes {snc.target = "x86-64-avx512", snc.threads = 2 : i64} {
// Kernels that differ in name and locations only become one, under a name made
// of their text; another activation is another kernel. Names change with the
// thread count, and are stable when the pass runs again.
// CHECK: snc.kernel @[[RELU:k_[0-9a-f]{16}]](
// CHECK-NEXT: snc.relu
// CHECK: snc.kernel @[[TANH:k_[0-9a-f]{16}]](
// CHECK-NEXT: snc.tanh
// CHECK-NOT: snc.kernel
// CHECK: func.func @main
// CHECK-NEXT: %[[A:.+]] = snc.launch @[[RELU]](%arg0)
// CHECK-NEXT: %[[B:.+]] = snc.launch @[[RELU]](%[[A]])
// CHECK-NEXT: snc.launch @[[TANH]](%[[B]])
// OTHER-COUNT-2: snc.kernel
snc.kernel @k0(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32> loc("Relu_0")
  snc.yield %0 : tensor<4xf32>
}
snc.kernel @k1(%y: tensor<4xf32>) -> tensor<4xf32> {
  %r = snc.relu %y : (tensor<4xf32>) -> tensor<4xf32> loc("Relu_1")
  snc.yield %r : tensor<4xf32>
}
snc.kernel @k2(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = snc.launch @k1(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = snc.launch @k2(%1) : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
}
