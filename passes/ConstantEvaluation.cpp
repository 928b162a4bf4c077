// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Movement is done on bytes through strides, arithmetic on f32. Where all
// operands are splats, one element is computed and the result is a splat.

#include "passes/ConstantEvaluation.h"

#include "ir/Layout.h"
#include "ir/ShapeInference.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace snc;

namespace {
using Shape = ArrayRef<int64_t>;
using Bytes = SmallVector<char>;
using Floats = SmallVector<float>;

/// Element `index` of a result lies at offset + sum(index[d] * strides[d]).
struct View {
  int64_t offset = 0;
  SmallVector<int64_t> strides;
};

SmallVector<int64_t> rowMajor(Shape shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

/// A tensor of `shape` read as `result`, as numpy broadcasts it.
View broadcastView(Shape shape, Shape result) {
  View view{0, SmallVector<int64_t>(result.size(), 0)};
  SmallVector<int64_t> strides = rowMajor(shape);
  size_t skip = result.size() - shape.size();
  for (size_t d = 0; d < shape.size(); ++d)
    view.strides[d + skip] = shape[d] == 1 ? 0 : strides[d];
  return view;
}

/// Calls `visit` with the flat place of every element of `shape`, last
/// dimension fastest.
template <typename Visit> void forEachPlace(Shape shape, const View &view, Visit visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t place = view.offset, count = ShapedType::getNumElements(shape);
  for (int64_t i = 0; i < count; ++i) {
    visit(place);
    for (size_t d = shape.size(); d-- > 0;) {
      place += view.strides[d];
      if (++index[d] < shape[d])
        break;
      place -= shape[d] * view.strides[d];
      index[d] = 0;
    }
  }
}

/// The view of its operand that a transpose, slice or expand is.
std::optional<View> movementView(Operation *op, Shape in, Shape out) {
  SmallVector<int64_t> strides = rowMajor(in);
  View view;
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    for (int64_t p : transpose.getPerm())
      view.strides.push_back(strides[size_t(p)]);
    return view;
  }
  if (auto slice = dyn_cast<SliceOp>(op)) {
    for (auto [start, step, stride] : llvm::zip(slice.getStarts(), slice.getSteps(), strides)) {
      view.offset += start * stride;
      view.strides.push_back(step * stride);
    }
    return view;
  }
  return isa<ExpandOp>(op) ? std::optional(broadcastView(in, out)) : std::nullopt;
}

std::optional<float> binaryValue(Operation *op, float x, float y) {
  return llvm::TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](AddOp) { return x + y; })
      .Case([&](SubOp) { return x - y; })
      .Case([&](MulOp) { return x * y; })
      .Case([&](DivOp) { return x / y; })
      .Case([&](MinOp) { return std::fmin(x, y); })
      .Case([&](MaxOp) { return std::fmax(x, y); })
      .Case([&](PowOp) { return std::pow(x, y); })
      .Case([&](PReluOp) { return x < 0 ? y * x : x; })
      .Default([](Operation *) { return std::nullopt; });
}

template <typename T> std::optional<bool> comparison(Operation *op, T x, T y) {
  return llvm::TypeSwitch<Operation *, std::optional<bool>>(op)
      .Case([&](LessOp) { return x < y; })
      .Case([&](LessEqualOp) { return x <= y; })
      .Case([&](EqualOp) { return x == y; })
      .Default([](Operation *) { return std::nullopt; });
}

float clampTo(float x, float lo, float hi) { return std::fmin(std::fmax(x, lo), hi); }

