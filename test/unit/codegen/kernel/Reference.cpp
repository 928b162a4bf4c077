// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reference.h"

#include "ir/ConstantData.h"
#include "ir/SncOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>
#include <numeric>

using namespace mlir;

namespace snc::test {

using Index = llvm::SmallVector<int64_t>;
using Place = ArrayRef<int64_t>;

Tensor::Tensor(Place s) : shape(s.begin(), s.end()) {
  size_t count = 1;
  for (int64_t extent : shape)
    count *= size_t(extent);
  data.resize(count);
}

double Tensor::at(Place index) const {
  size_t skip = index.size() - shape.size();
  int64_t flat = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    flat = flat * shape[d] + (shape[d] == 1 ? 0 : index[skip + d]);
  return data.at(size_t(flat));
}

double &Tensor::ref(Place index) {
  int64_t flat = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    flat = flat * shape[d] + index[d];
  return data.at(size_t(flat));
}

void forEach(Place shape, const std::function<void(Place)> &visit) {
  Index index(shape.size(), 0);
  while (true) {
    visit(index);
    size_t d = shape.size();
    while (d > 0 && ++index[d - 1] == shape[d - 1])
      index[--d] = 0;
    if (d == 0)
      return;
  }
}

static Tensor resultOf(Operation *op) {
  return Tensor(cast<RankedTensorType>(op->getResult(0).getType()).getShape());
}

static Tensor fill(Operation *op, const std::function<double(Place)> &value) {
  Tensor out = resultOf(op);
  forEach(out.shape, [&](Place i) { out.ref(i) = value(i); });
  return out;
}

static bool inside(const Tensor &t, Place i) {
  for (size_t d = 0; d < i.size(); ++d)
    if (i[d] < 0 || i[d] >= t.shape[d])
      return false;
  return true;
}

static double num(const llvm::APFloat &f) { return double(f.convertToFloat()); }

// ---- elementwise -------------------------------------------------------------

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

static double clampTo(double x, double lo, double hi) { return std::min(std::max(x, lo), hi); }

static std::function<double(double)> unary(Operation *op) {
  using F = std::function<double(double)>;
  return llvm::TypeSwitch<Operation *, F>(op)
      .Case([](ReluOp) -> F { return [](double x) { return std::max(x, 0.0); }; })
      .Case([](LeakyReluOp o) -> F {
        return [a = num(o.getAlpha())](double x) { return x < 0 ? a * x : x; };
      })
      .Case([](ClampOp o) -> F {
        return [l = num(o.getLo()), h = num(o.getHi())](double x) { return clampTo(x, l, h); };
      })
      .Case([](SigmoidOp) -> F { return sigmoid; })
      .Case([](SwishOp) -> F { return [](double x) { return x * sigmoid(x); }; })
      .Case([](HardSigmoidOp o) -> F {
        return [a = num(o.getAlpha()), b = num(o.getBeta())](double x) {
          return clampTo(a * x + b, 0, 1);
        };
      })
      .Case(
          [](HardSwishOp) -> F { return [](double x) { return x * clampTo(x / 6 + 0.5, 0, 1); }; })
      .Case([](TanhOp) -> F { return [](double x) { return std::tanh(x); }; })
      .Case([](EluOp o) -> F {
        return [a = num(o.getAlpha())](double x) { return x < 0 ? a * std::expm1(x) : x; };
      })
      .Case([](SeluOp o) -> F {
        return [a = num(o.getAlpha()), g = num(o.getGamma())](double x) {
          return g * (x <= 0 ? a * std::expm1(x) : x);
        };
      })
      .Case([](ExpOp) -> F { return [](double x) { return std::exp(x); }; })
      .Case([](LogOp) -> F { return [](double x) { return std::log(x); }; })
      .Case([](SqrtOp) -> F { return [](double x) { return std::sqrt(x); }; })
      .Case([](NegOp) -> F { return [](double x) { return -x; }; })
      .Case([](AbsOp) -> F { return [](double x) { return std::fabs(x); }; })
      .Case([](ErfOp) -> F { return [](double x) { return std::erf(x); }; })
      .Case([](SinOp) -> F { return [](double x) { return std::sin(x); }; })
      .Case([](CosOp) -> F { return [](double x) { return std::cos(x); }; })
      .Case([](FloorOp) -> F { return [](double x) { return std::floor(x); }; })
      .Case([](CeilOp) -> F { return [](double x) { return std::ceil(x); }; })
      .Case([](RoundOp) -> F { return [](double x) { return std::nearbyint(x); }; })
      .Case([](RelayoutOp) -> F { return [](double x) { return x; }; })
      .Case([](CastOp o) -> F {
        bool toBool = o.getTo().isInteger(1), toFloat = isa<FloatType>(o.getTo());
        return [=](double x) { return toBool ? x != 0 : toFloat ? x : std::trunc(x); };
      })
      .Default([](Operation *) -> F { return nullptr; });
}

static std::function<double(double, double)> binary(Operation *op) {
  using F = std::function<double(double, double)>;
  bool floats = isa<FloatType>(getElementTypeOrSelf(op->getResult(0)));
  return llvm::TypeSwitch<Operation *, F>(op)
      .Case([](AddOp) -> F { return [](double a, double b) { return a + b; }; })
      .Case([](SubOp) -> F { return [](double a, double b) { return a - b; }; })
      .Case([](MulOp) -> F { return [](double a, double b) { return a * b; }; })
      .Case([=](DivOp) -> F {
        return [=](double a, double b) { return floats ? a / b : std::trunc(a / b); };
      })
      .Case([](MinOp) -> F { return [](double a, double b) { return std::min(a, b); }; })
      .Case([](MaxOp) -> F { return [](double a, double b) { return std::max(a, b); }; })
      .Case([](PowOp) -> F { return [](double a, double b) { return std::pow(a, b); }; })
      .Case([](PReluOp) -> F { return [](double a, double b) { return a < 0 ? a * b : a; }; })
      .Case([](LessOp) -> F { return [](double a, double b) { return double(a < b); }; })
      .Case([](LessEqualOp) -> F { return [](double a, double b) { return double(a <= b); }; })
      .Case([](EqualOp) -> F { return [](double a, double b) { return double(a == b); }; })
      .Default([](Operation *) -> F { return nullptr; });
}

// ---- nn ------------------------------------------------------------------------

static Tensor conv(ConvOp op, const std::vector<Tensor> &in) {
  const Tensor &x = in[0], &w = in[1];
  auto s = op.getStrides(), d = op.getDilations(), p = op.getPads();
  int64_t perGroup = w.shape[1], outputs = w.shape[0] / int64_t(op.getGroup());
  return fill(op, [&](Place o) {
    double sum = in.size() > 2 ? in[2].data[size_t(o[1])] : 0;
    forEach({perGroup, w.shape[2], w.shape[3]}, [&](Place k) {
      Index i{o[0], o[1] / outputs * perGroup + k[0], o[2] * s[0] + k[1] * d[0] - p[0],
              o[3] * s[1] + k[2] * d[1] - p[1]};
      if (inside(x, i))
        sum += x.at(i) * w.at({o[1], k[0], k[1], k[2]});
    });
    return sum;
  });
}

// Scatters: each input adds its window to the output.
static Tensor convTranspose(ConvTransposeOp op, const std::vector<Tensor> &in) {
  const Tensor &x = in[0], &w = in[1];
  auto s = op.getStrides(), d = op.getDilations(), p = op.getPads();
  Tensor out = fill(op, [&](Place o) { return in.size() > 2 ? in[2].data[size_t(o[1])] : 0; });
  int64_t perGroup = x.shape[1] / int64_t(op.getGroup());
  forEach(x.shape, [&](Place i) {
    forEach({w.shape[1], w.shape[2], w.shape[3]}, [&](Place k) {
      Index o{i[0], i[1] / perGroup * w.shape[1] + k[0], i[2] * s[0] + k[1] * d[0] - p[0],
              i[3] * s[1] + k[2] * d[1] - p[1]};
      if (inside(out, o))
        out.ref(o) += x.at(i) * w.at({i[1], k[0], k[1], k[2]});
    });
  });
  return out;
}

/// One window: values on the input, and how many places lie on the declared padding too.
template <typename Op>
static std::pair<std::vector<double>, int64_t> window(Op op, const Tensor &x, Place o) {
  auto s = op.getStrides(), d = op.getDilations(), p = op.getPads(), k = op.getKernel();
  std::vector<double> values;
  int64_t declared = 0;
  forEach(k, [&](Place t) {
    int64_t y = o[2] * s[0] + t[0] * d[0] - p[0], z = o[3] * s[1] + t[1] * d[1] - p[1];
    if (inside(x, {o[0], o[1], y, z}))
      values.push_back(x.at({o[0], o[1], y, z}));
    declared += y < x.shape[2] + p[2] && z < x.shape[3] + p[3];
  });
  return {values, declared};
}

static double total(const std::vector<double> &values) {
  double sum = 0;
  for (double v : values)
    sum += v;
  return sum;
}

static Tensor batchNorm(BatchNormOp op, const std::vector<Tensor> &in) {
  double epsilon = num(op.getEpsilon());
  return fill(op, [&](Place o) {
    size_t c = size_t(o[1]);
    return (in[0].at(o) - in[3].data[c]) / std::sqrt(in[4].data[c] + epsilon) * in[1].data[c] +
           in[2].data[c];
  });
}

static Tensor instanceNorm(InstanceNormOp op, const std::vector<Tensor> &in) {
  const Tensor &x = in[0];
  return fill(op, [&](Place o) {
    std::vector<double> plane, squares;
    forEach(x.shape, [&](Place i) {
      if (i[0] == o[0] && i[1] == o[1])
        plane.push_back(x.at(i));
    });
    double mean = total(plane) / double(plane.size());
    for (double v : plane)
      squares.push_back((v - mean) * (v - mean));
    double variance = total(squares) / double(squares.size());
    size_t c = size_t(o[1]);
    return (x.at(o) - mean) / std::sqrt(variance + num(op.getEpsilon())) * in[1].data[c] +
           in[2].data[c];
  });
}

static Tensor lrn(LrnOp op, const Tensor &x) {
  int64_t size = int64_t(op.getSize());
  return fill(op, [&](Place o) {
    double squares = 0;
    for (int64_t c = o[1] - (size - 1) / 2; c <= o[1] + size / 2; ++c)
      if (c >= 0 && c < x.shape[1]) {
        Index i(o);
        i[1] = c;
        squares += x.at(i) * x.at(i);
      }
    return x.at(o) / std::pow(num(op.getBias()) + num(op.getAlpha()) / double(size) * squares,
                              num(op.getBeta()));
  });
}

// ---- matrix products and reductions ----------------------------------------------

static Tensor gemm(GemmOp op, const std::vector<Tensor> &in) {
  bool ta = op.getTransA(), tb = op.getTransB();
  int64_t depth = in[0].shape[ta ? 0 : 1];
  return fill(op, [&](Place o) {
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k)
      sum += in[0].at(ta ? Index{k, o[0]} : Index{o[0], k}) *
             in[1].at(tb ? Index{o[1], k} : Index{k, o[1]});
    return num(op.getAlpha()) * sum + (in.size() > 2 ? num(op.getBeta()) * in[2].at(o) : 0);
  });
}

