// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape inference and verification of the math family.

#include "ir/ShapeInference.h"

using namespace mlir;
using namespace snc;

using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;

// An elementwise result keeps its operand's layout.
#define SNC_SAME_TYPE(OP)                                                                          \
  LogicalResult OP::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor a, Types &types) {           \
    types.push_back(a.getInput().getType());                                                       \
    return success();                                                                              \
  }

SNC_SAME_TYPE(ReluOp)
SNC_SAME_TYPE(LeakyReluOp)
SNC_SAME_TYPE(ClampOp)
SNC_SAME_TYPE(SigmoidOp)
SNC_SAME_TYPE(HardSigmoidOp)
SNC_SAME_TYPE(HardSwishOp)
SNC_SAME_TYPE(SwishOp)
SNC_SAME_TYPE(TanhOp)
SNC_SAME_TYPE(EluOp)
SNC_SAME_TYPE(SeluOp)
SNC_SAME_TYPE(ExpOp)
SNC_SAME_TYPE(LogOp)
SNC_SAME_TYPE(SqrtOp)
SNC_SAME_TYPE(NegOp)
SNC_SAME_TYPE(AbsOp)
SNC_SAME_TYPE(ErfOp)
SNC_SAME_TYPE(SinOp)
SNC_SAME_TYPE(CosOp)
SNC_SAME_TYPE(FloorOp)
SNC_SAME_TYPE(CeilOp)
SNC_SAME_TYPE(RoundOp)

static LogicalResult checkAxis(MaybeLoc loc, Value input, int64_t axis) {
  int64_t rank = tensorType(input).getRank();
  if (axis >= 0 && axis < rank)
    return success();
  return emitOptionalError(loc, "T2: axis ", axis, " is outside a tensor of rank ", rank);
}

#define SNC_SAME_TYPE_WITH_AXIS(OP)                                                                \
  LogicalResult OP::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {       \
    types.push_back(a.getInput().getType());                                                       \
    return checkAxis(loc, a.getInput(), a.getAxis());                                              \
  }

SNC_SAME_TYPE_WITH_AXIS(SoftmaxOp)
SNC_SAME_TYPE_WITH_AXIS(LogSoftmaxOp)

LogicalResult CastOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor a, Types &types) {
  types.push_back(tensorType(a.getInput()).clone(a.getTo()));
  return success();
}

/// \p element is the result's; the operands' where it is null.
static LogicalResult inferBinary(MaybeLoc loc, Value lhs, Value rhs, Types &types,
                                 Type element = {}) {
  auto l = tensorType(lhs), r = tensorType(rhs);
  if (l.getElementType() != r.getElementType())
    return emitOptionalError(loc, "T3: operand element types differ: ", l.getElementType(), " and ",
                             r.getElementType());
  auto shape = broadcastShapes(l.getShape(), r.getShape());
  if (!shape)
    return emitOptionalError(loc, "T3: shapes ", shapeText(l.getShape()), " and ",
                             shapeText(r.getShape()), " do not broadcast");
  return inferShape(loc, *shape, element ? element : l.getElementType(), types);
}

#define SNC_BROADCAST(OP)                                                                          \
  LogicalResult OP::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {       \
    return inferBinary(loc, a.getLhs(), a.getRhs(), types);                                        \
  }

SNC_BROADCAST(AddOp)
SNC_BROADCAST(SubOp)
SNC_BROADCAST(MulOp)
SNC_BROADCAST(DivOp)
SNC_BROADCAST(MinOp)
SNC_BROADCAST(MaxOp)
SNC_BROADCAST(PowOp)
SNC_BROADCAST(PReluOp)

#define SNC_COMPARE(OP)                                                                            \
  LogicalResult OP::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor a,                \
                                     Types &types) {                                               \
    return inferBinary(loc, a.getLhs(), a.getRhs(), types, IntegerType::get(context, 1));          \
  }

SNC_COMPARE(LessOp)
SNC_COMPARE(LessEqualOp)
SNC_COMPARE(EqualOp)

