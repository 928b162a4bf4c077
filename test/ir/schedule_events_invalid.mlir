// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// S4: what another unit computes is waited for.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 0 and 1 use the same bytes in no order}}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: a wait after the fact is too late.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 0 and 1 use the same bytes in no order}}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: an event does not stand for what its unit does later.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 1 and 2 use the same bytes in no order}}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.call @k unit 0 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: two units do not write the same result.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 0 and 1 use the same bytes in no order}}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: a wait that nothing follows holds nobody.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  // expected-error@+1 {{S4: the unit does nothing after it}}
  snc.wait 1 for %e
}

// -----

// S4: a unit that has done nothing has nothing to tell.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  // expected-error@+1 {{S4: the unit has done nothing yet}}
  %e = snc.signal 1
  snc.wait 0 for %e
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S5: one order twice.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  // expected-error@+1 {{S5: nothing is lost without this wait}}
  snc.wait 1 for %e
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S5: units that share nothing do not wait.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  // expected-error@+1 {{S5: nothing is lost without this wait}}
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
}

// -----

// S5: a unit does not wait for itself.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 64 lower_bound 64 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  // expected-error@+1 {{S5: nothing is lost without this wait}}
  snc.wait 0 for %e
  snc.call @k unit 0 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S5: who has waited once knows what came before.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.call @k unit 0 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  %f = snc.signal 0
  // expected-error@+1 {{S5: nothing is lost without this wait}}
  snc.wait 1 for %e
  snc.wait 1 for %f
  snc.call @k unit 1 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
}

// -----

// S5: where a call runs alone, all have met.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %z = snc.buffer output 0 {index = 1 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.call @k reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  snc.call @k unit 0 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%z : !snc.buffer<tensor<16xf32>>)
  // expected-error@+1 {{S5: nothing is lost without this wait}}
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// Three units hand on to each other: both waits are needed (the next two say so).
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  %f = snc.signal 1
  snc.wait 2 for %f
  snc.call @k unit 2 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: the same without the first wait.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 0 and 1 use the same bytes in no order}}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  %f = snc.signal 1
  snc.wait 2 for %f
  snc.call @k unit 2 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}

// -----

// S4: the same without the second.
snc.kernel @k(%x: tensor<16xf32>) -> tensor<16xf32> {
  %0 = snc.relu %x : (tensor<16xf32>) -> tensor<16xf32>
  snc.yield %0 : tensor<16xf32>
}
// expected-error@+1 {{S4: calls 1 and 2 use the same bytes in no order}}
snc.program @main arena 128 lower_bound 128 weights 0 {
  %x = snc.buffer input 0 {index = 0 : i64} : <tensor<16xf32>>
  %y = snc.buffer output 0 {index = 0 : i64} : <tensor<16xf32>>
  %a = snc.buffer arena 0 : <tensor<16xf32>>
  %b = snc.buffer arena 64 : <tensor<16xf32>>
  snc.call @k unit 0 reads(%x : !snc.buffer<tensor<16xf32>>) writes(%a : !snc.buffer<tensor<16xf32>>)
  %e = snc.signal 0
  snc.wait 1 for %e
  snc.call @k unit 1 reads(%a : !snc.buffer<tensor<16xf32>>) writes(%b : !snc.buffer<tensor<16xf32>>)
  %f = snc.signal 1
  snc.call @k unit 2 reads(%b : !snc.buffer<tensor<16xf32>>) writes(%y : !snc.buffer<tensor<16xf32>>)
}