std::optional<float> unaryValue(Operation *op, float x) {
  auto number = [](APFloat v) { return v.convertToFloat(); };
  return llvm::TypeSwitch<Operation *, std::optional<float>>(op)
      .Case([&](SqrtOp) { return std::sqrt(x); })
      .Case([&](ExpOp) { return std::exp(x); })
      .Case([&](LogOp) { return std::log(x); })
      .Case([&](NegOp) { return -x; })
      .Case([&](AbsOp) { return std::fabs(x); })
      .Case([&](ErfOp) { return std::erf(x); })
      .Case([&](SinOp) { return std::sin(x); })
      .Case([&](CosOp) { return std::cos(x); })
      .Case([&](FloorOp) { return std::floor(x); })
      .Case([&](CeilOp) { return std::ceil(x); })
      .Case([&](RoundOp) { return std::nearbyint(x); })
      .Case([&](TanhOp) { return std::tanh(x); })
      .Case([&](SigmoidOp) { return 1 / (1 + std::exp(-x)); })
      .Case([&](SwishOp) { return x / (1 + std::exp(-x)); })
      .Case([&](HardSwishOp) { return x * clampTo(x / 6 + 0.5f, 0, 1); })
      .Case([&](ReluOp) { return std::fmax(x, 0.0f); })
      .Case([&](LeakyReluOp o) { return x < 0 ? number(o.getAlpha()) * x : x; })
      .Case([&](ClampOp o) { return clampTo(x, number(o.getLo()), number(o.getHi())); })
      .Case([&](HardSigmoidOp o) {
        return clampTo(number(o.getAlpha()) * x + number(o.getBeta()), 0, 1);
      })
      .Default([](Operation *) { return std::nullopt; });
}

/// The value of one evaluation: `op` on the operand values `values`.
class Evaluation {
public:
  Evaluation(Operation *op, ArrayRef<ElementsAttr> values)
      : op(op), values(values), type(cast<RankedTensorType>(op->getResult(0).getType())) {}

  ElementsAttr run();

private:
  Shape shapeOf(size_t i) { return cast<ShapedType>(values[i].getType()).getShape(); }
  /// The bytes of operand 0; empty where it holds no data.
  ArrayRef<char> inputBytes() { return rawData(values[0], storage); }
  ElementsAttr result(ArrayRef<char> bytes) { return makeElements(type, bytes, "folded"); }
  ElementsAttr result(ArrayRef<float> floats) { return makeElements(type, floats, "folded"); }

  ElementsAttr splat();
  ElementsAttr moved(const View &view);
  ElementsAttr concatenated(int64_t axis);
  ElementsAttr gathered(int64_t axis);
  ElementsAttr padded(PadOp pad);
  ElementsAttr converted();
  ElementsAttr computed();
  template <typename List> ElementsAttr compared(const List &x, const List &y);
  ElementsAttr compared();
  ElementsAttr selected();
  /// Where each element of the result reads operand `i`.
  SmallVector<int64_t> placesOf(size_t i);
  ElementsAttr reduced(ArrayRef<int64_t> axes);

  Operation *op;
  ArrayRef<ElementsAttr> values;
  RankedTensorType type;
  Bytes storage;
};
} // namespace

/// Elementwise ops and movement keep splats.
ElementsAttr Evaluation::splat() {
  SmallVector<float> one;
  for (ElementsAttr value : values) {
    auto dense = dyn_cast<DenseElementsAttr>(value);
    if (!dense || !dense.isSplat())
      return {};
    if (isa<TransposeOp, SliceOp, ExpandOp>(op))
      return dense.resizeSplat(type);
    if (!dense.getElementType().isF32())
      return {};
    one.push_back(dense.getSplatValue<float>());
  }
  std::optional<float> value;
  if (one.size() == 2)
    value = binaryValue(op, one[0], one[1]);
  else if (one.size() == 1)
    value = unaryValue(op, one[0]);
  return value ? ElementsAttr(DenseElementsAttr::get(type, *value)) : ElementsAttr();
}

ElementsAttr Evaluation::moved(const View &view) {
  ArrayRef<char> bytes = inputBytes();
  if (bytes.empty())
    return {};
  int64_t size = elementBytes(type.getElementType());
  Bytes out;
  out.reserve(size_t(type.getNumElements() * size));
  forEachPlace(type.getShape(), view, [&](int64_t place) {
    const char *from = bytes.data() + place * size;
    out.append(from, from + size);
  });
  return result(out);
}

