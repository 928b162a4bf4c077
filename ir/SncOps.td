// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All ops of the dialect, for one tablegen run.

include "ir/MathOps.td"
include "ir/NNOps.td"
include "ir/TensorOps.td"
include "ir/BranchOps.td"
include "ir/KernelOps.td"
include "ir/ScheduleOps.td"
