// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// T1: shapes are known when the model is compiled.
func.func @dynamic(%x: tensor<?xf32>) {
  // expected-error@+1 {{operand #0 must be statically shaped tensor}}
  %0 = "snc.relu"(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// T2: the written result type is the one that operands and attributes give.
func.func @result(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// T2: an axis counts from zero and lies inside the rank.
func.func @softmax(%x: tensor<1x4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T2: axis 2 is outside a tensor of rank 2}}
  %0 = snc.softmax %x {axis = 2 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

// T2: axes are not negative, whatever the model said.
func.func @reduce_sum(%x: tensor<1x4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T2: axis -1 is outside a tensor of rank 2}}
  %0 = snc.reduce_sum %x {axes = array<i64: -1>, keepdims = true} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  return
}

// -----

// T2: a window that does not fit leaves an empty result.
func.func @conv(%x: tensor<1x1x2x2xf32>, %w: tensor<1x1x3x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T2: the result shape 1x1x0x0 is empty}}
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x1x2x2xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x1x1xf32>
  return
}

// -----

// T2: no tensor has more than 2^40 elements.
func.func @expand(%x: tensor<1048576x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T2: the result shape 1048576x1048577 is too large}}
  %0 = snc.expand %x {shape = array<i64: 1048576, 1048577>} : (tensor<1048576x1xf32>) -> tensor<1048576x1048577xf32>
  return
}

// -----

// T3: shapes broadcast from the right.
func.func @add(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T3: shapes 2x3 and 2 do not broadcast}}
  %0 = snc.add %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

// T3: the condition is a truth value.
func.func @select(%c: tensor<2xf32>, %x: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T3: the condition is of 'f32', not of i1}}
  %0 = snc.select %c, %x, %x : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// T3: the condition broadcasts with the choices.
func.func @select_shape(%c: tensor<3xi1>, %x: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T3: the condition's shape 3 and 2 do not broadcast}}
  %0 = snc.select %c, %x, %x : (tensor<3xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// T3: both operands have one element type.
func.func @mul(%x: tensor<2xf32>, %y: tensor<2xi64>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T3: operand element types differ: 'f32' and 'i64'}}
  %0 = snc.mul %x, %y : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

// T4: the inner dimensions of a product agree.
func.func @matmul(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T4: inner dimensions of 2x3 and 2x3 differ}}
  %0 = snc.matmul %x, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

// T4: leading dimensions of a product broadcast.
func.func @matmul(%x: tensor<2x1x3xf32>, %y: tensor<4x3x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T4: batch dimensions do not broadcast}}
  %0 = snc.matmul %x, %y : (tensor<2x1x3xf32>, tensor<4x3x1xf32>) -> tensor<2x1x1xf32>
  return
}

// -----

// T4: a scalar has no place in a matrix product.
func.func @matmul(%x: tensor<f32>, %y: tensor<3x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T4: matmul needs operands of rank 1 or more}}
  %0 = snc.matmul %x, %y : (tensor<f32>, tensor<3x1xf32>) -> tensor<1xf32>
  return
}

// -----

// T4: gemm is for matrices.
func.func @gemm(%x: tensor<2x3x1xf32>, %y: tensor<3x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T4: gemm needs matrices, got 2x3x1 and 3x1}}
  %0 = snc.gemm %x, %y : (tensor<2x3x1xf32>, tensor<3x1xf32>) -> tensor<2x1xf32>
  return
}

// -----

// T4: the third matrix broadcasts to the product's shape.
func.func @gemm(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %c: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T4: C does not broadcast to 2x4}}
  %0 = snc.gemm %x, %y, %c : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return
}

// -----

// T5: pictures have four dimensions.
func.func @max_pool(%x: tensor<4x8x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T5: the input has shape 4x8x8, but a 2-D operator needs rank 4}}
  %0 = snc.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<4x8x8xf32>) -> tensor<4x7x7xf32>
  return
}

// -----

// T5: a window moves on.
func.func @max_pool(%x: tensor<1x4x8x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T5: strides and dilations are positive}}
  %0 = snc.max_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 0, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x7x7xf32>
  return
}

// -----

// T5: a window has a number for each direction.
func.func @avg_pool(%x: tensor<1x4x8x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T5: a window has 2 strides, 2 dilations and 4 pads}}
  %0 = snc.avg_pool %x {kernel = array<i64: 2, 2>, strides = array<i64: 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x7x7xf32>
  return
}

// -----

// T5: so does the kernel of a pool.
func.func @avg_pool(%x: tensor<1x4x8x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T5: a 2-D pool has a kernel of two positive numbers}}
  %0 = snc.avg_pool %x {kernel = array<i64: 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x4x8x8xf32>) -> tensor<1x4x7x7xf32>
  return
}

// -----

