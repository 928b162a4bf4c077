// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: comparisons, logic, choice.

#include "frontend/Formula.h"
#include "frontend/Operators.h"

using namespace mlir;

namespace snc {

template <typename Op> static LogicalResult importPair(NodeView &n, bool swapped = false) {
  Value a = operandOf(n, 0, /*floats=*/false), b = operandOf(n, 1, /*floats=*/false);
  return n.set(0, swapped ? Formula(n).op<Op>({b, a}) : Formula(n).op<Op>({a, b}));
}

LogicalResult importLess(NodeView &n) { return importPair<LessOp>(n); }
LogicalResult importLessOrEqual(NodeView &n) { return importPair<LessEqualOp>(n); }
LogicalResult importGreater(NodeView &n) { return importPair<LessOp>(n, /*swapped=*/true); }
LogicalResult importGreaterOrEqual(NodeView &n) {
  return importPair<LessEqualOp>(n, /*swapped=*/true);
}
LogicalResult importEqual(NodeView &n) { return importPair<EqualOp>(n); }

/// Operand \p k, of truth values. Null after a diagnostic otherwise.
static Value truth(NodeView &n, int k) {
  Value v = operandOf(n, k, /*floats=*/false);
  if (!v || n.type(k).getElementType().isInteger(1))
    return v;
  n.fail() << "operand " << k << " is of " << n.type(k).getElementType() << ", not of bool";
  return {};
}

static Value negated(Formula &f, Value v) { return f.equal(v, f.number(0, v)); }

LogicalResult importNot(NodeView &n) {
  Formula f(n);
  return n.set(0, negated(f, truth(n, 0)));
}

LogicalResult importAnd(NodeView &n) {
  return n.set(0, Formula(n).op<MinOp>({truth(n, 0), truth(n, 1)}));
}

LogicalResult importOr(NodeView &n) {
  return n.set(0, Formula(n).op<MaxOp>({truth(n, 0), truth(n, 1)}));
}

LogicalResult importXor(NodeView &n) {
  Formula f(n);
  return n.set(0, negated(f, f.equal(truth(n, 0), truth(n, 1))));
}

LogicalResult importWhere(NodeView &n) {
  Value condition = truth(n, 0);
  Value a = operandOf(n, 1, /*floats=*/false), b = operandOf(n, 2, /*floats=*/false);
  return n.set(0, Formula(n).select(condition, a, b));
}

} // namespace snc
