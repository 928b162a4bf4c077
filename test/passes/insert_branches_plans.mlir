// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans that are none, or not of this network.
// RUN: split-file %s %t
// RUN: not syncnas-opt %t/count.mlir --snc-insert-branches=plan=%t/count.json 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: not syncnas-opt %t/json.mlir --snc-insert-branches=plan=%t/json.json 2>&1 | FileCheck %s --check-prefix=JSON
// RUN: not syncnas-opt %t/kind.mlir --snc-insert-branches=plan=%t/kind.json 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not syncnas-opt %t/rule1.mlir --snc-insert-branches=plan=%t/rule1.json 2>&1 | FileCheck %s --check-prefix=RULE1
// RUN: not syncnas-opt %t/rule2.mlir --snc-insert-branches=plan=%t/rule2.json 2>&1 | FileCheck %s --check-prefix=RULE2
// RUN: not syncnas-opt %t/rule3.mlir --snc-insert-branches=plan=%t/rule3.json 2>&1 | FileCheck %s --check-prefix=RULE3
// RUN: not syncnas-opt %t/rule4.mlir --snc-insert-branches=plan=%t/rule4.json 2>&1 | FileCheck %s --check-prefix=RULE4
// RUN: not syncnas-opt %t/rule5.mlir --snc-insert-branches=plan=%t/rule5.json 2>&1 | FileCheck %s --check-prefix=RULE5
// RUN: not syncnas-opt %t/json.mlir --snc-insert-branches=plan=%t/absent.json 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not syncnas-opt %t/empty.mlir --snc-insert-branches=plan=%t/count.json 2>&1 | FileCheck %s --check-prefix=EMPTY

// The plan is a file that can be read.
// ABSENT: error: cannot read the plan '{{.*}}absent.json': No such file or directory

// The network is @main.
// EMPTY: error: there is no @main

// A plan of another network.
// COUNT: error: the plan is for a network of 3 nodes, this one has 2

// Half a plan.
// JSON: error: not a branch plan: 

// A kind there is not.
// KIND: error: not a branch plan: unknown kind 'columns'; there are all, single, rows, channels, add and paths

// P1: a unit without threads.
// RULE1: error: P1: unit 'a' has no thread

// P2: a node in no segment.
// RULE2: error: P2: the segments end at node 1 of 2

// P3: shares are eighths.
// RULE3: error: P3: the segment at node 0 needs a share for each of 2 units, which sum to 8

// P4: paths on one unit.
// RULE4: error: P4: the segment at node 0 is all on one unit; that is a single

// P5: a unit that does not exist.
// RULE5: error: P5: the segment at node 0 names a unit that does not exist

//--- count.json
{"nodes": 3, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 3, "kind": "all"}]}
//--- count.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- json.json
{"nodes": 2,
//--- json.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- kind.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "columns", "shares": [4, 4]}]}
//--- kind.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rule1.json
{"nodes": 2, "units": [{"name": "a", "threads": 0}],
 "segments": [{"begin": 0, "end": 2, "kind": "all"}]}
//--- rule1.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rule2.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 1, "kind": "all"}]}
//--- rule2.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rule3.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "rows", "shares": [1, 1]}]}
//--- rule3.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rule4.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "paths", "units": [1, 1]}]}
//--- rule4.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- rule5.json
{"nodes": 2, "units": [{"name": "a", "threads": 1}, {"name": "b", "threads": 1}],
 "segments": [{"begin": 0, "end": 2, "kind": "single", "unit": 2}]}
//--- rule5.mlir
func.func @main(%x: tensor<1x8x6x6xf32>) -> (tensor<1x8x6x6xf32>) {
  %w = snc.constant dense<1.0> : tensor<16x8x1x1xf32> : tensor<16x8x1x1xf32>
  %v = snc.constant dense<1.0> : tensor<8x16x1x1xf32> : tensor<8x16x1x1xf32>
  %first = snc.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x8x6x6xf32>, tensor<16x8x1x1xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %second = snc.conv %first, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, group = 1} : (tensor<1x16x6x6xf32>, tensor<8x16x1x1xf32>) -> tensor<1x8x6x6xf32> loc("second")
  return %second : tensor<1x8x6x6xf32>
}
//--- empty.mlir
module {
}
