// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// B2: partial sums have the shape of the sum.
func.func @main(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error@+1 {{B2: parts to add have the types of the results}}
  %0 = snc.branches add units [0, 1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %y : tensor<5xf32>
  }
  return
}

// -----

// B2: each branch has a part of each sum.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: parts to add have the types of the results}}
  %0:2 = snc.branches add units [0, 1] : tensor<4xf32>, tensor<4xf32> {
    snc.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: a sum is joined along no axis.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: only a concat has axes}}
  %0 = snc.branches add units [0, 1] axes [0] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: a concat says along which axis.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: a concat names one axis for each result}}
  %0 = snc.branches concat units [0, 1] : tensor<8xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: and it does so for each result.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: a concat names one axis for each result}}
  %0:2 = snc.branches concat units [0, 1] axes [0] : tensor<8xf32>, tensor<8xf32> {
    snc.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }, {
    snc.yield %x, %x : tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

// B2: a branch without its part leaves a hole.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: each branch yields a part of each result}}
  %0 = snc.branches concat units [0, 1] axes [0] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    "snc.yield"() : () -> ()
  }
  return
}

// -----

// B2: the axis is one of the result's.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: result 0 has no axis 1}}
  %0 = snc.branches concat units [0, 1] axes [1] : tensor<8xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: axes count from zero.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: result 0 has no axis -1}}
  %0 = snc.branches concat units [0, 1] axes [-1] : tensor<8xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: parts agree but for the axis.
func.func @main(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>) {
  // expected-error@+1 {{B2: a part of result 0 is 'tensor<4x3xf32>', the result 'tensor<8x2xf32>'}}
  %0 = snc.branches concat units [0, 1] axes [0] : tensor<8x2xf32> {
    snc.yield %x : tensor<4x2xf32>
  }, {
    snc.yield %y : tensor<4x3xf32>
  }
  return
}

// -----

// B2: a part has the rank of the whole.
func.func @main(%x: tensor<4x2xf32>, %y: tensor<4xf32>) {
  // expected-error@+1 {{B2: a part of result 0 is 'tensor<4xf32>', the result 'tensor<8x2xf32>'}}
  %0 = snc.branches concat units [0, 1] axes [0] : tensor<8x2xf32> {
    snc.yield %x : tensor<4x2xf32>
  }, {
    snc.yield %y : tensor<4xf32>
  }
  return
}

// -----

// B2: and its elements.
func.func @main(%x: tensor<4xf32>, %y: tensor<4xi64>) {
  // expected-error@+1 {{B2: a part of result 0 is 'tensor<4xi64>', the result 'tensor<8xf32>'}}
  %0 = snc.branches concat units [0, 1] axes [0] : tensor<8xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %y : tensor<4xi64>
  }
  return
}

// -----

// B2: rows computed twice are too many.
func.func @main(%x: tensor<1x2x4x3xf32>, %y: tensor<1x2x3x3xf32>) {
  // expected-error@+1 {{B2: the parts of result 0 have 7 of its 6 elements along axis 2}}
  %0 = snc.branches concat units [0, 1] axes [2] : tensor<1x2x6x3xf32> {
    snc.yield %x : tensor<1x2x4x3xf32>
  }, {
    snc.yield %y : tensor<1x2x3x3xf32>
  }
  return
}

// -----

// B2: a join makes nothing of what it gets.
func.func @main(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error@+1 {{B2: the results of a join are what its branches yield, in order}}
  %0:2 = snc.branches join units [0, 1] : tensor<5xf32>, tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %y : tensor<5xf32>
  }
  return
}

// -----

// B2: nor does it leave anything out.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: the results of a join are what its branches yield, in order}}
  %0 = snc.branches join units [0, 1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B2: a branch has a result.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B2: a branch ends in snc.yield}}
  %0 = snc.branches join units [0, 1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    %1 = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  }
  return
}

// -----

// B2: these are the ways to join.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected string or keyword containing one of the following enum values for attribute 'sync' [add, concat, join]}}
  %0 = snc.branches mean units [0, 1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}
