// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family math: ops along axes.

#include "codegen/lower/Lowering.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
struct Reduced {
  std::vector<hl::Expr> place; ///< of the input: kept coordinates and domain variables
  hl::RDom domain;
  int64_t count = 1;
};

/// The input's place for a result at `kept` (one entry for each kept dimension,
/// or for every dimension where `keepdims`).
Reduced reduceOver(TensorView input, ArrayRef<int64_t> axes, bool keepdims,
                   const std::vector<hl::Expr> &kept) {
  Reduced reduced;
  std::vector<hl::Range> ranges;
  for (int64_t d = input.rank() - 1; d >= 0; --d)
    if (llvm::is_contained(axes, d))
      ranges.push_back({0, int(input.dim(int(d)))});
  if (ranges.empty())
    ranges.push_back({0, 1});
  reduced.domain = hl::RDom(ranges, "r");
  size_t next = 0;
  int inner = int(ranges.size()) - 1;
  for (int64_t d = 0; d < input.rank(); ++d) {
    bool isReduced = llvm::is_contained(axes, d);
    reduced.place.push_back(isReduced ? hl::Expr(reduced.domain[inner]) : kept[next]);
    next += !isReduced || keepdims;
    inner -= isReduced;
    reduced.count *= isReduced ? input.dim(int(d)) : 1;
  }
  return reduced;
}

/// Over the spatial dimensions of a blocked tensor lanes stay lanes: the sum is
/// kept as (c, cb, n).
template <typename Combine>
hl::Expr reduceBlocked(LoweredKernel &kernel, Operation *op, TensorView input, bool keepdims,
                       const IndexSpace &out, const hl::Expr &start, Combine combine) {
  int lanes = int(blockedLanes(input.type));
  hl::Var c("c"), cb("cb"), n("n");
  hl::RDom r(0, int(input.dim(3)), 0, int(input.dim(2)), "r");
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, r, {}};
  stage.acc(c, cb, n) = start;
  stage.acc(c, cb, n) = combine(stage.acc(c, cb, n), input.func(c, r.x, r.y, cb, n));
  kernel.addStage(stage);
  const Coords &at = out.coords;
  if (at.lanes == lanes && keepdims)
    return stage.acc(at.lane, at.block, at.logical[0]);
  hl::Expr channel = hl::min(at.logical[1], int(input.dim(1)) - 1);
  return stage.acc(channel % lanes, channel / lanes, at.logical[0]);
}

template <typename Op, typename Combine>
void reduce(LoweredKernel &kernel, Op op, const hl::Expr &start, Combine combine, bool mean) {
  TensorView input = kernel.view(op.getInput());
  IndexSpace out = indexSpace(resultType(op));
  hl::Expr value;
  int64_t count = 1;
  for (int64_t axis : op.getAxes())
    count *= input.dim(int(axis));
  if (blockedLanes(input.type) && input.rank() == 4 && op.getAxes() == ArrayRef<int64_t>{2, 3}) {
    value = reduceBlocked(kernel, op, input, op.getKeepdims(), out, start, combine);
  } else {
    // The accumulator is plain, so that padded lanes are never summed.
    IndexSpace space = indexSpace(withLayout(resultType(op), {}));
    Reduced r = reduceOver(input, op.getAxes(), op.getKeepdims(), space.coords.logical);
    Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("acc"), {}, r.domain, {}};
    std::vector<hl::Expr> self(space.vars.begin(), space.vars.end());
    stage.acc(space.vars) = start;
    stage.acc(space.vars) = combine(stage.acc(self), input(r.place));
    kernel.addStage(stage);
    value = TensorView{stage.acc, withLayout(resultType(op), {})}(out.coords);
  }
  if (mean)
    value = value.type().is_float() ? value * (1.0f / float(count)) : value / int(count);
  define(kernel, op, out, value);
}

