// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// K1: an argument that nothing uses would be passed for nothing.
// expected-error@+1 {{K1: argument 1 is not used}}
snc.kernel @k(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}

// -----

// K1: the body yields what the kernel returns, layout included.
snc.kernel @k(%x: tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32, #snc.blocked<8>> {
  %0 = snc.relu %x : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  // expected-error@+1 {{K1: yields other types than the kernel returns}}
  snc.yield %0 : tensor<1x8x2x2xf32>
}

// -----

// K1: a kernel without a body computes nothing.
// expected-error@+1 {{failed to verify constraint: region with 1 blocks}}
snc.kernel @k(tensor<4xf32>) -> tensor<4xf32>

// -----

// K2: a launch names a kernel that exists.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{K2: there is no kernel @absent}}
  %0 = snc.launch @absent(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// K2: a launch has the types of its kernel, layout included.
snc.kernel @k(%x: tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32> {
  %0 = snc.relu %x : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  snc.yield %0 : tensor<1x8x2x2xf32>
}
func.func @main(%x: tensor<1x8x2x2xf32, #snc.blocked<8>>) -> tensor<1x8x2x2xf32> {
  // expected-error@+1 {{K2: types differ from those of kernel @k}}
  %0 = snc.launch @k(%x) : (tensor<1x8x2x2xf32, #snc.blocked<8>>) -> tensor<1x8x2x2xf32>
  return %0 : tensor<1x8x2x2xf32>
}

// -----

// K3: a block of one lane is no block.
// expected-error@+1 {{K3: a block has 2 to 64 lanes, not 1}}
func.func @main(%x: tensor<1x8x2x2xf32, #snc.blocked<1>>) {
  return
}

// -----

// K5: weights are packed for a convolution, a depthwise one, or a matrix.
// expected-error@+1 {{K5: unknown packing 'spiral'}}
func.func @main(%x: tensor<8x8x1x1xf32, #snc.packed<spiral, lanes = 8>>) {
  return
}

// -----

// K5: no extent of a packing is zero.
// expected-error@+1 {{K5: packing numbers are positive}}
func.func @main(%x: tensor<8x8x1x1xf32, #snc.packed<conv, lanes = 8, rows = 0>>) {
  return
}
