// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// S1: a view at an offset ends inside its source.
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{S1: a view ends at byte 68 of a source of 64}}
  %v = snc.view %x at 36 : <tensor<16xf32>> to <tensor<8xf32>>
}

// -----

// S1: nor does it begin before it.
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{S1: a view begins at byte -32 of a source of 64}}
  %v = snc.view %x at -32 : <tensor<16xf32>> to <tensor<8xf32>>
}

// -----

// S1: a window ends with its last row: three rows of four do not begin at the second
// of three planes.
snc.program @main arena 384 lower_bound 384 weights 0 {
  %a = snc.buffer arena 0 : <tensor<1x3x4x8xf32>>
  // expected-error@+1 {{S1: a view ends at byte 416 of a source of 384}}
  %v = snc.view %a at 64 : <tensor<1x3x4x8xf32>> to <tensor<1x3x3x8xf32, #snc.window<4>>>
}

// -----

// S1: a buffer does not end before it begins.
snc.program @main arena 64 lower_bound 64 weights 0 {
  // expected-error@+1 {{S1: ends at byte 9223372036854775871 of a space of 64}}
  %a = snc.buffer arena 9223372036854775807 : <tensor<16xf32>>
}

// -----

// K3: a window is a number of rows.
// expected-error@+1 {{K3: a pitch is a number of rows, at least 1}}
func.func private @f(tensor<1x3x3x8xf32, #snc.window<0>>)

// -----

// K3: and so is that of blocks.
// expected-error@+1 {{K3: a pitch is a number of rows}}
func.func private @f(tensor<1x8x3x8xf32, #snc.blocked<8, pitch = -4>>)

// -----

// S2: the other half is not written.
snc.kernel @k(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = snc.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  snc.yield %0 : tensor<8xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<8xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<8xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %a0 = snc.view %a at 0 : <tensor<16xf32>> to <tensor<8xf32>>
  %a1 = snc.view %a at 32 : <tensor<16xf32>> to <tensor<8xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<8xf32>>) writes(%a0 : !snc.buffer<tensor<8xf32>>)
  // expected-error@+1 {{S2: reads a buffer that nothing has written}}
  snc.call @k reads(%a1 : !snc.buffer<tensor<8xf32>>) writes(%y : !snc.buffer<tensor<8xf32>>)
}

// -----

// S3: a kernel does not read what it writes.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  // expected-error@+1 {{S3: another operand shares bytes that it writes}}
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
}

// -----

// S3: not in part, either.
snc.kernel @k(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = snc.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  snc.yield %0 : tensor<8xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<8xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %a0 = snc.view %a at 0 : <tensor<16xf32>> to <tensor<8xf32>>
  %a1 = snc.view %a at 16 : <tensor<16xf32>> to <tensor<8xf32>>
  snc.call @k reads(%x : !snc.buffer<tensor<8xf32>>) writes(%a0 : !snc.buffer<tensor<8xf32>>)
  // expected-error@+1 {{S3: another operand shares bytes that it writes}}
  snc.call @k reads(%a0 : !snc.buffer<tensor<8xf32>>) writes(%a1 : !snc.buffer<tensor<8xf32>>)
}

// -----

// S3: one after the other in the text is not one after the other in time.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S3: the buffers at 0 and 0 share memory and are in use at the same time}}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 0 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
}

// -----

// Apart in time by a call alone, buffers of two units may share memory.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 0 : <tensor<16xf32>>
  %c = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%c : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%c : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 0 reads(%c : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S3: nor does it write two results to one place.
snc.kernel @two(%x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  %1 = snc.neg %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0, %1 : tensor<16xf32>, tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  // expected-error@+1 {{S3: another operand shares bytes that it writes}}
  snc.call @two reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a, %a : !snc.buffer<tensor<16xf32>>, !snc.buffer<tensor<16xf32>>)
}

// -----

// S1: memory that is no buffer has no place.
// expected-error@+1 {{S1: a program has no arguments but its buffers}}
"snc.program"() <{sym_name = "main", arena = 0 : i64, lower_bound = 0 : i64, weights = 0 : i64}> ({
^bb0(%a: !snc.buffer<tensor<16xf32>>):
  %v = snc.view %a : <tensor<16xf32>> to <tensor<4x4xf32>>
}) : () -> ()