// T5: normalisation needs an axis of channels.
func.func @lrn(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T5: normalisation needs a channel axis}}
  %0 = snc.lrn %x {size = 3 : i64, alpha = 1.0 : f32, beta = 1.0 : f32, bias = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// T6: a weight has the input channels of one group.
func.func @conv(%x: tensor<1x4x8x8xf32>, %w: tensor<4x4x1x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T6: input 1x4x8x8, weight 4x4x1x1 and group 2 do not fit}}
  %0 = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x8x8xf32>
  return
}

// -----

// T6: a transposed weight begins with the input channels.
func.func @conv_transpose(%x: tensor<1x4x8x8xf32>, %w: tensor<3x2x1x1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T6: input 1x4x8x8, weight 3x2x1x1 and group 1 do not fit}}
  %0 = snc.conv_transpose %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, group = 1} : (tensor<1x4x8x8xf32>, tensor<3x2x1x1xf32>) -> tensor<1x2x8x8xf32>
  return
}

// -----

// T6: a bias has one number for each output channel.
func.func @conv(%x: tensor<1x4x8x8xf32>, %w: tensor<6x4x1x1xf32>, %b: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T6: a per-channel operand has shape 4, expected 6}}
  %0 = snc.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x4x8x8xf32>, tensor<6x4x1x1xf32>, tensor<4xf32>) -> tensor<1x6x8x8xf32>
  return
}

// -----

// T7: a constant has the shape of its value.
func.func @constant() {
  // expected-error@+1 {{T7: the value is 'tensor<2xf32>' but the result is 'tensor<3xf32>'}}
  %0 = snc.constant dense<1.0> : tensor<2xf32> : tensor<3xf32>
  return
}

// -----

// T8: a reshape keeps the number of elements.
func.func @reshape(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: cannot reshape 2x3 to 4x2}}
  %0 = snc.reshape %x {shape = array<i64: 4, 2>} : (tensor<2x3xf32>) -> tensor<4x2xf32>
  return
}

// -----

// T8: a transpose names each dimension once.
func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: perm is no permutation}}
  %0 = snc.transpose %x {perm = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

// T8: movement lists every dimension.
func.func @slice(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: slice has 1 entries for a tensor of rank 2}}
  %0 = snc.slice %x {starts = array<i64: 0>, sizes = array<i64: 1>, steps = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

// T8: a slice stays inside, at its last element too.
func.func @slice(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: slice leaves the input 4}}
  %0 = snc.slice %x {starts = array<i64: 1>, sizes = array<i64: 3>, steps = array<i64: -1>} : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

// T8: a reflection does not repeat the border.
func.func @pad(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: a reflecting pad is smaller than its dimension}}
  %0 = snc.pad %x {low = array<i64: 4>, high = array<i64: 0>, mode = "reflect"} : (tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

// T8: a pad has one of four modes.
func.func @pad(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: unknown pad mode 'mirror'}}
  %0 = snc.pad %x {low = array<i64: 1>, high = array<i64: 0>, mode = "mirror"} : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// T8: an expand widens, and gives the full shape.
func.func @expand(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: cannot broadcast 2x3 to 3}}
  %0 = snc.expand %x {shape = array<i64: 3>} : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

// T8: channels divide into blocks.
func.func @depth_to_space(%x: tensor<1x6x2x2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: 6 channels do not divide into blocks of 2}}
  %0 = snc.depth_to_space %x {block = 2 : i64, mode = "DCR"} : (tensor<1x6x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

// T8: so do rows and columns.
func.func @space_to_depth(%x: tensor<1x1x3x2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: 1x1x3x2 does not divide into blocks of 2}}
  %0 = snc.space_to_depth %x {block = 2 : i64} : (tensor<1x1x3x2xf32>) -> tensor<1x4x1x1xf32>
  return
}

// -----

// T8: a resize is nearest or linear.
func.func @resize(%x: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: unknown resize mode 'cubic'}}
  %0 = snc.resize %x {shape = array<i64: 4>, scales = array<f32: 2.0>, mode = "cubic", coordinates = "half_pixel", nearest_mode = "floor"} : (tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

// T8: inputs of a concat differ on its axis alone.
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<3x3xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: cannot concat 2x3 and 3x3 on axis 1}}
  %0 = snc.concat %x, %y {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3x3xf32>) -> tensor<2x6xf32>
  return
}

// -----

// T8: a concat joins along an axis that exists.
func.func @concat(%x: tensor<2xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: concat axis 1 is outside rank 1}}
  %0 = snc.concat %x {axis = 1 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// T8: indices are integers.
func.func @gather(%x: tensor<2xf32>, %i: tensor<1xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{T8: gather needs integer indices and an axis inside rank 1}}
  %0 = snc.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<1xf32>) -> tensor<1xf32>
  return
}
