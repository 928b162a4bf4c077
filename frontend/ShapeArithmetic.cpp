// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What exporters write around a reshape: Shape, Gather, arithmetic, Concat. All of
// it is computed here, so that no integer tensor reaches the IR without need.

#include "frontend/Operators.h"

#include <cmath>

using namespace mlir;

namespace snc {

namespace {
// Float tensors above this are data, not scales of a shape.
constexpr size_t kFloatLimit = 64;

int64_t product(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

/// Copies element `from` of `in` to the end of `out`.
void push(HostTensor &out, const HostTensor &in, size_t from) {
  if (in.isFloat())
    out.floats.push_back(in.floats[from]);
  else
    out.ints.push_back(in.ints[from]);
}

std::optional<double> realValue(StringRef op, double a, double b) {
  if (op == "Add")
    return a + b;
  if (op == "Sub")
    return a - b;
  if (op == "Mul")
    return a * b;
  if (op == "Div")
    return a / b;
  if (op == "Min")
    return std::min(a, b);
  if (op == "Max")
    return std::max(a, b);
  return std::nullopt;
}

std::optional<int64_t> wholeValue(StringRef op, int64_t a, int64_t b) {
  // Wraps as the model's own arithmetic would.
  if (op == "Add")
    return int64_t(uint64_t(a) + uint64_t(b));
  if (op == "Sub")
    return int64_t(uint64_t(a) - uint64_t(b));
  if (op == "Mul")
    return int64_t(uint64_t(a) * uint64_t(b));
  if (op == "Div")
    return b == 0 || (b == -1 && a == INT64_MIN) ? std::nullopt : std::optional<int64_t>(a / b);
  if (op == "Min")
    return std::min(a, b);
  if (op == "Max")
    return std::max(a, b);
  if (op == "And")
    return a && b;
  if (op == "Or")
    return a || b;
  if (op == "Xor")
    return a != b;
  return std::nullopt;
}

template <typename T> std::optional<bool> comparison(StringRef op, T a, T b) {
  if (op == "Equal")
    return a == b;
  if (op == "Less")
    return a < b;
  if (op == "LessOrEqual")
    return a <= b;
  if (op == "Greater")
    return a > b;
  if (op == "GreaterOrEqual")
    return a >= b;
  return std::nullopt;
}

bool isBinary(StringRef op) { return comparison(op, 0, 0) || wholeValue(op, 1, 1); }

/// The flat index into a tensor of shape `from`, broadcast to `to`, of element i.
size_t broadcastIndex(int64_t i, ArrayRef<int64_t> to, ArrayRef<int64_t> from) {
  int64_t flat = 0, scale = 1;
  for (size_t d = 0; d < to.size(); ++d) {
    int64_t extent = to[to.size() - 1 - d], at = i % extent;
    i /= extent;
    if (d < from.size()) {
      int64_t own = from[from.size() - 1 - d];
      flat += own == 1 ? 0 : at * scale;
      scale *= own;
    }
  }
  return size_t(flat);
}

using Result = std::optional<HostTensor>;

Result foldBinary(StringRef op, const HostTensor &a, const HostTensor &b) {
  auto shape = broadcastShapes(a.shape, b.shape);
  if (!shape || a.isFloat() != b.isFloat() || product(*shape) > kHostLimit)
    return std::nullopt;
  bool compares = comparison(op, 0, 0).has_value();
  Type element = compares ? IntegerType::get(a.element.getContext(), 1) : a.element;
  HostTensor out{*shape, element, {}, {}};
  for (int64_t i = 0, n = product(*shape); i < n; ++i) {
    size_t x = broadcastIndex(i, *shape, a.shape), y = broadcastIndex(i, *shape, b.shape);
    if (compares) {
      out.ints.push_back(a.isFloat() ? *comparison(op, a.floats[x], b.floats[y])
                                     : *comparison(op, a.ints[x], b.ints[y]));
    } else if (a.isFloat()) {
      auto v = realValue(op, a.floats[x], b.floats[y]);
      if (!v)
        return std::nullopt;
      out.floats.push_back(double(float(*v)));
    } else {
      auto v = wholeValue(op, a.ints[x], b.ints[y]);
      if (!v)
        return std::nullopt;
      out.ints.push_back(*v);
    }
  }
  return out;
}

Result foldWhere(const HostTensor &c, const HostTensor &a, const HostTensor &b) {
  auto ab = broadcastShapes(a.shape, b.shape);
  auto shape = ab ? broadcastShapes(*ab, c.shape) : std::nullopt;
  if (!shape || a.isFloat() != b.isFloat() || c.isFloat() || product(*shape) > kHostLimit)
    return std::nullopt;
  HostTensor out{*shape, a.element, {}, {}};
  for (int64_t i = 0, n = product(*shape); i < n; ++i) {
    const HostTensor &from = c.ints[broadcastIndex(i, *shape, c.shape)] ? a : b;
    push(out, from, broadcastIndex(i, *shape, from.shape));
  }
  return out;
}

Result foldUnary(StringRef op, HostTensor x) {
  for (double &v : x.floats)
    v = op == "Neg"     ? -v
        : op == "Floor" ? std::floor(v)
        : op == "Ceil"  ? std::ceil(v)
        : op == "Round" ? std::nearbyint(v)
                        : std::fabs(v);
  for (int64_t &v : x.ints)
    v = op == "Not" ? !v : op == "Neg" ? -v : op == "Abs" && v < 0 ? -v : v;
  return x;
}

Result foldCast(NodeView &n, const HostTensor &x) {
  Type to = elementType(n.builder().getContext(), int(n.i("to", 0)));
  if (!to)
    return std::nullopt;
  HostTensor out{x.shape, to, {}, {}};
  for (size_t i = 0; i < x.size(); ++i) {
    if (isa<FloatType>(to))
      out.floats.push_back(x.number(i));
    else if (to.isInteger(1))
      out.ints.push_back(x.number(i) != 0);
    else
      out.ints.push_back(x.isFloat() ? int64_t(x.floats[i]) : x.ints[i]);
  }
  return out;
}

Result foldGather(NodeView &n, const HostTensor &x, const HostTensor &indices) {
  auto axis = n.axis(n.i("axis", 0), int64_t(x.shape.size()));
  if (failed(axis) || indices.isFloat())
    return std::nullopt;
  int64_t extent = x.shape[size_t(*axis)];
  int64_t inner = product(ArrayRef<int64_t>(x.shape).drop_front(size_t(*axis) + 1));
  int64_t outer = product(ArrayRef<int64_t>(x.shape).take_front(size_t(*axis)));
  HostTensor out{{}, x.element, {}, {}};
  out.shape.append(x.shape.begin(), x.shape.begin() + *axis);
  out.shape.append(indices.shape.begin(), indices.shape.end());
  out.shape.append(x.shape.begin() + *axis + 1, x.shape.end());
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : indices.ints) {
      int64_t k = index < 0 ? index + extent : index;
      if (k < 0 || k >= extent)
        return std::nullopt;
      for (int64_t i = 0; i < inner; ++i)
        push(out, x, size_t((o * extent + k) * inner + i));
    }
  return out;
}

/// Lists and scalars only: that is what shapes are.
Result foldConcat(NodeView &n) {
  HostTensor out = *n.host(0);
  for (int k = 0; k < n.inputs(); ++k)
    if (!n.host(k) || n.host(k)->shape.size() != 1 || n.host(k)->isFloat() != out.isFloat())
      return std::nullopt;
  for (int k = 1; k < n.inputs(); ++k)
    for (size_t i = 0; i < n.host(k)->size(); ++i)
      push(out, *n.host(k), i);
  out.shape = {int64_t(out.size())};
  return out;
}

Result foldSlice(NodeView &n) {
  const HostTensor &x = *n.host(0);
  if (x.shape.size() != 1)
    return std::nullopt;
  SmallVector<int64_t> starts = n.ints("starts"), ends = n.ints("ends"), steps;
  SmallVector<int64_t> *lists[] = {&starts, &ends, nullptr, &steps};
  for (int k : {1, 2, 4})
    if (const HostTensor *given = n.host(k))
      lists[k - 1]->assign(given->ints.begin(), given->ints.end());
  int64_t step = steps.empty() ? 1 : steps[0];
  if (starts.size() != 1 || ends.size() != 1 || step == 0)
    return std::nullopt;
  SliceRange range = resolveSlice(starts[0], ends[0], step, x.shape[0]);
  HostTensor out{{std::max<int64_t>(range.size, 0)}, x.element, {}, {}};
  for (int64_t i = 0; i < range.size; ++i)
    push(out, x, size_t(range.start + i * step));
  return out;
}

Result foldRange(const HostTensor &start, const HostTensor &limit, const HostTensor &delta) {
  if (start.isFloat() || start.size() != 1 || limit.size() != 1 || delta.size() != 1 ||
      delta.ints[0] == 0)
    return std::nullopt;
  HostTensor out{{}, start.element, {}, {}};
  for (int64_t v = start.ints[0]; delta.ints[0] > 0 ? v < limit.ints[0] : v > limit.ints[0];
       v += delta.ints[0]) {
    if (out.size() >= size_t(kHostLimit))
      return std::nullopt;
    out.ints.push_back(v);
  }
  out.shape = {int64_t(out.size())};
  return out;
}

/// The same values under another shape.
Result foldReshaped(NodeView &n) {
  HostTensor out = *n.host(0);
  StringRef op = n.op();
  SmallVector<int64_t> axes = n.ints("axes");
  if (const HostTensor *given = n.host(1))
    axes.assign(given->ints.begin(), given->ints.end());
  if (op == "Identity")
    return out;
  if (op == "Unsqueeze") {
    int64_t rank = int64_t(out.shape.size() + axes.size());
    SmallVector<int64_t> sorted;
    for (int64_t a : axes)
      sorted.push_back(a < 0 ? a + rank : a);
    llvm::sort(sorted);
    for (int64_t a : sorted) {
      if (a < 0 || a > int64_t(out.shape.size()))
        return std::nullopt;
      out.shape.insert(out.shape.begin() + a, 1);
    }
    return out;
  }
  if (op == "Squeeze" && out.size() == 1 && out.shape.size() <= 1) {
    out.shape.clear();
    return out;
  }
  if (op == "Reshape" && axes.size() == 1 && (axes[0] == -1 || axes[0] == int64_t(out.size()))) {
    out.shape = {int64_t(out.size())};
    return out;
  }
  return std::nullopt;
}

Result compute(NodeView &n) {
  StringRef op = n.op();
  if (op == "Cast")
    return foldCast(n, *n.host(0));
  if (op == "Gather")
    return foldGather(n, *n.host(0), *n.host(1));
  if (op == "Concat")
    return foldConcat(n);
  if (op == "Slice")
    return foldSlice(n);
  if (op == "Where" && n.inputs() == 3)
    return foldWhere(*n.host(0), *n.host(1), *n.host(2));
  if (op == "Range" && n.inputs() == 3)
    return foldRange(*n.host(0), *n.host(1), *n.host(2));
  if (llvm::is_contained({"Neg", "Abs", "Not", "Floor", "Ceil", "Round"}, op))
    return foldUnary(op, *n.host(0));
  if (n.inputs() == 2 && isBinary(op))
    return foldBinary(op, *n.host(0), *n.host(1));
  if (op == "Identity" || op == "Unsqueeze" || op == "Squeeze" || op == "Reshape")
    return foldReshaped(n);
  return std::nullopt;
}
} // namespace

SliceRange resolveSlice(int64_t start, int64_t end, int64_t step, int64_t extent) {
  auto fromEnd = [&](int64_t v) { return v < 0 ? v + extent : v; };
  if (step > 0) {
    int64_t first = std::clamp<int64_t>(fromEnd(start), 0, extent),
            last = std::clamp<int64_t>(fromEnd(end), 0, extent);
    return {first, last > first ? (last - first - 1) / step + 1 : 0};
  }
  int64_t first = std::clamp<int64_t>(fromEnd(start), -1, extent - 1);
  int64_t last = std::clamp<int64_t>(end < -extent ? -1 : fromEnd(end), -1, extent - 1);
  return {first,
          first > last && step ? (first - last - 1) / -std::max<int64_t>(step, -INT32_MAX) + 1 : 0};
}

bool foldShapeArithmetic(NodeView &n) {
  if (n.inputs() == 0 || n.outputs() != 1)
    return false;
  for (int k = 0; k < n.inputs(); ++k) {
    if (!n.hasInput(k))
      continue;
    const HostTensor *host = n.host(k);
    if (!host || (host->isFloat() && host->size() > kFloatLimit))
      return false;
  }
  if (!n.host(0))
    return false;
  Result result = compute(n);
  return result && succeeded(n.setHost(0, std::move(*result)));
}

LogicalResult importShape(NodeView &n) {
  if (!n.in(0))
    return n.fail() << "needs an operand";
  int64_t rank = n.rank(0), start = n.i("start", 0), end = n.i("end", rank);
  SliceRange range = resolveSlice(start, end, 1, rank);
  HostTensor shape{{range.size}, n.builder().getI64Type(), {}, {}};
  llvm::append_range(shape.ints,
                     n.type(0).getShape().slice(size_t(range.start), size_t(range.size)));
  return n.setHost(0, std::move(shape));
}

LogicalResult importConstantOfShape(NodeView &n) {
  auto shape = n.constantInts(0, "the shape");
  if (failed(shape))
    return failure();
  Type element = n.builder().getF32Type();
  Attribute value = n.builder().getF32FloatAttr(0);
  if (const onnx::AttributeProto *given = n.find("value")) {
    auto elements = readTensor(given->t(), n.file(), n.location());
    if (failed(elements))
      return failure();
    element = elements->getElementType();
    if (elements->getNumElements() != 1)
      return n.fail() << "its value must be one number";
    value = *elements->getValues<Attribute>().begin();
  }
  SmallVector<Type> types;
  if (failed(inferShape(n.location(), *shape, element, types)))
    return failure();
  auto type = cast<RankedTensorType>(types[0]);
  return n.set(0, Value(n.builder().create<ConstantOp>(n.location(), type,
                                                       DenseElementsAttr::get(type, value))));
}

LogicalResult importConstant(NodeView &n) {
  OpBuilder &b = n.builder();
  auto set = [&](ElementsAttr value) -> LogicalResult {
    if (value.getNumElements() == 0)
      return n.setHost(0, *toHost(value));
    return n.set(0, Value(b.create<ConstantOp>(n.location(),
                                               cast<RankedTensorType>(value.getType()), value)));
  };
  if (const onnx::AttributeProto *given = n.find("value")) {
    auto elements = readTensor(given->t(), n.file(), n.location());
    return failed(elements) ? failure() : set(*elements);
  }
  if (n.has("value_int"))
    return n.setHost(0, {{}, b.getI64Type(), {n.i("value_int", 0)}, {}});
  if (n.has("value_float"))
    return n.setHost(0, {{}, b.getF32Type(), {}, {double(n.f("value_float", 0))}});
  if (n.has("value_ints")) {
    SmallVector<int64_t> values = n.ints("value_ints");
    return n.setHost(0, {{int64_t(values.size())}, b.getI64Type(), values, {}});
  }
  if (n.has("value_floats")) {
    SmallVector<float> values = n.floats("value_floats");
    return n.setHost(0, {{int64_t(values.size())},
                         b.getF32Type(),
                         {},
                         SmallVector<double>(values.begin(), values.end())});
  }
  return n.fail() << "has no value of a supported kind (tensor, int, float, ints, floats)";
}

} // namespace snc
