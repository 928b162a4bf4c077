// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The `snc` dialect in C++: attributes, types and ops.

#ifndef SNC_IR_SNCOPS_H
#define SNC_IR_SNCOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace snc {

/// True when both lists hold tensors of the same shapes and element types;
/// layouts are ignored.
bool sameShapes(mlir::TypeRange l, mlir::TypeRange r);

} // namespace snc

#include "ir/SncDialect.h.inc"
#include "ir/SncEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/SncAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/SncTypes.h.inc"
#define GET_OP_CLASSES
#include "ir/SncOps.h.inc"

#endif // SNC_IR_SNCOPS_H
