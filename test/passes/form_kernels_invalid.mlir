// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-form-kernels -split-input-file -verify-diagnostics

// expected-error@+1 {{there is no function @main of one block}}
module {
}

// -----

// A kernel has the threads of its unit, so there must be one.
module attributes {snc.units = array<i64: 1, 1>} {
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{B1: there is no unit 2}}
  %0 = snc.relu %x {snc.unit = 2} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
}
