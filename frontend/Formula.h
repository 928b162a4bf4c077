// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that become several ops: arithmetic on values at a node.

#ifndef SNC_FRONTEND_FORMULA_H
#define SNC_FRONTEND_FORMULA_H

#include "frontend/NodeView.h"

namespace snc {

/// Makes ops at a node. Operands are broadcast as in numpy. A null operand, and an op
/// whose operands do not fit (which has emitted its diagnostic), gives null, so that only
/// the end of a formula is looked at: NodeView::set() fails for null.
class Formula {
public:
  explicit Formula(NodeView &node) : n(node) {}

  template <typename Op>
  mlir::Value op(mlir::ValueRange operands, llvm::ArrayRef<mlir::NamedAttribute> attrs = {}) {
    if (!llvm::all_of(operands, [](mlir::Value v) { return bool(v); }))
      return {};
    mlir::FailureOr<mlir::Value> made = n.make<Op>(operands, attrs);
    return succeeded(made) ? *made : mlir::Value();
  }

  mlir::Value add(mlir::Value a, mlir::Value b) { return op<AddOp>({a, b}); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return op<SubOp>({a, b}); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return op<MulOp>({a, b}); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return op<DivOp>({a, b}); }
  mlir::Value less(mlir::Value a, mlir::Value b) { return op<LessOp>({a, b}); }
  mlir::Value equal(mlir::Value a, mlir::Value b) { return op<EqualOp>({a, b}); }
  mlir::Value square(mlir::Value x) { return mul(x, x); }
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b) {
    return op<SelectOp>({condition, a, b});
  }
  mlir::Value cast(mlir::Value x, mlir::Type element);
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<int64_t> shape);

  /// A reduction over `axes` (sorted, non-negative) that keeps them, of extent 1.
  template <typename Op> mlir::Value over(mlir::Value x, llvm::ArrayRef<int64_t> axes) {
    return op<Op>({x}, {n.list("axes", axes), n.flag("keepdims", true)});
  }

  /// `value` as a scalar of the element type of `like`; null where `like` is.
  mlir::Value number(double value, mlir::Value like);
  /// `value` `count` times, as a vector of f32.
  mlir::Value numbers(float value, int64_t count);

private:
  NodeView &n;
};

/// Operand \p k, which must be given and, where \p floats, of f32. Null after a diagnostic
/// otherwise.
mlir::Value operandOf(NodeView &n, int k, bool floats = true);

} // namespace snc

#endif // SNC_FRONTEND_FORMULA_H
