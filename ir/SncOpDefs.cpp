// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated op definitions, compiled once.

#include "ir/SncOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "ir/SncOps.cpp.inc"
