// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands that lie in a GPU's memory as IEEE half (ir/HalfStorage.h), while all arithmetic
// is f32: a load is a conversion, and so is the store of the result.

#ifndef SNC_CODEGEN_LOWER_STOREDHALF_H
#define SNC_CODEGEN_LOWER_STOREDHALF_H

#include "codegen/lower/Lowering.h"
#include "ir/Target.h"

namespace snc {

/// The type of an element in memory: halves are bits where the device's language has the type
/// as an extension alone (OpenCL C).
hl::Type storageType(mlir::Type element, Device device);

/// A stored element as a number: f32 of a half, anything else as it is. Exact; a NaN stays one.
hl::Expr loaded(const hl::Expr &element, mlir::Type stored);

/// A number as it is stored: of f32 the nearest half, ties to even, as denormal or infinity
/// where it is too small or large. A NaN stays one.
hl::Expr stored(const hl::Expr &value, mlir::Type stored, Device device);

/// The type of a Func with updates whose value has `element`s. Nothing can wrap it, so where
/// the kernel stores halves, its updates write these: on a GPU it is the kernel's result.
hl::Type typeOfUpdates(const LoweredKernel &kernel, mlir::Type element);

} // namespace snc

#endif // SNC_CODEGEN_LOWER_STOREDHALF_H
