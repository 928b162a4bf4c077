// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape inference and verification of the tensor family.

#include "ir/ShapeInference.h"

using namespace mlir;
using namespace snc;

using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  auto value = cast<ShapedType>(getValue().getType());
  if (type.getShape() == value.getShape() && type.getElementType() == value.getElementType())
    return success();
  return emitOpError("T7: the value is ") << value << " but the result is " << type;
}

static LogicalResult checkPerDimension(MaybeLoc loc, Value input, size_t count, StringRef what) {
  if (size_t(tensorType(input).getRank()) == count)
    return success();
  return emitOptionalError(loc, "T8: ", what, " has ", count, " entries for a tensor of rank ",
                           tensorType(input).getRank());
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  if (failed(inferShape(loc, a.getShape(), type.getElementType(), types)))
    return failure();
  if (cast<RankedTensorType>(types.back()).getNumElements() == type.getNumElements())
    return success();
  return emitOptionalError(loc, "T8: cannot reshape ", shapeText(type.getShape()), " to ",
                           shapeText(a.getShape()));
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  if (failed(checkPerDimension(loc, a.getInput(), a.getPerm().size(), "perm")))
    return failure();
  SmallVector<int64_t> shape, seen(type.getRank());
  for (int64_t p : a.getPerm()) {
    if (p < 0 || p >= type.getRank() || seen[p]++)
      return emitOptionalError(loc, "T8: perm is no permutation");
    shape.push_back(type.getDimSize(p));
  }
  return inferShape(loc, shape, type.getElementType(), types);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  for (auto list : {a.getStarts(), a.getSizes(), a.getSteps()})
    if (failed(checkPerDimension(loc, a.getInput(), list.size(), "slice")))
      return failure();
  for (auto [extent, start, size, step] :
       llvm::zip(type.getShape(), a.getStarts(), a.getSizes(), a.getSteps())) {
    int64_t last = start + (size - 1) * step;
    if (start < 0 || start >= extent || last < 0 || last >= extent)
      return emitOptionalError(loc, "T8: slice leaves the input ", shapeText(type.getShape()));
  }
  return inferShape(loc, a.getSizes(), type.getElementType(), types);
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  if (failed(checkPerDimension(loc, a.getInput(), a.getLow().size(), "low")) ||
      failed(checkPerDimension(loc, a.getInput(), a.getHigh().size(), "high")))
    return failure();
  if (!llvm::is_contained({"constant", "reflect", "edge", "wrap"}, a.getMode()))
    return emitOptionalError(loc, "T8: unknown pad mode '", a.getMode(), "'");
  SmallVector<int64_t> shape;
  for (auto [extent, low, high] : llvm::zip(type.getShape(), a.getLow(), a.getHigh())) {
    if (a.getMode() == "reflect" && (low >= extent || high >= extent))
      return emitOptionalError(loc, "T8: a reflecting pad is smaller than its dimension");
    shape.push_back(extent + low + high);
  }
  return inferShape(loc, shape, type.getElementType(), types);
}

LogicalResult ExpandOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  SmallVector<int64_t> shape(a.getShape());
  if (broadcastShapes(type.getShape(), shape) != shape)
    return emitOptionalError(loc, "T8: cannot broadcast ", shapeText(type.getShape()), " to ",
                             shapeText(shape));
  return inferShape(loc, shape, type.getElementType(), types);
}

static LogicalResult checkBlock(MaybeLoc loc, Value input, int64_t block) {
  if (tensorType(input).getRank() == 4 && block > 0 && block < 4096)
    return success();
  return emitOptionalError(loc, "T8: needs rank 4 and a positive block");
}

LogicalResult DepthToSpaceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a,
                                               Types &types) {
  if (failed(checkBlock(loc, a.getInput(), a.getBlock())))
    return failure();
  auto type = tensorType(a.getInput());
  auto s = type.getShape();
  int64_t b = a.getBlock();
  if (s[1] % (b * b) || (a.getMode() != "DCR" && a.getMode() != "CRD"))
    return emitOptionalError(loc, "T8: ", s[1], " channels do not divide into blocks of ", b,
                             ", or mode '", a.getMode(), "' is neither DCR nor CRD");
  return inferShape(loc, {s[0], s[1] / (b * b), s[2] * b, s[3] * b}, type.getElementType(), types);
}

LogicalResult SpaceToDepthOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a,
                                               Types &types) {
  if (failed(checkBlock(loc, a.getInput(), a.getBlock())))
    return failure();
  auto type = tensorType(a.getInput());
  auto s = type.getShape();
  int64_t b = a.getBlock();
  if (s[2] % b || s[3] % b)
    return emitOptionalError(loc, "T8: ", shapeText(s), " does not divide into blocks of ", b);
  return inferShape(loc, {s[0], s[1] * b * b, s[2] / b, s[3] / b}, type.getElementType(), types);
}

static bool isCoordinateMode(StringRef mode) {
  return llvm::is_contained(
      {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"},
      mode);
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput());
  if (failed(checkPerDimension(loc, a.getInput(), a.getShape().size(), "shape")) ||
      failed(checkPerDimension(loc, a.getInput(), a.getScales().size(), "scales")))
    return failure();
  if ((a.getMode() != "nearest" && a.getMode() != "linear") ||
      !isCoordinateMode(a.getCoordinates()))
    return emitOptionalError(loc, "T8: unknown resize mode '", a.getMode(), "' or coordinates '",
                             a.getCoordinates(), "'");
  return inferShape(loc, a.getShape(), type.getElementType(), types);
}

LogicalResult RelayoutOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor a, Types &types) {
  types.push_back(a.getInput().getType());
  return success();
}

LogicalResult TransferOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor a, Types &types) {
  types.push_back(a.getInput().getType());
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  if (a.getInputs().empty())
    return emitOptionalError(loc, "T8: concat needs an input");
  auto first = tensorType(a.getInputs().front());
  SmallVector<int64_t> shape(first.getShape());
  int64_t axis = a.getAxis();
  if (axis < 0 || axis >= first.getRank())
    return emitOptionalError(loc, "T8: concat axis ", axis, " is outside rank ", first.getRank());
  for (Value v : a.getInputs().drop_front()) {
    auto type = tensorType(v);
    SmallVector<int64_t> other(type.getShape());
    if (other.size() == shape.size())
      shape[axis] += std::exchange(other[axis], shape[axis] + other[axis]);
    if (other != shape || type.getElementType() != first.getElementType())
      return emitOptionalError(loc, "T8: cannot concat ", shapeText(first.getShape()), " and ",
                               shapeText(type.getShape()), " on axis ", axis);
  }
  return inferShape(loc, shape, first.getElementType(), types);
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  auto type = tensorType(a.getInput()), indices = tensorType(a.getIndices());
  int64_t axis = a.getAxis();
  if (axis < 0 || axis >= type.getRank() || !indices.getElementType().isInteger())
    return emitOptionalError(loc, "T8: gather needs integer indices and an axis inside rank ",
                             type.getRank());
  SmallVector<int64_t> shape(type.getShape().take_front(axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, type.getShape().drop_front(axis + 1));
  return inferShape(loc, shape, type.getElementType(), types);
}