static Tensor matmul(MatMulOp op, const std::vector<Tensor> &in) {
  Tensor a = in[0], b = in[1];
  if (a.rank() == 1)
    a.shape.insert(a.shape.begin(), 1);
  if (b.rank() == 1)
    b.shape.push_back(1);
  Index full(size_t(std::max(a.rank(), b.rank())) - 2, 1);
  for (const Tensor *t : {&a, &b})
    for (int64_t d = 0; d < t->rank() - 2; ++d)
      full[full.size() - size_t(t->rank() - 2 - d)] =
          std::max(full[full.size() - size_t(t->rank() - 2 - d)], t->shape[size_t(d)]);
  int64_t m = a.shape[size_t(a.rank()) - 2], k = a.shape.back(), n = b.shape.back();
  full.append({m, n});
  Tensor out(full);
  forEach(full, [&](Place o) {
    for (int64_t i = 0; i < k; ++i) {
      Index left(o), right(o);
      left.back() = i;
      right[right.size() - 2] = i;
      out.ref(o) += a.at(left) * b.at(right);
    }
  });
  Tensor result = resultOf(op); // without the added ones
  result.data = out.data;
  return result;
}

/// The elements that end up in each result element, in input order.
static std::vector<std::vector<double>> gathered(const Tensor &x, ArrayRef<int64_t> axes) {
  Index kept(x.shape);
  for (int64_t a : axes)
    kept[size_t(a)] = 1;
  Tensor slot(kept);
  std::vector<std::vector<double>> lists(slot.data.size());
  forEach(x.shape, [&](Place i) {
    int64_t flat = 0;
    for (size_t d = 0; d < kept.size(); ++d)
      flat = flat * kept[d] + (llvm::is_contained(axes, int64_t(d)) ? 0 : i[d]);
    lists[size_t(flat)].push_back(x.at(i));
  });
  return lists;
}

