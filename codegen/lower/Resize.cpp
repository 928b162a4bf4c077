// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family tensor: resampling, as ONNX Resize defines it (opset 19, nearest and
// linear).

#include "codegen/lower/Lowering.h"

#include "ir/Layout.h"

#include <cmath>

using namespace mlir;

namespace snc {

namespace {
/// One resampled dimension.
struct Axis {
  int in, out;
  double scale;
};

/// The input coordinate of output index `i` (ONNX coordinate_transformation_mode).
double sourceOf(int i, const Axis &a, StringRef mode) {
  if (mode == "asymmetric")
    return i / a.scale;
  if (mode == "align_corners")
    return a.out == 1 ? 0 : double(i) * (a.in - 1) / (a.out - 1);
  if (mode == "pytorch_half_pixel")
    return a.out == 1 ? 0 : (i + 0.5) / a.scale - 0.5;
  if (mode == "half_pixel_symmetric") {
    double adjustment = a.out / (a.scale * a.in), centre = a.in / 2.0;
    return centre * (1 - adjustment) + (i + 0.5) / a.scale - 0.5;
  }
  return (i + 0.5) / a.scale - 0.5;
}

double roundNearest(double x, StringRef mode) {
  if (mode == "floor")
    return std::floor(x);
  if (mode == "ceil")
    return std::ceil(x);
  if (mode == "round_prefer_ceil")
    return std::floor(x + 0.5);
  return std::ceil(x - 0.5);
}

/// Values known at compile time, read by an output index.
template <typename T>
hl::Func table(LoweredKernel &kernel, Operation *op, const std::vector<T> &values) {
  hl::Buffer<T> buffer(int(values.size()));
  std::copy(values.begin(), values.end(), buffer.begin());
  hl::Var i("i");
  hl::Func f("table");
  f(i) = buffer(i);
  return f;
}

struct Taps {
  hl::Expr low, high, weight; ///< value = low * (1 - weight) + high * weight
};

Taps tapsOf(LoweredKernel &kernel, ResizeOp op, const Axis &a, const hl::Expr &index) {
  std::vector<int> low, high;
  std::vector<float> weight;
  bool nearest = op.getMode() == "nearest";
  auto inside = [&](double x) { return int(std::min(std::max(x, 0.0), double(a.in - 1))); };
  for (int i = 0; i < a.out; ++i) {
    double x = sourceOf(i, a, op.getCoordinates());
    double base = nearest ? roundNearest(x, op.getNearestMode()) : std::floor(x);
    low.push_back(inside(base));
    high.push_back(inside(base + (nearest ? 0 : 1)));
    weight.push_back(nearest ? 0.0f : float(x - std::floor(x)));
  }
  hl::Func l = table(kernel, op, low), h = table(kernel, op, high), w = table(kernel, op, weight);
  auto bounded = [&](hl::Func &f) { return hl::unsafe_promise_clamped(f(index), 0, a.in - 1); };
  return {bounded(l), bounded(h), w(index)};
}
} // namespace

bool lowerResize(LoweredKernel &kernel, Operation *op) {
  auto resize = dyn_cast<ResizeOp>(op);
  if (!resize)
    return false;
  TensorView input = kernel.view(resize.getInput());
  IndexSpace space = indexSpace(resultType(op));
  // Corner by corner: each resampled dimension doubles the list.
  struct Corner {
    Coords at;
    hl::Expr weight;
  };
  std::vector<Corner> corners{{space.coords, hl::Expr()}};
  for (int64_t d = 0; d < input.rank(); ++d) {
    Axis a{int(input.dim(int(d))), int(resize.getShape()[d]), double(resize.getScales()[d])};
    if (a.in == a.out && a.scale == 1.0)
      continue;
    Taps taps = tapsOf(kernel, resize, a, space.coords.logical[size_t(d)]);
    bool linear = resize.getMode() == "linear";
    std::vector<Corner> next;
    for (const Corner &c : corners)
      for (int side = 0; side < (linear ? 2 : 1); ++side) {
        Corner n = c;
        n.at.logical[size_t(d)] = side ? taps.high : taps.low;
        if (d == 1)
          n.at.lanes = 0; // channels moved: the lane is no longer the result's
        hl::Expr w = side ? taps.weight : 1.0f - taps.weight;
        if (linear)
          n.weight = n.weight.defined() ? n.weight * w : w;
        next.push_back(n);
      }
    corners = std::move(next);
  }
  hl::Expr value;
  for (const Corner &c : corners) {
    hl::Expr term = input(c.at);
    term = c.weight.defined() ? term * c.weight : term;
    value = value.defined() ? value + term : term;
  }
  define(kernel, op, space, value);
  return true;
}

} // namespace snc