ElementsAttr Evaluation::concatenated(int64_t axis) {
  int64_t size = elementBytes(type.getElementType());
  int64_t outer = ShapedType::getNumElements(type.getShape().take_front(axis));
  SmallVector<Bytes> stores(values.size());
  SmallVector<ArrayRef<char>> parts;
  for (auto [value, store] : llvm::zip(values, stores)) {
    parts.push_back(rawData(value, store));
    if (parts.back().empty())
      return {};
  }
  Bytes out;
  out.reserve(size_t(type.getNumElements() * size));
  for (int64_t o = 0; o < outer; ++o)
    for (ArrayRef<char> part : parts) {
      size_t chunk = part.size() / size_t(outer);
      llvm::append_range(out, part.slice(size_t(o) * chunk, chunk));
    }
  return result(out);
}

ElementsAttr Evaluation::gathered(int64_t axis) {
  ArrayRef<char> bytes = inputBytes();
  auto indices = integerValues(values[1]);
  if (bytes.empty() || !indices)
    return {};
  Shape in = shapeOf(0);
  int64_t extent = in[size_t(axis)], outer = ShapedType::getNumElements(in.take_front(axis));
  int64_t inner = int64_t(bytes.size()) / (outer * extent);
  Bytes out;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : *indices) {
      int64_t at = index < 0 ? index + extent : index;
      if (at < 0 || at >= extent)
        return {};
      llvm::append_range(out, bytes.slice(size_t((o * extent + at) * inner), size_t(inner)));
    }
  return result(out);
}

ElementsAttr Evaluation::padded(PadOp pad) {
  auto in = floatValues(values[0]);
  auto negative = [](int64_t v) { return v < 0; };
  if (!in || pad.getMode() != "constant" || llvm::any_of(pad.getLow(), negative) ||
      llvm::any_of(pad.getHigh(), negative))
    return {};
  Floats out(size_t(type.getNumElements()), pad.getValue().convertToFloat());
  View view{0, rowMajor(type.getShape())};
  for (auto [low, stride] : llvm::zip(pad.getLow(), view.strides))
    view.offset += low * stride;
  size_t next = 0;
  forEachPlace(shapeOf(0), view, [&](int64_t place) { out[size_t(place)] = (*in)[next++]; });
  return result(out);
}

/// Between f32 and integers, as ONNX Cast: truncated, and any but zero is true.
ElementsAttr Evaluation::converted() {
  auto to = dyn_cast<IntegerType>(type.getElementType());
  if (auto floats = floatValues(values[0]); floats && to) {
    Bytes out;
    for (float f : *floats) {
      if (!(std::fabs(f) < 2147483648.0f))
        return {}; // what lies outside is left to the machine
      int64_t integer = to.getWidth() == 1 ? int64_t(f != 0) : int64_t(f);
      const char *from = reinterpret_cast<const char *>(&integer);
      out.append(from, from + elementBytes(to));
    }
    return result(out);
  }
  auto integers = integerValues(values[0]);
  if (!integers || !type.getElementType().isF32())
    return {};
  return result(Floats(integers->begin(), integers->end()));
}

ElementsAttr Evaluation::computed() {
  if (!(values.size() == 1 ? unaryValue(op, 1) : binaryValue(op, 1, 1)))
    return {};
  SmallVector<Floats> in;
  SmallVector<SmallVector<int64_t>> places(values.size());
  for (auto [i, value] : llvm::enumerate(values)) {
    auto floats = floatValues(value);
    auto shape = broadcastShapes(shapeOf(i), type.getShape());
    if (!floats || !type.getElementType().isF32() || !shape || Shape(*shape) != type.getShape())
      return {};
    in.push_back(std::move(*floats));
    forEachPlace(type.getShape(), broadcastView(shapeOf(i), type.getShape()),
                 [&, i = i](int64_t place) { places[i].push_back(place); });
  }
  Floats out;
  for (size_t e = 0; e < size_t(type.getNumElements()); ++e) {
    float x = in[0][size_t(places[0][e])];
    out.push_back(in.size() == 1 ? *unaryValue(op, x)
                                 : *binaryValue(op, x, in[1][size_t(places[1][e])]));
  }
  return result(out);
}

SmallVector<int64_t> Evaluation::placesOf(size_t i) {
  SmallVector<int64_t> places;
  forEachPlace(type.getShape(), broadcastView(shapeOf(i), type.getShape()),
               [&](int64_t place) { places.push_back(place); });
  return places;
}

