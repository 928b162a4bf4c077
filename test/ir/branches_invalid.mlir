// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: syncnas-opt %s -split-input-file -verify-diagnostics

// B1: one branch is no split.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B1: has 1 branches and 1 units; as many of both, at least two, are needed}}
  %0 = snc.branches add units [0] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B1: each branch has its unit.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B1: has 2 branches and 3 units}}
  %0 = snc.branches add units [0, 1, 2] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B1: a unit runs one branch.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B1: two branches run on unit 1}}
  %0 = snc.branches add units [1, 1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B1: the module knows its units.
module attributes {snc.units = array<i64: 1, 1>} {
  func.func @main(%x: tensor<4xf32>) {
    // expected-error@+1 {{B1: there is no unit 2}}
    %0 = snc.branches add units [0, 2] : tensor<4xf32> {
      snc.yield %x : tensor<4xf32>
    }, {
      snc.yield %x : tensor<4xf32>
    }
    return
  }
}

// -----

// B1: all units at once are no unit.
func.func @main(%x: tensor<4xf32>) {
  // expected-error@+1 {{B1: there is no unit -1}}
  %0 = snc.branches add units [0, -1] : tensor<4xf32> {
    snc.yield %x : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

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

// B3: a branch does not see what another one computes.
func.func @main(%x: tensor<4xf32>) {
  %0:2 = snc.branches join units [0, 1] : tensor<4xf32>, tensor<4xf32> {
    %a = snc.relu %x : (tensor<4xf32>) -> tensor<4xf32>
    snc.yield %a : tensor<4xf32>
  }, {
    // expected-error@+1 {{use of undeclared SSA value name}}
    %b = snc.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    snc.yield %b : tensor<4xf32>
  }
  return
}

// -----

// B3: nor its own result before the sync.
func.func @main(%x: tensor<4xf32>) {
  // expected-note@+1 {{operand defined here (op in a parent region)}}
  %0 = snc.branches add units [0, 1] : tensor<4xf32> {
    // expected-error@+1 {{does not dominate this use}}
    %a = snc.relu %0 : (tensor<4xf32>) -> tensor<4xf32>
    snc.yield %a : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
  }
  return
}

// -----

// B4: branches of branches would want units of units.
func.func @main(%x: tensor<4xf32>) {
  %0 = snc.branches add units [0, 1] : tensor<4xf32> {
    // expected-error@+1 {{B4: branches do not nest}}
    %1 = snc.branches add units [2, 3] : tensor<4xf32> {
      snc.yield %x : tensor<4xf32>
    }, {
      snc.yield %x : tensor<4xf32>
    }
    snc.yield %1 : tensor<4xf32>
  }, {
    snc.yield %x : tensor<4xf32>
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