/// Shared by softmax and log_softmax: x - max and the sum of their exponentials,
/// as Funcs of every coordinate but the axis.
void softmax(LoweredKernel &kernel, Operation *op, TensorView input, int64_t axis, bool log) {
  SmallVector<int64_t> shape(input.type.getShape());
  shape[size_t(axis)] = 1;
  auto rowType = RankedTensorType::get(shape, input.type.getElementType());
  IndexSpace row = indexSpace(rowType);
  auto table = [&](const char *name, const hl::Expr &start, auto combine) {
    Reduced r = reduceOver(input, {axis}, true, row.coords.logical);
    Stage stage{Stage::Kind::Reduce, op, {}, hl::Func(name), {}, r.domain, {}};
    std::vector<hl::Expr> self(row.vars.begin(), row.vars.end());
    stage.acc(row.vars) = start;
    stage.acc(row.vars) = combine(stage.acc(self), input(r.place), self);
    kernel.addStage(stage);
    return stage.acc;
  };
  hl::Func peak = table("peak", lowest(hl::Float(32)),
                        [](hl::Expr a, hl::Expr x, auto &) { return hl::max(a, x); });
  hl::Func total =
      table("total", 0.0f, [&](hl::Expr a, hl::Expr x, const std::vector<hl::Expr> &at) {
        return a + hl::exp(x - peak(at));
      });
  IndexSpace out = indexSpace(resultType(op));
  hl::Expr x = input(out.coords);
  TensorView peaks{peak, rowType}, totals{total, rowType};
  hl::Expr centred = x - peaks(out.coords);
  hl::Expr value =
      log ? centred - hl::log(totals(out.coords)) : hl::exp(centred) / totals(out.coords);
  define(kernel, op, out, value);
}

void argMax(LoweredKernel &kernel, ArgMaxOp op) {
  TensorView input = kernel.view(op.getInput());
  auto plain = withLayout(resultType(op), {});
  IndexSpace space = indexSpace(plain);
  int64_t axis = op.getAxis();
  Reduced r = reduceOver(input, {axis}, op.getKeepdims(), space.coords.logical);
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("best"), {}, r.domain, {}};
  std::vector<hl::Expr> self(space.vars.begin(), space.vars.end());
  hl::Expr x = input(r.place);
  stage.acc(space.vars) = hl::Tuple(lowest(x.type()), hl::cast<int32_t>(0));
  hl::Expr best = stage.acc(self)[0], index = stage.acc(self)[1];
  hl::Expr wins = op.getSelectLast() ? x >= best : x > best;
  stage.acc(space.vars) = hl::Tuple(hl::select(wins, x, best), hl::select(wins, r.domain.x, index));
  kernel.addStage(stage);
  IndexSpace out = indexSpace(resultType(op));
  std::vector<hl::Expr> place(out.coords.logical.rbegin(), out.coords.logical.rend());
  define(kernel, op, out, stage.acc(place)[1]);
}
} // namespace

bool lowerReduction(LoweredKernel &kernel, Operation *op) {
  if (auto o = dyn_cast<SoftmaxOp>(op))
    return softmax(kernel, op, kernel.view(o.getInput()), o.getAxis(), false), true;
  if (auto o = dyn_cast<LogSoftmaxOp>(op))
    return softmax(kernel, op, kernel.view(o.getInput()), o.getAxis(), true), true;
  if (auto o = dyn_cast<ArgMaxOp>(op))
    return argMax(kernel, o), true;
  auto sum = [](hl::Expr a, hl::Expr b) { return a + b; };
  auto high = [](hl::Expr a, hl::Expr b) { return hl::max(a, b); };
  auto low = [](hl::Expr a, hl::Expr b) { return hl::min(a, b); };
  if (op->getNumResults() != 1)
    return false;
  hl::Type type = halideType(resultType(op).getElementType());
  if (auto o = dyn_cast<ReduceMeanOp>(op))
    return reduce(kernel, o, hl::cast(type, 0), sum, true), true;
  if (auto o = dyn_cast<ReduceSumOp>(op))
    return reduce(kernel, o, hl::cast(type, 0), sum, false), true;
  if (auto o = dyn_cast<ReduceProdOp>(op))
    return reduce(
               kernel, o, hl::cast(type, 1), [](hl::Expr a, hl::Expr b) { return a * b; }, false),
           true;
  if (auto o = dyn_cast<ReduceMaxOp>(op))
    return reduce(kernel, o, lowest(type), high, false), true;
  if (auto o = dyn_cast<ReduceMinOp>(op)) {
    hl::Expr start = type.is_float() ? -lowest(type) : type.max();
    return reduce(kernel, o, start, low, false), true;
  }
  return false;
}

} // namespace snc