static Tensor reduce(Operation *op, const Tensor &x, ArrayRef<int64_t> axes,
                     const std::function<double(const std::vector<double> &)> &f) {
  Tensor out = resultOf(op);
  auto lists = gathered(x, axes);
  for (size_t i = 0; i < lists.size(); ++i)
    out.data[i] = f(lists[i]);
  return out;
}

static Tensor softmax(Operation *op, const Tensor &x, int64_t axis, bool log) {
  return fill(op, [&](Place o) {
    double peak = -std::numeric_limits<double>::infinity(), sum = 0;
    Index i(o);
    for (int64_t k = 0; k < x.shape[size_t(axis)]; ++k)
      i[size_t(axis)] = k, peak = std::max(peak, x.at(i));
    for (int64_t k = 0; k < x.shape[size_t(axis)]; ++k)
      i[size_t(axis)] = k, sum += std::exp(x.at(i) - peak);
    return log ? x.at(o) - peak - std::log(sum) : std::exp(x.at(o) - peak) / sum;
  });
}

static Tensor argMax(ArgMaxOp op, const Tensor &x) {
  return reduce(op, x, {int64_t(op.getAxis())}, [&](const std::vector<double> &v) {
    size_t best = 0;
    for (size_t i = 1; i < v.size(); ++i)
      if (v[i] > v[best] || (op.getSelectLast() && v[i] == v[best]))
        best = i;
    return double(best);
  });
}

