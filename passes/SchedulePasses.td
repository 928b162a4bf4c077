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

#endif // SNC_SCHEDULE_PASSES_TD
