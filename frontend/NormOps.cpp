// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: normalisations along axes. Variances are means of the squares of what is left
// of the mean: squares of the raw values would lose their digits.

#include "frontend/Formula.h"
#include "frontend/Operators.h"

#include <numeric>

using namespace mlir;

namespace snc {

/// begin, begin + 1, ..., end - 1.
static SmallVector<int64_t> axesFrom(int64_t begin, int64_t end) {
  SmallVector<int64_t> axes(size_t(std::max<int64_t>(end - begin, 0)));
  std::iota(axes.begin(), axes.end(), begin);
  return axes;
}

/// Of Ba, Kiros and Hinton, "Layer Normalization": over the axes from `axis` on. The mean and
/// the inverse of the deviation are results too.
LogicalResult importLayerNorm(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0), scale = operandOf(n, 1);
  if (!x || !scale)
    return failure();
  auto axis = n.axis(n.i("axis", -1), n.rank(0));
  if (failed(axis))
    return failure();
  SmallVector<int64_t> axes = axesFrom(*axis, n.rank(0));
  Value mean = f.over<ReduceMeanOp>(x, axes), centred = f.sub(x, mean);
  Value variance = f.over<ReduceMeanOp>(f.square(centred), axes);
  Value deviation = f.op<SqrtOp>({f.add(variance, f.number(n.f("epsilon", 1e-5f), x))});
  Value inverse = f.div(f.number(1, x), deviation);
  Value y = f.mul(f.mul(centred, inverse), scale);
  if (n.hasInput(2))
    y = f.add(y, operandOf(n, 2));
  if (failed(n.set(0, y)))
    return failure();
  return success((!n.hasOutput(1) || succeeded(n.set(1, mean))) &&
                 (!n.hasOutput(2) || succeeded(n.set(2, inverse))));
}

/// Of Wu and He, "Group Normalization": an instance normalisation of N x groups x rest. Before
/// opset 21 scale and bias are of groups, since then of channels.
LogicalResult importGroupNorm(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0), scale = operandOf(n, 1), bias = operandOf(n, 2);
  if (!x || !scale || !bias)
    return failure();
  ArrayRef<int64_t> shape = n.type(0).getShape();
  int64_t groups = n.i("num_groups", 0);
  if (shape.size() < 2 || groups < 1 || shape[1] % groups != 0)
    return n.fail() << "cannot cut " << shapeText(shape) << " into " << groups
                    << " groups of channels";
  bool perGroup = n.opset() < 21;
  int64_t numbers = perGroup ? groups : shape[1];
  for (int k : {1, 2})
    if (n.type(k).getShape() != ArrayRef(numbers))
      return n.fail() << "has " << shapeText(n.type(k).getShape()) << " numbers for " << numbers
                      << (perGroup ? " groups" : " channels");
  int64_t rest = n.type(0).getNumElements() / (shape[0] * groups);
  Value grouped = f.reshape(x, {shape[0], groups, rest});
  Value normal = f.op<InstanceNormOp>(
      {grouped, perGroup ? scale : f.numbers(1, groups), perGroup ? bias : f.numbers(0, groups)},
      {n.real("epsilon", n.f("epsilon", 1e-5f))});
  Value y = f.reshape(normal, shape);
  if (perGroup)
    return n.set(0, y);
  SmallVector<int64_t> perChannel(shape.size() - 1, 1);
  perChannel[0] = shape[1];
  return n.set(0, f.add(f.mul(y, f.reshape(scale, perChannel)), f.reshape(bias, perChannel)));
}

LogicalResult importMeanVarianceNorm(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  if (!x)
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t given : n.ints("axes", {0, 2, 3})) {
    auto axis = n.axis(given, n.rank(0));
    if (failed(axis))
      return failure();
    axes.push_back(*axis);
  }
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  Value centred = f.sub(x, f.over<ReduceMeanOp>(x, axes));
  Value deviation = f.op<SqrtOp>({f.over<ReduceMeanOp>(f.square(centred), axes)});
  return n.set(0, f.div(centred, f.add(deviation, f.number(1e-9, x))));
}

/// The p-norm along `axes`, which are kept.
static Value normOver(Formula &f, Value x, ArrayRef<int64_t> axes, int64_t p) {
  if (p == 2)
    return f.op<SqrtOp>({f.over<ReduceSumOp>(f.square(x), axes)});
  Value size = f.op<AbsOp>({x});
  if (p == 1)
    return f.over<ReduceSumOp>(size, axes);
  Value sum = f.over<ReduceSumOp>(f.op<PowOp>({size, f.number(double(p), x)}), axes);
  return f.op<PowOp>({sum, f.number(1.0 / double(p), x)});
}

/// Where all is zero it stays zero.
LogicalResult importLpNormalization(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  if (!x)
    return failure();
  auto axis = n.axis(n.i("axis", -1), n.rank(0));
  int64_t p = n.i("p", 2);
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return n.fail() << "p " << p << " is not supported; 1 and 2 are";
  Value norm = normOver(f, x, {*axis}, p);
  Value divisor = f.select(f.equal(norm, f.number(0, x)), f.number(1, x), norm);
  return n.set(0, f.div(x, divisor));
}

LogicalResult importGlobalLpPool(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0);
  if (!x)
    return failure();
  int64_t p = n.i("p", 2);
  if (n.rank(0) < 3)
    return n.fail() << "needs a picture, got " << shapeText(n.type(0).getShape());
  if (p < 1)
    return n.fail() << "p " << p << " must be positive";
  return n.set(0, normOver(f, x, axesFrom(2, n.rank(0)), p));
}

} // namespace snc