// ---- movement -----------------------------------------------------------------------

static Tensor concat(ConcatOp op, const std::vector<Tensor> &in) {
  size_t axis = size_t(op.getAxis());
  return fill(op, [&](Place o) {
    Index i(o);
    for (const Tensor &t : in) {
      if (i[axis] < t.shape[axis])
        return t.at(i);
      i[axis] -= t.shape[axis];
    }
    return std::nan("");
  });
}

static Tensor pad(PadOp op, const Tensor &x) {
  return fill(op, [&](Place o) {
    Index i(o);
    for (size_t d = 0; d < i.size(); ++d) {
      i[d] -= op.getLow()[d];
      int64_t n = x.shape[d];
      if (op.getMode() == "constant" && (i[d] < 0 || i[d] >= n))
        return num(op.getValue());
      while (op.getMode() == "reflect" && (i[d] < 0 || i[d] >= n))
        i[d] = n == 1 ? 0 : i[d] < 0 ? -i[d] : 2 * (n - 1) - i[d];
      if (op.getMode() == "edge")
        i[d] = std::min(std::max<int64_t>(i[d], 0), n - 1);
      if (op.getMode() == "wrap")
        i[d] = (i[d] % n + n) % n;
    }
    return x.at(i);
  });
}

static Tensor gather(GatherOp op, const std::vector<Tensor> &in) {
  size_t axis = size_t(op.getAxis()), rank = in[1].shape.size();
  return fill(op, [&](Place o) {
    int64_t k = int64_t(in[1].at(o.slice(axis, rank)));
    Index i(o.begin(), o.begin() + axis);
    i.push_back(k < 0 ? k + in[0].shape[axis] : k);
    i.append(o.begin() + axis + rank, o.end());
    return in[0].at(i);
  });
}

