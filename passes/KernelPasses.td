// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes from the tensor level to kernels and on to a program in memory.

#ifndef SNC_KERNEL_PASSES_TD
#define SNC_KERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def SplitGroups : Pass<"snc-split-groups", "::mlir::ModuleOp"> {
  let summary = "cuts convolutions of several groups into dense ones";
  let description = [{
    Requires: operators have their unit, no layouts yet. Ensures: a convolution of
    constant weights has one group, or is depthwise, or runs on a GPU; others are
    slices of channels, dense convolutions and a concat, which all end where channel
    blocks do wherever that pays. Groups that share a block are one convolution with
    zeros between them, so an infinity in one can make NaN of the others' results.
    Elementwise operators behind it act on the parts. A depthwise convolution has
    one output for each input; with more it is cut like all others.

    It stands behind the branches, which cut groups as they are.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def ChooseLayouts : Pass<"snc-choose-layouts", "::mlir::ModuleOp"> {
  let summary = "gives every activation of @main a memory layout";
  let description = [{
    Requires: tensor level, no layouts yet. Ensures: convolution results and
    what follows them are in channel blocks (`#snc.blocked`), arguments and
    results of @main stay plain, and a `snc.relayout` stands where an operator
    needs another layout than its operand has.

    A layout is a matter of speed alone: every operator computes the same on
    any mix of layouts.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def FormKernels : Pass<"snc-form-kernels", "::mlir::ModuleOp"> {
  let summary = "outlines the operators of @main into kernels";
  let description = [{
    Requires: tensor level with layouts. Ensures: @main holds constants,
    reshapes of plain tensors, relayouts that move no byte, and `snc.launch`es
    of kernels with one result; every result of @main is the result of a
    launch of its own, or a view of it.

    A kernel is an operator and the elementwise operators after it; no value
    inside has a user outside, so kernels never wait for each other in a circle.
  }];
  let options = [
    Option<"gatePrologue", "gate-prologue", "bool", "false",
           "let a pointwise convolution multiply its input by a per-channel gate">,
    Option<"fuseInvertedResidual", "fuse-inverted-residual", "bool", "false",
           "join expand, depthwise and project convolutions into one kernel">,
    Option<"fuseExpandBytes", "fuse-expand-bytes", "int64_t", "0",
           "join a convolution and the depthwise one that reads it where a thread's share of the tensor between them is larger; 0: never">,
  ];
  let dependentDialects = ["::snc::SncDialect"];
}

def DedupKernels : Pass<"snc-dedup-kernels", "::mlir::ModuleOp"> {
  let summary = "keeps one of equal kernels and names it after its content";
  let description = [{
    Kernels with the same text, apart from names and locations, become one.
    Its name is `k_` and 16 hex digits of a hash of that text, the target and
    the thread count, so that equal work has one name in every model.
  }];
}

def PlanMemory : Pass<"snc-plan-memory", "::mlir::ModuleOp"> {
  let summary = "turns @main into a program whose buffers have a place";
  let description = [{
    Requires: kernel level, as `snc-form-kernels` leaves it. Ensures: @main is
    a `snc.program`; results are written straight to the caller's memory;
    buffers that are never alive together share the arena; a weight is stored
    once, in order of first use. The program states the arena's size and its
    lower bound.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

#endif // SNC_KERNEL_PASSES_TD