LogicalResult SelectOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto condition = tensorType(a.getCondition());
  if (!condition.getElementType().isInteger(1))
    return emitOptionalError(loc, "T3: the condition is of ", condition.getElementType(),
                             ", not of i1");
  SmallVector<Type> chosen;
  if (failed(inferBinary(loc, a.getLhs(), a.getRhs(), chosen)))
    return failure();
  auto type = cast<RankedTensorType>(chosen.front());
  auto shape = broadcastShapes(condition.getShape(), type.getShape());
  if (!shape)
    return emitOptionalError(loc, "T3: the condition's shape ", shapeText(condition.getShape()),
                             " and ", shapeText(type.getShape()), " do not broadcast");
  return inferShape(loc, *shape, type.getElementType(), types);
}

LogicalResult MatMulOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto lhs = tensorType(a.getLhs()), rhs = tensorType(a.getRhs());
  SmallVector<int64_t> l(lhs.getShape()), r(rhs.getShape());
  if (l.empty() || r.empty())
    return emitOptionalError(loc, "T4: matmul needs operands of rank 1 or more");
  bool dropRow = l.size() == 1, dropColumn = r.size() == 1;
  if (dropRow)
    l.insert(l.begin(), 1);
  if (dropColumn)
    r.push_back(1);
  if (l.back() != r[r.size() - 2])
    return emitOptionalError(loc, "T4: inner dimensions of ", shapeText(lhs.getShape()), " and ",
                             shapeText(rhs.getShape()), " differ");
  auto batch = broadcastShapes(ArrayRef(l).drop_back(2), ArrayRef(r).drop_back(2));
  if (!batch)
    return emitOptionalError(loc, "T4: batch dimensions do not broadcast");
  if (!dropRow)
    batch->push_back(l[l.size() - 2]);
  if (!dropColumn)
    batch->push_back(r.back());
  return inferShape(loc, *batch, lhs.getElementType(), types);
}

LogicalResult GemmOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto l = tensorType(a.getA()), r = tensorType(a.getB());
  if (l.getRank() != 2 || r.getRank() != 2)
    return emitOptionalError(loc, "T4: gemm needs matrices, got ", shapeText(l.getShape()), " and ",
                             shapeText(r.getShape()));
  int64_t m = l.getDimSize(a.getTransA() ? 1 : 0), k = l.getDimSize(a.getTransA() ? 0 : 1);
  int64_t n = r.getDimSize(a.getTransB() ? 0 : 1), k2 = r.getDimSize(a.getTransB() ? 1 : 0);
  if (k != k2)
    return emitOptionalError(loc, "T4: inner dimensions of ", shapeText(l.getShape()), " and ",
                             shapeText(r.getShape()), " differ");
  SmallVector<int64_t> shape{m, n};
  if (a.getC() && broadcastShapes(shape, tensorType(a.getC()).getShape()) != shape)
    return emitOptionalError(loc, "T4: C does not broadcast to ", shapeText(shape));
  return inferShape(loc, shape, l.getElementType(), types);
}

static LogicalResult inferReduce(MaybeLoc loc, Value input, ArrayRef<int64_t> axes, bool keepdims,
                                 Type element, Types &types) {
  SmallVector<int64_t> shape;
  for (int64_t axis : axes)
    if (failed(checkAxis(loc, input, axis)))
      return failure();
  for (auto [d, extent] : llvm::enumerate(tensorType(input).getShape())) {
    bool reduced = llvm::is_contained(axes, int64_t(d));
    if (!reduced || keepdims)
      shape.push_back(reduced ? 1 : extent);
  }
  return inferShape(loc, shape, element, types);
}

#define SNC_REDUCE(OP)                                                                             \
  LogicalResult OP::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {       \
    return inferReduce(loc, a.getInput(), a.getAxes(), a.getKeepdims(),                            \
                       tensorType(a.getInput()).getElementType(), types);                          \
  }

SNC_REDUCE(ReduceMeanOp)
SNC_REDUCE(ReduceSumOp)
SNC_REDUCE(ReduceMaxOp)
SNC_REDUCE(ReduceMinOp)
SNC_REDUCE(ReduceProdOp)

LogicalResult ArgMaxOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor a,
                                         Types &types) {
  return inferReduce(loc, a.getInput(), int64_t(a.getAxis()), a.getKeepdims(),
                     IntegerType::get(context, 64), types);
}
