// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape inference of the nn family.

#include "ir/ShapeInference.h"

using namespace mlir;
using namespace snc;

using MaybeLoc = std::optional<Location>;
using Types = SmallVectorImpl<Type>;

static LogicalResult checkRank4(MaybeLoc loc, Value v, StringRef what) {
  auto type = tensorType(v);
  if (type.getRank() == 4)
    return success();
  return emitOptionalError(loc, "T5: ", what, " has shape ", shapeText(type.getShape()),
                           ", but a 2-D operator needs rank 4");
}

static LogicalResult checkWindow(MaybeLoc loc, ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> dilations, ArrayRef<int64_t> pads) {
  auto positive = [](int64_t v) { return v > 0; };
  if (strides.size() != 2 || dilations.size() != 2 || pads.size() != 4)
    return emitOptionalError(loc, "T5: a window has 2 strides, 2 dilations and 4 pads");
  if (!llvm::all_of(strides, positive) || !llvm::all_of(dilations, positive))
    return emitOptionalError(loc, "T5: strides and dilations are positive");
  return success();
}

static LogicalResult checkChannels(MaybeLoc loc, Value bias, int64_t channels) {
  if (!bias || tensorType(bias).getShape() == ArrayRef<int64_t>{channels})
    return success();
  return emitOptionalError(loc, "T6: a per-channel operand has shape ",
                           shapeText(tensorType(bias).getShape()), ", expected ", channels);
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  if (failed(checkRank4(loc, a.getInput(), "the input")) ||
      failed(checkRank4(loc, a.getWeight(), "the weight")) ||
      failed(checkWindow(loc, a.getStrides(), a.getDilations(), a.getPads())))
    return failure();
  auto x = tensorType(a.getInput()).getShape(), w = tensorType(a.getWeight()).getShape();
  int64_t group = a.getGroup();
  if (group < 1 || x[1] % group || w[0] % group || w[1] != x[1] / group)
    return emitOptionalError(loc, "T6: input ", shapeText(x), ", weight ", shapeText(w),
                             " and group ", group, " do not fit");
  if (failed(checkChannels(loc, a.getBias(), w[0])))
    return failure();
  auto s = a.getStrides(), d = a.getDilations(), p = a.getPads();
  return inferShape(loc,
                    {x[0], w[0], windowExtent(x[2], w[2], s[0], d[0], p[0], p[2]),
                     windowExtent(x[3], w[3], s[1], d[1], p[1], p[3])},
                    tensorType(a.getInput()).getElementType(), types);
}

bool ConvOp::isDepthwise() {
  auto x = tensorType(getInput()).getShape(), w = tensorType(getWeight()).getShape();
  return int64_t(getGroup()) == x[1] && w[0] == x[1] && x[1] > 1;
}

bool ConvOp::isPointwise() {
  auto w = tensorType(getWeight()).getShape();
  auto one = [](int64_t v) { return v == 1; };
  auto zero = [](int64_t v) { return v == 0; };
  return w[2] == 1 && w[3] == 1 && getGroup() == 1 && llvm::all_of(getStrides(), one) &&
         llvm::all_of(getPads(), zero);
}

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a,
                                                Types &types) {
  if (failed(checkRank4(loc, a.getInput(), "the input")) ||
      failed(checkRank4(loc, a.getWeight(), "the weight")) ||
      failed(checkWindow(loc, a.getStrides(), a.getDilations(), a.getPads())))
    return failure();
  auto x = tensorType(a.getInput()).getShape(), w = tensorType(a.getWeight()).getShape();
  int64_t group = a.getGroup();
  if (group < 1 || x[1] % group || w[0] != x[1] || a.getOutputPadding().size() != 2)
    return emitOptionalError(loc, "T6: input ", shapeText(x), ", weight ", shapeText(w),
                             " and group ", group, " do not fit");
  auto s = a.getStrides(), d = a.getDilations(), p = a.getPads(), o = a.getOutputPadding();
  SmallVector<int64_t> shape{x[0], w[1] * group};
  if (failed(checkChannels(loc, a.getBias(), shape[1])))
    return failure();
  for (int i = 0; i < 2; ++i)
    shape.push_back((x[2 + i] - 1) * s[i] + o[i] + (w[2 + i] - 1) * d[i] + 1 - p[i] - p[i + 2]);
  return inferShape(loc, shape, tensorType(a.getInput()).getElementType(), types);
}

template <typename Adaptor> static LogicalResult inferPool(MaybeLoc loc, Adaptor a, Types &types) {
  if (failed(checkRank4(loc, a.getInput(), "the input")) ||
      failed(checkWindow(loc, a.getStrides(), a.getDilations(), a.getPads())))
    return failure();
  auto type = tensorType(a.getInput());
  auto x = type.getShape();
  auto k = a.getKernel(), s = a.getStrides(), d = a.getDilations(), p = a.getPads();
  if (k.size() != 2 || k[0] < 1 || k[1] < 1)
    return emitOptionalError(loc, "T5: a 2-D pool has a kernel of two positive numbers");
  bool ceil = a.getCeilMode();
  return inferShape(loc,
                    {x[0], x[1], windowExtent(x[2], k[0], s[0], d[0], p[0], p[2], ceil),
                     windowExtent(x[3], k[1], s[1], d[1], p[1], p[3], ceil)},
                    type.getElementType(), types);
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  return inferPool(loc, a, types);
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  return inferPool(loc, a, types);
}

static LogicalResult inferNorm(MaybeLoc loc, Value input, ValueRange perChannel, Types &types) {
  auto type = tensorType(input);
  if (type.getRank() < 2)
    return emitOptionalError(loc, "T5: normalisation needs a channel axis");
  for (Value v : perChannel)
    if (failed(checkChannels(loc, v, type.getDimSize(1))))
      return failure();
  types.push_back(type);
  return success();
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  return inferNorm(loc, a.getInput(), a.getOperands().drop_front(), types);
}

LogicalResult InstanceNormOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a,
                                               Types &types) {
  return inferNorm(loc, a.getInput(), a.getOperands().drop_front(), types);
}

LogicalResult LrnOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor a, Types &types) {
  if (a.getSize() < 1)
    return emitOptionalError(loc, "T5: lrn needs a positive size");
  return inferNorm(loc, a.getInput(), {}, types);
}
