// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: reductions.

#include "frontend/Formula.h"
#include "frontend/Operators.h"

using namespace mlir;

namespace snc {

namespace {
/// The operand of a reduction and its axes, from the attribute or the operand; all of them
/// where neither is given, none where the model wants nothing reduced.
struct Reduction {
  NodeView &n;
  Formula f{n};
  Value x{};
  SmallVector<int64_t> axes{};

  LogicalResult read(bool floats);
  template <typename Op> Value apply(Value of, bool keepdims) {
    if (axes.empty())
      return of;
    return f.op<Op>({of}, {n.list("axes", axes), n.flag("keepdims", keepdims)});
  }
  template <typename Op> Value apply(Value of) { return apply<Op>(of, n.i("keepdims", 1) != 0); }
};

LogicalResult Reduction::read(bool floats) {
  x = operandOf(n, 0, floats);
  if (!x)
    return failure();
  auto given = n.axes(1, n.rank(0));
  if (failed(given))
    return failure();
  axes = *given;
  if (axes.empty() && n.i("noop_with_empty_axes", 0))
    return success();
  if (axes.empty())
    for (int64_t d = 0; d < n.rank(0); ++d)
      axes.push_back(d);
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  return success();
}
} // namespace

template <typename Op> static LogicalResult importReduce(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/false)))
    return failure();
  return n.set(0, r.apply<Op>(r.x));
}

LogicalResult importReduceMean(NodeView &n) { return importReduce<ReduceMeanOp>(n); }
LogicalResult importReduceSum(NodeView &n) { return importReduce<ReduceSumOp>(n); }
LogicalResult importReduceMax(NodeView &n) { return importReduce<ReduceMaxOp>(n); }
LogicalResult importReduceMin(NodeView &n) { return importReduce<ReduceMinOp>(n); }
LogicalResult importReduceProd(NodeView &n) { return importReduce<ReduceProdOp>(n); }

LogicalResult importReduceL1(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/false)))
    return failure();
  return n.set(0, r.apply<ReduceSumOp>(r.f.op<AbsOp>({r.x})));
}

LogicalResult importReduceL2(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/true)))
    return failure();
  return n.set(0, r.f.op<SqrtOp>({r.apply<ReduceSumOp>(r.f.square(r.x))}));
}

LogicalResult importReduceSumSquare(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/false)))
    return failure();
  return n.set(0, r.apply<ReduceSumOp>(r.f.square(r.x)));
}

LogicalResult importReduceLogSum(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/true)))
    return failure();
  return n.set(0, r.f.op<LogOp>({r.apply<ReduceSumOp>(r.x)}));
}

/// max + log(sum(exp(x - max))), which does not overflow.
LogicalResult importReduceLogSumExp(NodeView &n) {
  Reduction r{n};
  if (failed(r.read(/*floats=*/true)))
    return failure();
  if (r.axes.empty())
    return n.set(0, r.x);
  Value peak = r.apply<ReduceMaxOp>(r.x, /*keepdims=*/true);
  Value sum = r.apply<ReduceSumOp>(r.f.op<ExpOp>({r.f.sub(r.x, peak)}));
  if (!sum)
    return failure();
  return n.set(0, r.f.add(r.f.op<LogOp>({sum}), r.f.reshape(peak, tensorType(sum).getShape())));
}

static Value argMax(NodeView &n, Formula &f, Value x, int64_t axis, bool keepdims, bool last) {
  return f.op<ArgMaxOp>(
      {x}, {n.number("axis", axis), n.flag("keepdims", keepdims), n.flag("select_last", last)});
}

static LogicalResult importArg(NodeView &n, bool least) {
  Formula f(n);
  Value x = operandOf(n, 0, /*floats=*/false);
  if (!x)
    return failure();
  auto axis = n.axis(n.i("axis", 0), n.rank(0));
  if (failed(axis))
    return failure();
  // Of integers -1 - x, all bits turned over, is in range where -x is not.
  bool floats = isa<FloatType>(n.type(0).getElementType());
  if (least)
    x = floats ? f.op<NegOp>({x}) : f.sub(f.number(-1, x), x);
  return n.set(0,
               argMax(n, f, x, *axis, n.i("keepdims", 1) != 0, n.i("select_last_index", 0) != 0));
}

LogicalResult importArgMax(NodeView &n) { return importArg(n, /*least=*/false); }
LogicalResult importArgMin(NodeView &n) { return importArg(n, /*least=*/true); }

/// One at the first largest element along the axis, zero elsewhere. Before opset 13 the tensor
/// is a matrix, cut at the axis.
LogicalResult importHardmax(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  if (!x)
    return failure();
  auto axis = n.axis(n.i("axis", n.opset() < 13 ? 1 : -1), n.rank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> given = n.type(0).getShape();
  SmallVector<int64_t> shape(given);
  if (n.opset() < 13) {
    shape = {ShapedType::getNumElements(given.take_front(size_t(*axis))),
             ShapedType::getNumElements(given.drop_front(size_t(*axis)))};
    x = f.reshape(x, shape);
    axis = 1;
  }
  Value best = argMax(n, f, x, *axis, /*keepdims=*/true, /*last=*/false);
  SmallVector<int64_t> places, placeShape(shape.size(), 1);
  for (int64_t i = 0; i < shape[size_t(*axis)]; ++i)
    places.push_back(i);
  placeShape[size_t(*axis)] = int64_t(places.size());
  auto type = RankedTensorType::get(placeShape, n.builder().getI64Type());
  Value place = n.builder().create<ConstantOp>(
      n.location(), type, DenseElementsAttr::get(type, ArrayRef<int64_t>(places)));
  Value one = f.cast(f.equal(place, best), n.type(0).getElementType());
  return n.set(0, f.reshape(one, given));
}

} // namespace snc
