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