static double resizeSource(int64_t o, int64_t in, int64_t out, double scale, StringRef mode) {
  if (mode == "asymmetric")
    return double(o) / scale;
  if (mode == "align_corners")
    return out == 1 ? 0 : double(o * (in - 1)) / double(out - 1);
  if (mode == "pytorch_half_pixel" && out == 1)
    return 0;
  double x = (double(o) + 0.5) / scale - 0.5;
  if (mode == "half_pixel_symmetric") {
    double adjust = double(out) / (scale * double(in));
    x += double(in) / 2 * (1 - adjust);
  }
  return x;
}

static int64_t nearest(double x, StringRef mode) {
  if (mode == "floor")
    return int64_t(std::floor(x));
  if (mode == "ceil")
    return int64_t(std::ceil(x));
  bool up = mode == "round_prefer_ceil";
  return int64_t(x - std::floor(x) == 0.5 ? (up ? std::ceil(x) : std::floor(x)) : std::round(x));
}

/// The value at a fractional place: dimension by dimension.
static double sample(ResizeOp op, const Tensor &x, Place o, size_t d, Index &i) {
  if (d == i.size())
    return x.at(i);
  int64_t n = x.shape[d];
  double scale = double(op.getScales()[d]);
  double at = resizeSource(o[d], n, op.getShape()[d], scale, op.getCoordinates());
  auto take = [&](int64_t k) {
    i[d] = std::min(std::max<int64_t>(k, 0), n - 1);
    return sample(op, x, o, d + 1, i);
  };
  if (op.getMode() == "nearest")
    return take(nearest(at, op.getNearestMode()));
  double low = std::floor(at), w = at - low;
  double first = take(int64_t(low));
  return w == 0 ? first : first * (1 - w) + w * take(int64_t(low) + 1);
}

static Tensor moved(Operation *op, const std::vector<Tensor> &in) {
  const Tensor &x = in[0];
  return llvm::TypeSwitch<Operation *, Tensor>(op)
      .Case([&](ReshapeOp) {
        Tensor out = resultOf(op);
        out.data = x.data;
        return out;
      })
      .Case([&](TransposeOp o) {
        return fill(op, [&](Place r) {
          Index i(r.size());
          for (size_t d = 0; d < r.size(); ++d)
            i[size_t(o.getPerm()[d])] = r[d];
          return x.at(i);
        });
      })
      .Case([&](SliceOp o) {
        return fill(op, [&](Place r) {
          Index i(r);
          for (size_t d = 0; d < i.size(); ++d)
            i[d] = o.getStarts()[d] + i[d] * o.getSteps()[d];
          return x.at(i);
        });
      })
      .Case([&](ExpandOp) { return fill(op, [&](Place r) { return x.at(r); }); })
      .Case([&](SpaceToDepthOp o) {
        int64_t b = int64_t(o.getBlock()), c = x.shape[1];
        return fill(op, [&](Place r) {
          int64_t k = r[1] / c;
          return x.at({r[0], r[1] % c, r[2] * b + k / b, r[3] * b + k % b});
        });
      })
      .Case([&](DepthToSpaceOp o) {
        int64_t b = int64_t(o.getBlock()), c = x.shape[1] / (b * b);
        return fill(op, [&](Place r) {
          int64_t k = r[2] % b * b + r[3] % b;
          return x.at(
              {r[0], o.getMode() == "DCR" ? k * c + r[1] : r[1] * b * b + k, r[2] / b, r[3] / b});
        });
      })
      .Case([&](ResizeOp o) {
        return fill(op, [&](Place r) {
          Index i(r);
          return sample(o, x, r, 0, i);
        });
      })
      .Case([&](PadOp o) { return pad(o, x); })
      .Case([&](ConcatOp o) { return concat(o, in); })
      .Case([&](GatherOp o) { return gather(o, in); })
      .Default([](Operation *) { return Tensor(); });
}

