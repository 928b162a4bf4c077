// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Splits that would change the function, or leave a unit without work, are errors
// at the first node that say which operator is in the way.
// RUN: split-file %s %t
// RUN: not syncnas-opt %t/mixes.mlir --snc-insert-branches=plan=%t/mixes.json 2>&1 | FileCheck %s --check-prefix=MIXES
// RUN: not syncnas-opt %t/few_channels.mlir --snc-insert-branches=plan=%t/few_channels.json 2>&1 | FileCheck %s --check-prefix=FEW_CHANNELS
// RUN: not syncnas-opt %t/rows.mlir --snc-insert-branches=plan=%t/rows.json 2>&1 | FileCheck %s --check-prefix=ROWS
// RUN: not syncnas-opt %t/groups.mlir --snc-insert-branches=plan=%t/groups.json 2>&1 | FileCheck %s --check-prefix=GROUPS
// RUN: not syncnas-opt %t/halo.mlir --snc-insert-branches=plan=%t/halo.json 2>&1 | FileCheck %s --check-prefix=HALO
// RUN: not syncnas-opt %t/padding.mlir --snc-insert-branches=plan=%t/padding.json 2>&1 | FileCheck %s --check-prefix=PADDING
// RUN: not syncnas-opt %t/ceil.mlir --snc-insert-branches=plan=%t/ceil.json 2>&1 | FileCheck %s --check-prefix=CEIL
// RUN: not syncnas-opt %t/softmax.mlir --snc-insert-branches=plan=%t/softmax.json 2>&1 | FileCheck %s --check-prefix=SOFTMAX
// RUN: not syncnas-opt %t/nothing.mlir --snc-insert-branches=plan=%t/nothing.json 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not syncnas-opt %t/early.mlir --snc-insert-branches=plan=%t/early.json 2>&1 | FileCheck %s --check-prefix=EARLY
// RUN: not syncnas-opt %t/inner.mlir --snc-insert-branches=plan=%t/inner.json 2>&1 | FileCheck %s --check-prefix=INNER
// RUN: not syncnas-opt %t/weights.mlir --snc-insert-branches=plan=%t/weights.json 2>&1 | FileCheck %s --check-prefix=WEIGHTS
// RUN: not syncnas-opt %t/paths.mlir --snc-insert-branches=plan=%t/paths.json 2>&1 | FileCheck %s --check-prefix=PATHS

// A second convolution wants all channels of the first.
// MIXES: error: loc("first"): nodes 0 to 1 cannot be split as planned: second (conv) mixes channels that different units have

// Eight channels are one block: there are no two parts of it.
// FEW_CHANNELS: error: loc("second"): nodes 1 to 1 cannot be split as planned: second (conv) has too few channels

// One row is not shared.
// ROWS: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: flat (max_pool) has too few rows

// Channels cut for the first are 8 and 16; groups of 12 would be cut.
// GROUPS: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: grouped (conv) has groups that a split would cut

// What is handed on is computed once, but the next convolution wants it twice.
// HALO: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: inner (conv) is used behind the sync and as a halo

// A part that lies in the padding would have no rows of its own.
// PADDING: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: edge (conv) has a part that only sees padding

// With padding that counts, a partial last window has a divisor of its own.
// CEIL: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: mean (avg_pool) is not computed row by row

// A softmax over channels mixes them.
// SOFTMAX: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: soft (softmax) does not act on each channel alone

// Channels that stay apart are no sum.
// NOTHING: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: first (conv) leaves nothing to add

// What follows the sum belongs to another node.
// EARLY: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: pool (max_pool) would run on partial sums

// Only the sum leaves the branches.
// INNER: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: first (conv) is used behind the sum

// Weights computed at run time would have to be cut at run time.
// WEIGHTS: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: first (conv) computes its weights at run time

// The second needs what the other unit computes.
// PATHS: error: {{.*nodes [0-9]+ to [0-9]+}} cannot be split as planned: second (conv) needs a value of another unit

//--- mixes.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "channels", "shares": [4, 4]}]}
//--- mixes.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- few_channels.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [4, 4]},
              {"begin": 1, "end": 2, "kind": "channels", "shares": [4, 4]}]}
//--- few_channels.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rows.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "rows", "shares": [4, 4]}]}
//--- rows.mlir
func.func @main(%x: tensor<1x8x1x6xf32>) -> (tensor<1x8x1x6xf32>) {
  %flat = snc.max_pool %x {kernel = array<i64: 1, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 1, 0, 1>} : (tensor<1x8x1x6xf32>) -> tensor<1x8x1x6xf32> loc("flat")
  return %flat : tensor<1x8x1x6xf32>
}
//--- groups.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "channels", "shares": [3, 5]}]}
//--- groups.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x24x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<24x8x1x1xf32> : tensor<24x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<24x12x1x1xf32> : tensor<24x12x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<24x8x1x1xf32>) -> tensor<1x24x6x6xf32> loc("first")
  %grouped = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 2} : (tensor<1x24x6x6xf32>, tensor<24x12x1x1xf32>) -> tensor<1x24x6x6xf32> loc("grouped")
  return %grouped : tensor<1x24x6x6xf32>
}
//--- halo.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "rows", "shares": [4, 4]}]}
//--- halo.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>, tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<8x8x3x3xf32> : tensor<8x8x3x3xf32>
  %inner = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x6x6xf32> loc("inner")
  %outer = snc.conv %inner, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x6x6xf32> loc("outer")
  return %outer, %inner : tensor<1x8x6x6xf32>, tensor<1x8x6x6xf32>
}
//--- padding.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "rows", "shares": [1, 7]}]}
//--- padding.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x8x8xf32>) {
  %w = snc.constant dense<1.0> : tensor<8x8x1x1xf32> : tensor<8x8x1x1xf32>
  %edge = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, group = 1} : (tensor<1x8x6x6xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x8x8xf32> loc("edge")
  return %edge : tensor<1x8x8x8xf32>
}
//--- ceil.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "rows", "shares": [4, 4]}]}
//--- ceil.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x3x3xf32>) {
  %mean = snc.avg_pool %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode = true, count_include_pad = true} : (tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32> loc("mean")
  return %mean : tensor<1x8x3x3xf32>
}
//--- softmax.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [4, 4]}]}
//--- softmax.mlir
func.func @main(%x: tensor<1x16x6x6xf32>) -> (tensor<1x16x6x6xf32>) {
  %soft = snc.softmax %x {axis = 1 : i64} : (tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32> loc("soft")
  return %soft : tensor<1x16x6x6xf32>
}
//--- nothing.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "add", "shares": [4, 4]},
              {"begin": 1, "end": 2, "kind": "all"}]}
//--- nothing.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- early.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "add", "shares": [4, 4]}]}
//--- early.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  %pool = snc.max_pool %second {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> loc("pool")
  return %pool : tensor<1x8x6x6xf32>
}
//--- inner.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "add", "shares": [4, 4]}]}
//--- inner.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>, tensor<1x16x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second, %first : tensor<1x8x6x6xf32>, tensor<1x16x6x6xf32>
}
//--- weights.json
{"nodes": 1, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "channels", "shares": [4, 4]}]}
//--- weights.mlir
func.func @main(%x: tensor<1x8x6x6xf32>, %w: tensor<16x8x1x1xf32>) -> (tensor<1x16x6x6xf32>) {
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  return %first : tensor<1x16x6x6xf32>
}
//--- paths.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "paths", "units": [0, 1]}]}
//--- paths.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
