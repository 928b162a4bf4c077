// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family tensor: shapes and movement. Split becomes slices; Squeeze, Unsqueeze and
// Flatten become reshapes.

#include "frontend/Formula.h"
#include "frontend/Operators.h"

using namespace mlir;

namespace snc {

LogicalResult importIdentity(NodeView &n) { return n.set(0, n.in(0)); }

LogicalResult importDropout(NodeView &n) {
  const HostTensor *training = n.host(2);
  if (n.hasInput(2) && (!training || training->size() != 1 || training->number(0) != 0))
    return n.fail() << "is in training mode: export the model for inference";
  if (failed(n.set(0, n.in(0))) || !n.hasOutput(1))
    return success(n.in(0) != nullptr);
  // The mask keeps everything.
  auto type = RankedTensorType::get(n.type(0).getShape(), n.builder().getI1Type());
  Value mask =
      n.builder().create<ConstantOp>(n.location(), type, DenseElementsAttr::get(type, true));
  return n.set(1, mask);
}

LogicalResult importCast(NodeView &n) {
  Type to = elementType(n.builder().getContext(), int(n.i("to", 0)));
  if (!to || !n.in(0))
    return n.fail() << "to " << elementTypeName(int(n.i("to", 0))) << " is not supported";
  if (to == n.type(0).getElementType())
    return n.set(0, n.in(0));
  return n.set(0, n.make<CastOp>({n.in(0)}, {n.builder().getNamedAttr("to", TypeAttr::get(to))}));
}

LogicalResult importCastLike(NodeView &n) {
  Value x = operandOf(n, 0, /*floats=*/false), like = operandOf(n, 1, /*floats=*/false);
  return like ? n.set(0, Formula(n).cast(x, n.type(1).getElementType())) : failure();
}

LogicalResult importConcat(NodeView &n) {
  SmallVector<Value> parts;
  for (int k = 0; k < n.inputs(); ++k)
    if (Value v = n.in(k); v && cast<RankedTensorType>(v.getType()).getNumElements() > 0)
      parts.push_back(v);
  if (parts.empty())
    return n.fail() << "needs an operand";
  auto axis = n.axis(n.i("axis", 0), cast<RankedTensorType>(parts[0].getType()).getRank());
  if (failed(axis))
    return failure();
  return n.set(0, n.make<ConcatOp>(parts, {n.number("axis", *axis)}));
}

static FailureOr<Value> slice(NodeView &n, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                              ArrayRef<int64_t> steps) {
  return n.make<SliceOp>(
      {n.in(0)}, {n.list("starts", starts), n.list("sizes", sizes), n.list("steps", steps)});
}

LogicalResult importSplit(NodeView &n) {
  int64_t rank = n.rank(0);
  auto axis = n.axis(n.i("axis", 0), rank);
  if (failed(axis))
    return failure();
  int64_t extent = n.type(0).getDimSize(unsigned(*axis)), parts = n.outputs();
  auto given = n.intsOrOperand("split", 1);
  if (failed(given))
    return failure();
  SmallVector<int64_t> split = *given;
  if (split.empty()) { // equal parts, the last may be smaller
    int64_t part = (extent + parts - 1) / std::max<int64_t>(parts, 1);
    for (int64_t k = 0; k < parts; ++k)
      split.push_back(std::min(part, extent - k * part));
  }
  if (int64_t(split.size()) != parts)
    return n.fail() << "splits into " << split.size() << " parts but has " << parts << " outputs";
  SmallVector<int64_t> starts(size_t(rank), 0), steps(size_t(rank), 1), sizes(n.type(0).getShape());
  for (int64_t k = 0; k < parts; ++k) {
    sizes[size_t(*axis)] = split[size_t(k)];
    if (failed(n.set(int(k), slice(n, starts, sizes, steps))))
      return failure();
    starts[size_t(*axis)] += split[size_t(k)];
  }
  return success();
}

LogicalResult importSlice(NodeView &n) {
  int64_t rank = n.rank(0);
  SmallVector<int64_t> starts = n.ints("starts"), ends = n.ints("ends"), axes = n.ints("axes"),
                       steps;
  SmallVector<int64_t> *lists[] = {&starts, &ends, &axes, &steps};
  for (int k = 1; k <= 4; ++k)
    if (n.hasInput(k)) {
      auto given = n.constantInts(k, "an operand");
      if (failed(given))
        return failure();
      *lists[k - 1] = *given;
    }
  if (axes.empty())
    for (size_t d = 0; d < starts.size(); ++d)
      axes.push_back(int64_t(d));
  if (steps.empty())
    steps.assign(starts.size(), 1);
  if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
    return n.fail() << "starts, ends, axes and steps differ in length";
  SmallVector<int64_t> from(size_t(rank), 0), sizes(n.type(0).getShape()), by(size_t(rank), 1);
  for (size_t k = 0; k < axes.size(); ++k) {
    auto axis = n.axis(axes[k], rank);
    if (failed(axis))
      return failure();
    SliceRange range = resolveSlice(starts[k], ends[k], steps[k], sizes[size_t(*axis)]);
    if (steps[k] == 0 || range.size <= 0)
      return n.fail() << "leaves nothing of axis " << *axis;
    from[size_t(*axis)] = range.start;
    sizes[size_t(*axis)] = range.size;
    by[size_t(*axis)] = steps[k];
  }
  return n.set(0, slice(n, from, sizes, by));
}

LogicalResult importReshape(NodeView &n) {
  auto given = n.intsOrOperand("shape", 1);
  if (failed(given))
    return failure();
  SmallVector<int64_t> shape = *given;
  if (!n.in(0))
    return n.fail() << "needs an operand";
  auto input = n.type(0);
  int64_t known = 1, unknown = -1;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && !n.i("allowzero", 0) && int64_t(d) < input.getRank())
      shape[d] = input.getDimSize(unsigned(d));
    if (shape[d] == -1)
      unknown = int64_t(d);
    else if (shape[d] <= 0 || __builtin_mul_overflow(known, shape[d], &known))
      return n.fail() << "cannot reshape to " << shapeText(shape);
  }
  if (unknown >= 0)
    shape[size_t(unknown)] = input.getNumElements() / known;
  return n.set(0, n.make<ReshapeOp>({n.in(0)}, {n.list("shape", shape)}));
}

