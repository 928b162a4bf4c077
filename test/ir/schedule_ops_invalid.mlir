// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// S1: a buffer ends inside its space.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: ends at byte 128 of a space of 64}}
  %a = snc.buffer arena 64 : <tensor<16xf32>>
}

// -----

// S1: padding of a layout counts: 10 channels in blocks of 8 are 16.
snc.program @main arena 40 lower_bound 40 weights 0 {
  // expected-error@+1 {{S1: ends at byte 64 of a space of 40}}
  %a = snc.buffer arena 0 : <tensor<1x10x1x1xf32, #snc.blocked<8>>>
}

// -----

// S1: weights end inside theirs.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: ends at byte 65 of a space of 64}}
  %w = snc.buffer weights 1 {value = dense<1.0> : tensor<16xf32>} : <tensor<16xf32>>
}

// -----

// S1: nothing stands before its space.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: ends at byte 0 of a space of 64}}
  %a = snc.buffer arena -64 : <tensor<16xf32>>
}

// -----

// S1: an input says which one it is.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: exactly inputs and outputs have an index}}
  %x = snc.buffer input 0 : <tensor<16xf32>>
}

// -----

// S1: the arena has no numbered buffers.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: exactly inputs and outputs have an index}}
  %a = snc.buffer arena 0 {index = 0 : i64} : <tensor<16xf32>>
}

// -----

// S1: weights without a value would hold anything.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: exactly weights have a value}}
  %w = snc.buffer weights 0 : <tensor<16xf32>>
}

// -----

// S1: the caller's memory starts where the caller says.
snc.program @main arena 64 lower_bound 64 weights 64 {
  // expected-error@+1 {{S1: the caller's memory has no offset}}
  %x = snc.buffer input 4 {index = 0 : i64} : <tensor<16xf32>>
}

// -----

// S1: a view without an offset neither grows nor shrinks.
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{S1: a view ends at byte 60 of a source of 64}}
  %v = snc.view %x : <tensor<16xf32>> to <tensor<15xf32>>
}

// -----

// S2: a buffer is written before it is read.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  // expected-error@+1 {{S2: reads a buffer that nothing has written}}
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S2: a view does not hide that nothing has written.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<4x4xf32>>
  %v = snc.view %a : <tensor<4x4xf32>> to <tensor<16xf32>>
  // expected-error@+1 {{S2: reads a buffer that nothing has written}}
  snc.call @k reads(%v : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S2: a model's input is not written.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{S2: writes to weights or to an input}}
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%x : !snc.buffer<tensor<16xf32>>)
}

// -----

// S3: what a call reads and writes does not overlap, even in part.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S3: the buffers at 0 and 32 share memory and are in use at the same time}}
snc.program @main arena 96 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 32 : <tensor<16xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S3: a buffer that is read again later is still alive.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S3: the buffers at 0 and 0 share memory and are in use at the same time}}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// K2: a call names a kernel that exists.
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{K2: there is no kernel @k}}
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// K2: a call's buffers have the types of the kernel.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<4x4xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{K2: buffers differ from the types of kernel @k}}
  snc.call @k reads(%x : !snc.buffer<tensor<4x4xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// Apart in time, two buffers may share memory.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 64 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}