static Tensor constantOf(ConstantOp op) {
  Tensor out = resultOf(op);
  if (auto floats = floatValues(op.getValue()))
    out.data.assign(floats->begin(), floats->end());
  else if (auto ints = integerValues(op.getValue()))
    out.data.assign(ints->begin(), ints->end());
  return out;
}

Tensor evaluate(Operation *op, const std::vector<Tensor> &in) {
  if (auto f = unary(op))
    return fill(op, [&](Place o) { return f(in[0].at(o)); });
  if (auto f = binary(op))
    return fill(op, [&](Place o) { return f(in[0].at(o), in[1].at(o)); });
  if (isa<SelectOp>(op))
    return fill(op, [&](Place o) { return in[0].at(o) != 0 ? in[1].at(o) : in[2].at(o); });
  auto extreme = [&](ArrayRef<int64_t> axes, bool low) {
    return reduce(op, in[0], axes, [low](const std::vector<double> &v) {
      return low ? *std::min_element(v.begin(), v.end()) : *std::max_element(v.begin(), v.end());
    });
  };
  return llvm::TypeSwitch<Operation *, Tensor>(op)
      .Case([&](ConstantOp o) { return constantOf(o); })
      .Case([&](ConvOp o) { return conv(o, in); })
      .Case([&](ConvTransposeOp o) { return convTranspose(o, in); })
      .Case([&](MaxPoolOp o) {
        return fill(op, [&](Place i) {
          double best = -std::numeric_limits<double>::infinity();
          for (double v : window(o, in[0], i).first)
            best = std::max(best, v);
          return best;
        });
      })
      .Case([&](AvgPoolOp o) {
        return fill(op, [&](Place i) {
          auto [values, declared] = window(o, in[0], i);
          return total(values) / double(o.getCountIncludePad() ? declared : int64_t(values.size()));
        });
      })
      .Case([&](BatchNormOp o) { return batchNorm(o, in); })
      .Case([&](InstanceNormOp o) { return instanceNorm(o, in); })
      .Case([&](LrnOp o) { return lrn(o, in[0]); })
      .Case([&](GemmOp o) { return gemm(o, in); })
      .Case([&](MatMulOp o) { return matmul(o, in); })
      .Case([&](SoftmaxOp o) { return softmax(op, in[0], o.getAxis(), false); })
      .Case([&](LogSoftmaxOp o) { return softmax(op, in[0], o.getAxis(), true); })
      .Case([&](ArgMaxOp o) { return argMax(o, in[0]); })
      .Case([&](ReduceMeanOp o) {
        return reduce(op, in[0], o.getAxes(),
                      [](const std::vector<double> &v) { return total(v) / double(v.size()); });
      })
      .Case([&](ReduceSumOp o) { return reduce(op, in[0], o.getAxes(), total); })
      .Case([&](ReduceProdOp o) {
        return reduce(op, in[0], o.getAxes(), [](const std::vector<double> &v) {
          return std::accumulate(v.begin(), v.end(), 1.0, std::multiplies<>());
        });
      })
      .Case([&](ReduceMaxOp o) { return extreme(o.getAxes(), false); })
      .Case([&](ReduceMinOp o) { return extreme(o.getAxes(), true); })
      .Default([&](Operation *) { return moved(op, in); });
}

} // namespace snc::test