LogicalResult importFlatten(NodeView &n) {
  int64_t rank = n.rank(0), axis = n.i("axis", 1);
  if (axis < -rank || axis > rank)
    return n.fail() << "axis " << axis << " is outside a tensor of rank " << rank;
  axis = axis < 0 ? axis + rank : axis;
  int64_t rows = 1, columns = 1;
  for (int64_t d = 0; d < rank; ++d)
    (d < axis ? rows : columns) *= n.type(0).getDimSize(unsigned(d));
  return n.set(0, n.reshape(n.in(0), {rows, columns}));
}

LogicalResult importTranspose(NodeView &n) {
  SmallVector<int64_t> perm = n.ints("perm");
  if (perm.empty())
    for (int64_t d = n.rank(0); d-- > 0;)
      perm.push_back(d);
  return n.set(0, n.make<TransposeOp>({n.in(0)}, {n.list("perm", perm)}));
}

LogicalResult importSqueeze(NodeView &n) {
  auto axes = n.axes(1, n.rank(0));
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  bool all = axes->empty();
  for (auto [d, extent] : llvm::enumerate(n.type(0).getShape())) {
    bool named = llvm::is_contained(*axes, int64_t(d));
    if (named && extent != 1)
      return n.fail() << "axis " << d << " has extent " << extent << ", not 1";
    if (!named && !(all && extent == 1))
      shape.push_back(extent);
  }
  return n.set(0, n.reshape(n.in(0), shape));
}

LogicalResult importUnsqueeze(NodeView &n) {
  int64_t count =
      n.hasInput(1) && n.host(1) ? int64_t(n.host(1)->size()) : int64_t(n.ints("axes").size());
  int64_t rank = n.rank(0) + count;
  auto axes = n.axes(1, rank);
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  auto rest = n.type(0).getShape();
  for (int64_t d = 0; d < rank; ++d) {
    bool inserted = llvm::is_contained(*axes, d);
    if (!inserted && rest.empty())
      return n.fail() << "names an axis twice";
    shape.push_back(inserted ? 1 : rest.front());
    rest = inserted ? rest : rest.drop_front();
  }
  return n.set(0, n.reshape(n.in(0), shape));
}

