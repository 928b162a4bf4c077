// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/ShapeInference.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace snc {

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(shape, os, "x");
  return shape.empty() ? "scalar" : text;
}

bool sameShapes(TypeRange l, TypeRange r) {
  return l.size() == r.size() && llvm::all_of(llvm::zip(l, r), [](auto pair) {
           auto a = dyn_cast<RankedTensorType>(std::get<0>(pair));
           auto b = dyn_cast<RankedTensorType>(std::get<1>(pair));
           return a && b && a.getShape() == b.getShape() &&
                  a.getElementType() == b.getElementType();
         });
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> out(a);
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &x = out[out.size() - 1 - i], y = b[b.size() - 1 - i];
    if (x != y && x != 1 && y != 1)
      return std::nullopt;
    x = x == 1 ? y : x;
  }
  return out;
}

int64_t windowExtent(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                     int64_t after, bool ceil) {
  int64_t room = in + before + after - ((kernel - 1) * dilation + 1);
  if (room < 0)
    return 0;
  int64_t out = room / stride + 1;
  if (ceil && room % stride != 0 && out * stride < in + before)
    ++out;
  return out;
}

LogicalResult inferShape(std::optional<Location> loc, ArrayRef<int64_t> shape, Type element,
                         SmallVectorImpl<Type> &types) {
  int64_t count = 1;
  for (int64_t extent : shape) {
    // 2^40 elements is beyond any memory; it also keeps products in range.
    if (extent < 1 || __builtin_mul_overflow(count, extent, &count) || count > (int64_t(1) << 40))
      return emitOptionalError(loc, "T2: the result shape ", shapeText(shape), " is ",
                               extent < 1 ? "empty" : "too large");
  }
  types.push_back(RankedTensorType::get(shape, element));
  return success();
}

} // namespace snc
