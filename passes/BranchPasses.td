// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that carry out a branch plan.

#ifndef SNC_BRANCH_PASSES_TD
#define SNC_BRANCH_PASSES_TD

include "mlir/Pass/PassBase.td"

def InsertBranches : Pass<"snc-insert-branches", "::mlir::ModuleOp"> {
  let summary = "splits @main into branches as a plan says";
  let description = [{
    Requires: tensor level; the plan counts nodes as `search/NetworkGraph`
    does. Ensures: each split segment of the plan is a `snc.branches` (and a
    second one where elementwise operators follow a sum), operators of single
    segments have `snc.unit`, the module has `snc.units`, and @main computes
    the same function. Operands that only a part is needed of are sliced,
    weights included. A plan that cannot be carried out exactly is an error
    that names the node in the way.
  }];
  let options = [Option<"file", "plan", "std::string", "", "the plan, as plan.json">];
  let dependentDialects = ["::snc::SncDialect"];
}

def LowerBranches : Pass<"snc-lower-branches", "::mlir::ModuleOp"> {
  let summary = "turns branches into operators with a unit, and syncs into joins";
  let description = [{
    Ensures: there is no `snc.branches`; what was in branch i has `snc.unit`,
    concat syncs are `snc.concat`, add syncs are additions, each unit a share
    of the channels. A slice of a concat that is one of its parts is that part.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def InsertTransfers : Pass<"snc-insert-transfers", "::mlir::ModuleOp"> {
  let summary = "copies values between the host's and a GPU's memory where units need them";
  let description = [{
    Requires: operators have their unit, no layouts yet. Ensures: an operator on
    the GPU's unit (`snc.devices`) reads values that were computed there or came
    there by `snc.transfer`, and all others, and the results of @main, values of the
    host. A value crosses once in each direction at most. Of a slice the slice
    crosses, and a concat that both sides read is made on both, of the parts that
    each lacks. Downloads follow what computes the value, uploads come before
    the first operator that needs them.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def ElideCopies : Pass<"snc-elide-copies", "::mlir::ModuleOp"> {
  let summary = "lets slices and concats share memory with their operands";
  let description = [{
    Requires: layouts are chosen. Ensures: a slice or concat marked
    `snc.in_place` moves nothing: its parts are contiguous or windows of rows
    of the whole, and get that as their layout. A part that cannot be written
    there (an argument, a constant, a part twice) is copied.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

#endif // SNC_BRANCH_PASSES_TD
