// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An interpreter of tensor ops for constants. The importer has folded integer
// shape arithmetic already; what is left are weights that exporters compute.

#ifndef SNC_PASSES_CONSTANTEVALUATION_H
#define SNC_PASSES_CONSTANTEVALUATION_H

#include "ir/ConstantData.h"

namespace snc {

/// The elements of `value` in row-major order under another shape; shares the
/// bytes of a resource. Null where `value` holds no data.
mlir::ElementsAttr reshapeElements(mlir::ElementsAttr value, mlir::RankedTensorType type);

/// What `op`, one of the tensor level with one result, gives for these operand
/// values. Null for operators and element types that are not evaluated: movement
/// takes any, cast the usual numbers, arithmetic and reductions f32.
mlir::ElementsAttr evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands);

} // namespace snc

#endif // SNC_PASSES_CONSTANTEVALUATION_H
