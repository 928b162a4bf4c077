// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: windows without weights.

#include "codegen/lower/Lowering.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
/// One dimension of a window.
struct Axis {
  int kernel, stride, dilation, before, after, in;
};

template <typename Op> Axis axisOf(Op op, TensorView input, int i) {
  return {int(op.getKernel()[i]), int(op.getStrides()[i]),  int(op.getDilations()[i]),
          int(op.getPads()[i]),   int(op.getPads()[i + 2]), int(input.dim(2 + i))};
}

/// How many taps at output place `o` count: those on the input, or also those on
/// the declared padding (but not beyond it, where ceil_mode may reach).
hl::Expr taps(const Axis &a, const hl::Expr &o, bool includePad) {
  int lo = includePad ? -a.before : 0, hi = includePad ? a.in + a.after : a.in;
  hl::Expr count = 0;
  for (int k = 0; k < a.kernel; ++k) {
    hl::Expr at = o * a.stride + k * a.dilation - a.before;
    count += hl::select(at >= lo && at < hi, 1, 0);
  }
  return count;
}

hl::Func outside(TensorView input, const hl::Expr &value) {
  bool blocked = blockedLanes(input.type);
  hl::Region bounds(indexSpace(input.type).vars.size(), {hl::Expr(), hl::Expr()});
  bounds[blocked ? 1 : 0] = {0, int(input.dim(3))};
  bounds[blocked ? 2 : 1] = {0, int(input.dim(2))};
  return hl::BoundaryConditions::constant_exterior(input.func, value, bounds);
}

/// A window over an input: its two axes, and what lies outside.
struct Window {
  Axis h, w;
  hl::Func source;
  RankedTensorType type;

  /// The input at the window's tap (ky, kx), for the result's place `at`.
  hl::Expr operator()(const Coords &at, const hl::Expr &ky, const hl::Expr &kx) const {
    return row(at, at.logical[2] * h.stride + ky * h.dilation - h.before, kx);
  }
  /// The same in the input's row `y`.
  hl::Expr row(const Coords &at, const hl::Expr &y, const hl::Expr &kx) const {
    hl::Expr x = at.logical[3] * w.stride + kx * w.dilation - w.before;
    // Not through the broadcasting form: an extent of 1 has places outside it.
    if (at.lanes)
      return source(at.lane, x, y, at.block, at.logical[0]);
    return TensorView{source, type}({at.logical[0], at.logical[1], y, x});
  }
};

/// combine over all taps in one expression.
template <typename Combine>
hl::Expr smallWindow(const Window &window, const Coords &at, Combine combine) {
  hl::Expr value = window(at, 0, 0);
  for (int k = 1; k < window.h.kernel * window.w.kernel; ++k)
    value = combine(value, window(at, k / window.w.kernel, k % window.w.kernel));
  return value;
}

/// acc over a domain.
template <typename Combine>
void accumulate(LoweredKernel &kernel, Operation *op, hl::Func acc,
                const std::vector<hl::Var> &vars, const hl::RDom &r, const hl::Expr &neutral,
                const hl::Expr &value, Combine combine) {
  std::vector<hl::Expr> self(vars.begin(), vars.end());
  acc(vars) = neutral;
  acc(vars) = combine(acc(self), value);
  kernel.addStage({Stage::Kind::Reduce, op, {}, acc, {}, r, {}});
}

/// combine over the window: where that is large first along rows, then over rows (windows
/// that overlap share the rows), on a GPU, which has no memory for them, over all taps.
template <typename Op, typename Combine>
hl::Func windowed(LoweredKernel &kernel, Op op, const Window &window, const IndexSpace &space,
                  const hl::Expr &neutral, Combine combine) {
  hl::Func acc("window");
  const Axis &h = window.h, &w = window.w;
  if (h.kernel * w.kernel <= 25) {
    acc(space.vars) = smallWindow(window, space.coords, combine);
  } else if (kernel.gpu) {
    hl::RDom r(0, w.kernel, 0, h.kernel, "r");
    accumulate(kernel, op, acc, space.vars, r, neutral, window(space.coords, r.y, r.x), combine);
  } else {
    hl::Func rows("rows");
    hl::RDom along(0, w.kernel, "along"), over(0, h.kernel, "over");
    accumulate(kernel, op, rows, space.vars, along, neutral,
               window.row(space.coords, space.coords.logical[2], along.x), combine);
    std::vector<hl::Expr> at(space.vars.begin(), space.vars.end());
    at[space.coords.lanes ? 2 : 1] =
        space.coords.logical[2] * h.stride + over.x * h.dilation - h.before;
    accumulate(kernel, op, acc, space.vars, over, neutral, rows(at), combine);
  }
  return acc;
}

template <typename Op, typename Combine>
void lowerWindow(LoweredKernel &kernel, Op op, TensorView input, const hl::Expr &neutral,
                 Combine combine) {
  auto accType = withLayout(resultType(op), input.type.getEncoding());
  Window window{axisOf(op, input, 0), axisOf(op, input, 1), outside(input, neutral), input.type};
  hl::Func acc = windowed(kernel, op, window, indexSpace(accType), neutral, combine);
  IndexSpace out = indexSpace(resultType(op));
  hl::Expr value = TensorView{acc, accType}(out.coords);
  if constexpr (std::is_same_v<Op, AvgPoolOp>) {
    bool all = op.getCountIncludePad();
    hl::Expr count =
        taps(window.h, out.coords.logical[2], all) * taps(window.w, out.coords.logical[3], all);
    value = value / hl::cast<float>(hl::max(count, 1));
  }
  define(kernel, op, out, value);
}
} // namespace

bool lowerPool(LoweredKernel &kernel, Operation *op) {
  if (auto pool = dyn_cast<MaxPoolOp>(op)) {
    TensorView input = kernel.view(pool.getInput());
    hl::Expr least = lowest(halideType(input.type.getElementType()));
    lowerWindow(kernel, pool, input, least, [](hl::Expr a, hl::Expr b) { return hl::max(a, b); });
    return true;
  }
  if (auto pool = dyn_cast<AvgPoolOp>(op)) {
    lowerWindow(kernel, pool, kernel.view(pool.getInput()), hl::Expr(0.0f),
                [](hl::Expr a, hl::Expr b) { return a + b; });
    return true;
  }
  return false;
}

} // namespace snc
