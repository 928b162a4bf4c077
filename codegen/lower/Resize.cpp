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

/// The numbers of all taps, by output index.
struct Tables {
  std::vector<int> low, high;
  std::vector<float> weight;
};

/// x(i) = (step * i + first) / denominator.
struct Line {
  int64_t step, first, denominator;
  double at(int i) const { return double(step * i + first) / double(denominator); }
};

/// sourceOf() as a quotient of integers; nothing where none of moderate size says it.
std::optional<Line> lineOf(const Axis &a, StringRef mode) {
  constexpr int64_t kMost = 1 << 12;
  double first = sourceOf(0, a, mode), step = sourceOf(1, a, mode) - first;
  for (int64_t denominator = 1; denominator <= kMost; ++denominator) {
    Line line{llround(step * double(denominator)), llround(first * double(denominator)),
              denominator};
    double error = 0;
    for (int i = 0; i < a.out; ++i)
      error = std::max(error, std::fabs(line.at(i) - sourceOf(i, a, mode)));
    if (error < 1e-7)
      return line;
  }
  return std::nullopt;
}

/// A table in arithmetic or as a choice: a GPU has no memory for tables.
Taps computedTaps(const Tables &tables, ResizeOp op, const Axis &a, const hl::Expr &index) {
  std::vector<hl::Expr> low(tables.low.begin(), tables.low.end()),
      high(tables.high.begin(), tables.high.end()),
      weight(tables.weight.begin(), tables.weight.end());
  Taps chosen{hl::mux(index, low), hl::mux(index, high), hl::mux(index, weight)};
  std::optional<Line> line = lineOf(a, op.getCoordinates());
  if (!line)
    return chosen;
  bool nearest = op.getMode() == "nearest";
  StringRef rounding = nearest ? op.getNearestMode() : StringRef("floor");
  // Every rounding is down, of twice the numerator and something.
  int64_t d = line->denominator;
  int64_t offset = rounding == "floor"               ? 0
                   : rounding == "ceil"              ? 2 * d - 2
                   : rounding == "round_prefer_ceil" ? d
                                                     : d - 1;
  auto floorOf = [&](int64_t i) {
    return int64_t(std::floor(double(2 * (line->step * i + line->first) + offset) / double(2 * d)));
  };
  auto inside = [&](int64_t x) { return int(std::clamp<int64_t>(x, 0, a.in - 1)); };
  for (int i = 0; i < a.out; ++i)
    if (inside(floorOf(i)) != tables.low[size_t(i)])
      return chosen;
  hl::Expr numerator = 2 * (index * int(line->step) + int(line->first)) + int(offset);
  hl::Expr base = numerator / int(2 * d);
  return {hl::clamp(base, 0, a.in - 1), hl::clamp(base + (nearest ? 0 : 1), 0, a.in - 1),
          nearest ? hl::Expr(0.0f) : hl::cast<float>(numerator % int(2 * d)) / float(2 * d)};
}

Taps tapsOf(LoweredKernel &kernel, ResizeOp op, const Axis &a, const hl::Expr &index) {
  Tables t;
  bool nearest = op.getMode() == "nearest";
  auto inside = [&](double x) { return int(std::min(std::max(x, 0.0), double(a.in - 1))); };
  for (int i = 0; i < a.out; ++i) {
    double x = sourceOf(i, a, op.getCoordinates());
    double base = nearest ? roundNearest(x, op.getNearestMode()) : std::floor(x);
    t.low.push_back(inside(base));
    t.high.push_back(inside(base + (nearest ? 0 : 1)));
    t.weight.push_back(nearest ? 0.0f : float(x - std::floor(x)));
  }
  if (kernel.gpu)
    return computedTaps(t, op, a, index);
  hl::Func l = table(kernel, op, t.low), h = table(kernel, op, t.high),
           w = table(kernel, op, t.weight);
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