LogicalResult importPad(NodeView &n) {
  int64_t rank = n.rank(0);
  auto pads = n.intsOrOperand("pads", 1), axes = n.axes(3, rank);
  if (failed(pads) || failed(axes))
    return failure();
  float value = n.f("value", 0);
  if (n.hasInput(2)) {
    const HostTensor *constant = n.host(2);
    if (!constant || constant->size() > 1)
      return n.fail() << "its value must be a known number";
    value = constant->size() ? float(constant->number(0)) : 0;
  }
  if (axes->empty())
    for (int64_t d = 0; d < rank; ++d)
      axes->push_back(d);
  if (pads->size() != 2 * axes->size())
    return n.fail() << "has " << pads->size() << " pads for " << axes->size() << " axes";
  SmallVector<int64_t> low(size_t(rank), 0), high(size_t(rank), 0);
  for (size_t k = 0; k < axes->size(); ++k) {
    low[size_t((*axes)[k])] = (*pads)[k];
    high[size_t((*axes)[k])] = (*pads)[k + axes->size()];
  }
  return n.set(0, n.make<PadOp>({n.in(0)},
                                {n.list("low", low), n.list("high", high),
                                 n.text("mode", n.s("mode", "constant")), n.real("value", value)}));
}

LogicalResult importExpand(NodeView &n) {
  auto given = n.constantInts(1, "the shape");
  if (failed(given) || !n.in(0))
    return failure();
  // Either side may be the larger one.
  auto shape = broadcastShapes(n.type(0).getShape(), *given);
  if (!shape)
    return n.fail() << "cannot broadcast " << shapeText(n.type(0).getShape()) << " to "
                    << shapeText(*given);
  return n.set(0, n.make<ExpandOp>({n.in(0)}, {n.list("shape", *shape)}));
}

/// Each axis that is repeated gets one before it that is broadcast.
LogicalResult importTile(NodeView &n) {
  Formula f(n);
  Value x = operandOf(n, 0, /*floats=*/false);
  if (!x || !operandOf(n, 1, /*floats=*/false))
    return failure();
  auto repeats = n.constantInts(1, "the repeats");
  if (failed(repeats))
    return failure();
  ArrayRef<int64_t> shape = n.type(0).getShape();
  if (repeats->size() != shape.size())
    return n.fail() << "has " << repeats->size() << " repeats for a tensor of rank "
                    << shape.size();
  SmallVector<int64_t> inserted, repeated, tiled;
  for (auto [extent, count] : llvm::zip(shape, *repeats)) {
    int64_t whole = 0;
    if (count < 1 || __builtin_mul_overflow(extent, count, &whole))
      return n.fail() << "cannot repeat " << extent << " elements " << count << " times";
    tiled.push_back(whole);
    if (count > 1) {
      inserted.push_back(1);
      repeated.push_back(count);
    }
    inserted.push_back(extent);
    repeated.push_back(extent);
  }
  if (tiled == shape)
    return n.set(0, x);
  Value wide = f.op<ExpandOp>({f.reshape(x, inserted)}, {n.list("shape", repeated)});
  return n.set(0, f.reshape(wide, tiled));
}

LogicalResult importGather(NodeView &n) {
  auto axis = n.axis(n.i("axis", 0), n.rank(0));
  if (failed(axis) || !n.in(1))
    return failure();
  return n.set(0, n.make<GatherOp>({n.in(0), n.in(1)}, {n.number("axis", *axis)}));
}

LogicalResult importDepthToSpace(NodeView &n) {
  return n.set(0, n.make<DepthToSpaceOp>({n.in(0)}, {n.number("block", n.i("blocksize", 0)),
                                                     n.text("mode", n.s("mode", "DCR"))}));
}

LogicalResult importSpaceToDepth(NodeView &n) {
  return n.set(0, n.make<SpaceToDepthOp>({n.in(0)}, {n.number("block", n.i("blocksize", 0))}));
}

} // namespace snc
