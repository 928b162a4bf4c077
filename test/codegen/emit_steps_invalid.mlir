// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s --snc-lower-to-llvm -split-input-file -verify-diagnostics

// S6: of one level, unit 0's step comes first.
module attributes {snc.units = array<i64: 1, 1>} {
snc.kernel @k(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 0 lower_bound 0 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<4xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<4xf32>>
  snc.call @k unit 1 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%y : !snc.buffer<tensor<4xf32>>)
  // expected-error@+1 {{S6: calls of one step are not together, or a step comes before one of a lower level}}
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%z : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// S6: a step is one run of calls.
module attributes {snc.units = array<i64: 1, 1>} {
snc.kernel @k(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 64 lower_bound 16 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<4xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<4xf32>>
  %a = snc.buffer arena 0 : <tensor<4xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
  snc.call @k unit 1 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%y : !snc.buffer<tensor<4xf32>>)
  // expected-error@+1 {{S6: calls of one step are not together}}
  snc.call @k unit 0 reads(%a : !snc.buffer<tensor<4xf32>>) writes(%z : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// S6: a level is done before the next: unit 1's second call waits for unit 0, and
// unit 2's first waits for nobody.
module attributes {snc.units = array<i64: 1, 1, 1>} {
snc.kernel @k(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 64 lower_bound 16 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<4xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<4xf32>>
  %a = snc.buffer arena 0 : <tensor<4xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%a : !snc.buffer<tensor<4xf32>>)
  %e = snc.signal 0
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<4xf32>>) writes(%y : !snc.buffer<tensor<4xf32>>)
  // expected-error@+1 {{S6: calls of one step are not together, or a step comes before one of a lower level}}
  snc.call @k unit 2 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%z : !snc.buffer<tensor<4xf32>>)
}
}

// -----

// S6: steps run on units that the module has.
snc.kernel @k(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  snc.yield %0 : tensor<4xf32>
}
snc.program @main arena 0 lower_bound 0 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<4xf32>>
  // expected-error@+1 {{S6: there is no unit 0}}
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<4xf32>>) writes(%y : !snc.buffer<tensor<4xf32>>)
}
