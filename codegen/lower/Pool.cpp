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

/// combine over the window, as one expression where it is small.
template <typename Op, typename Combine>
void lowerWindow(LoweredKernel &kernel, Op op, TensorView input, const hl::Expr &neutral,
                 Combine combine) {
  auto accType = withLayout(resultType(op), input.type.getEncoding());
  IndexSpace space = indexSpace(accType);
  Axis h = axisOf(op, input, 0), w = axisOf(op, input, 1);
  TensorView source{outside(input, neutral), input.type};
  auto at = [&](const hl::Expr &ky, const hl::Expr &kx) -> hl::Expr {
    Coords place = space.coords;
    place.logical[2] = space.coords.logical[2] * h.stride + ky * h.dilation - h.before;
    place.logical[3] = space.coords.logical[3] * w.stride + kx * w.dilation - w.before;
    // Not through the broadcasting form: an extent of 1 has places outside it.
    if (place.lanes)
      return source.func(place.lane, place.logical[3], place.logical[2], place.block,
                         place.logical[0]);
    return source(place.logical);
  };
  hl::Func acc("window");
  Stage stage{Stage::Kind::Reduce, op, {}, acc, {}, {}, {}};
  if (h.kernel * w.kernel <= 25) {
    hl::Expr value = at(0, 0);
    for (int k = 1; k < h.kernel * w.kernel; ++k)
      value = combine(value, at(k / w.kernel, k % w.kernel));
    acc(space.vars) = value;
  } else {
    hl::RDom r(0, w.kernel, 0, h.kernel, "r");
    std::vector<hl::Expr> self(space.vars.begin(), space.vars.end());
    acc(space.vars) = neutral;
    acc(space.vars) = combine(acc(self), at(r.y, r.x));
    stage.domain = r;
    kernel.addStage(stage);
  }
  IndexSpace out = indexSpace(resultType(op));
  hl::Expr value = TensorView{acc, accType}(out.coords);
  if constexpr (std::is_same_v<Op, AvgPoolOp>) {
    bool all = op.getCountIncludePad();
    hl::Expr count = taps(h, out.coords.logical[2], all) * taps(w, out.coords.logical[3], all);
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