template <typename List> ElementsAttr Evaluation::compared(const List &x, const List &y) {
  Bytes out;
  for (auto [l, r] : llvm::zip(placesOf(0), placesOf(1)))
    out.push_back(char(*comparison(op, x[size_t(l)], y[size_t(r)])));
  return result(out);
}

ElementsAttr Evaluation::compared() {
  if (auto x = floatValues(values[0]), y = floatValues(values[1]); x && y)
    return compared(*x, *y);
  // The bytes of 64 bits without a sign would be read with one.
  auto element = dyn_cast<IntegerType>(cast<ShapedType>(values[0].getType()).getElementType());
  auto x = integerValues(values[0]), y = integerValues(values[1]);
  bool fits = element && !(element.isUnsigned() && element.getWidth() == 64);
  return fits && x && y ? compared(*x, *y) : ElementsAttr();
}

ElementsAttr Evaluation::selected() {
  auto condition = integerValues(values[0]);
  Bytes stores[2];
  ArrayRef<char> bytes[] = {rawData(values[1], stores[0]), rawData(values[2], stores[1])};
  if (!condition || bytes[0].empty() || bytes[1].empty())
    return {};
  size_t size = size_t(elementBytes(type.getElementType()));
  Bytes out;
  for (auto [c, l, r] : llvm::zip(placesOf(0), placesOf(1), placesOf(2))) {
    bool first = (*condition)[size_t(c)] != 0;
    llvm::append_range(out, bytes[first ? 0 : 1].slice(size_t(first ? l : r) * size, size));
  }
  return result(out);
}

ElementsAttr Evaluation::reduced(ArrayRef<int64_t> axes) {
  auto in = floatValues(values[0]);
  if (!in || !type.getElementType().isF32())
    return {};
  // Where each input element goes: the result's strides, zero along `axes`.
  SmallVector<int64_t> kept(shapeOf(0));
  for (int64_t axis : axes)
    kept[size_t(axis)] = 1;
  View view = broadcastView(kept, shapeOf(0));
  bool isMax = isa<ReduceMaxOp>(op), isMin = isa<ReduceMinOp>(op);
  bool isProduct = isa<ReduceProdOp>(op);
  double start = isMax ? -HUGE_VAL : isMin ? HUGE_VAL : isProduct ? 1 : 0;
  SmallVector<double> sums(size_t(type.getNumElements()), start);
  size_t next = 0;
  forEachPlace(shapeOf(0), view, [&](int64_t place) {
    double &sum = sums[size_t(place)], value = (*in)[next++];
    sum = isMax       ? std::fmax(sum, value)
          : isMin     ? std::fmin(sum, value)
          : isProduct ? sum * value
                      : sum + value;
  });
  double count = isa<ReduceMeanOp>(op) ? double(in->size()) / double(sums.size()) : 1;
  Floats out;
  for (double sum : sums)
    out.push_back(float(sum / count));
  return result(out);
}

ElementsAttr Evaluation::run() {
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return reshapeElements(values[0], type);
  if (ElementsAttr value = splat())
    return value;
  if (auto view = movementView(op, shapeOf(0), type.getShape()))
    return moved(*view);
  return llvm::TypeSwitch<Operation *, ElementsAttr>(op)
      .Case([&](ConcatOp o) { return concatenated(o.getAxis()); })
      .Case([&](GatherOp o) { return gathered(o.getAxis()); })
      .Case([&](PadOp o) { return padded(o); })
      .Case([&](CastOp) { return converted(); })
      .Case<LessOp, LessEqualOp, EqualOp>([&](auto) { return compared(); })
      .Case([&](SelectOp) { return selected(); })
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp, ReduceProdOp>(
          [&](auto o) { return reduced(o.getAxes()); })
      .Default([&](Operation *) { return values.size() <= 2 ? computed() : ElementsAttr(); });
}

namespace snc {

ElementsAttr reshapeElements(ElementsAttr value, RankedTensorType type) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  auto dense = dyn_cast<DenseElementsAttr>(value);
  return dense ? ElementsAttr(dense.reshape(type)) : ElementsAttr();
}

ElementsAttr evaluate(Operation *op, ArrayRef<ElementsAttr> operands) {
  return Evaluation(op, operands).run();
}

} // namespace snc
