// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that decide how kernels are computed.

#ifndef SNC_SCHEDULE_PASSES_TD
#define SNC_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChooseSchedules : Pass<"snc-choose-schedules", "::mlir::ModuleOp"> {
  let summary = "gives every kernel a schedule family and its numbers";
  let description = [{
    Requires: kernel level. Ensures: each `snc.kernel` has a `schedule`
    attribute, a function of its body, the target's registers and the number
    of threads (K4): the first of its menu, or what `choices` says.
    docs/schedules.md explains the rules.
  }];
  let options = [
    Option<"choices", "choices", "std::string", "",
           "JSON file of schedules by key of kernel; others get the first of their menu">,
    Option<"winograd", "winograd", "bool", "true",
           "Let 3x3 convolutions use Winograd's algorithm where it is faster">,
  ];
  let dependentDialects = ["::snc::SncDialect"];
}

def PackWeights : Pass<"snc-pack-weights", "::mlir::ModuleOp"> {
  let summary = "gives constant weights the memory order of their kernel's schedule";
  let description = [{
    Requires: schedules are chosen. Ensures: the constant weights and biases of
    scheduled convolutions and matrix products carry `#snc.packed` or
    `#snc.blocked`, in the kernel and where it is launched (K5). Weights that
    are computed at run time stay as they are.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def StoreHalf : Pass<"snc-store-half", "::mlir::ModuleOp"> {
  let summary = "stores in half precision what lies in the GPU's memory alone";
  let description = [{
    Requires: schedules are chosen, weights are packed, each kernel has one launch.
    Ensures: f32 values that kernels of the GPU alone write and read, and their
    constant weights, are f16 in @main; kernels begin and end with `snc.cast`s of
    these, round to nearest even, and compute in f32 between.

    These stay f32: what a transfer moves, and so all of the host's memory;
    values that share memory with such a one; parts that would begin at a byte
    where no kernel of the GPU may; vectors (biases, factors of channels) and
    constants of at most 16 elements; and a weight with a number that no half
    is near to, 65520 or above.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

#endif // SNC_SCHEDULE_PASSES_TD
