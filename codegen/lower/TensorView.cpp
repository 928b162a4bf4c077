// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/lower/TensorView.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

hl::Type halideType(Type element) {
  if (element.isF32())
    return hl::Float(32);
  if (element.isF64())
    return hl::Float(64);
  if (auto integer = dyn_cast<IntegerType>(element)) {
    int bits = int(integer.getWidth());
    if (bits == 1)
      return hl::Bool();
    return integer.isUnsigned() ? hl::UInt(bits) : hl::Int(bits);
  }
  return hl::Handle();
}

IndexSpace indexSpace(RankedTensorType type) {
  IndexSpace space;
  int64_t lanes = blockedLanes(type), rank = type.getRank();
  if (!lanes) {
    for (int64_t d = 0; d < rank; ++d)
      space.vars.emplace_back("d" + std::to_string(d));
    for (int64_t i = 0; i < rank; ++i)
      space.coords.logical.push_back(space.vars[rank - 1 - i]);
    return space;
  }
  hl::Var c("c"), x("x"), y("y"), cb("cb"), n("n");
  Coords &at = space.coords;
  at.lanes = lanes;
  at.lane = c;
  at.block = cb;
  hl::Expr channel = cb * int(lanes) + c;
  if (rank == 1) {
    space.vars = {c, cb};
    at.logical = {channel};
    at.padded = type.getDimSize(0) % lanes != 0;
  } else {
    space.vars = {c, x, y, cb, n};
    at.logical = {n, channel, y, x};
    at.padded = type.getDimSize(1) % lanes != 0;
  }
  return space;
}

static hl::Expr readPacked(const hl::Func &f, PackedAttr packed, RankedTensorType type,
                           const std::vector<hl::Expr> &at) {
  int lanes = int(packed.getLanes()), rows = int(packed.getRows());
  if (packed.getKind() == "panel") {
    hl::Expr k = at[packed.getTransposed() ? 1 : 0], n = at[packed.getTransposed() ? 0 : 1];
    return f(n % lanes, k, n / lanes);
  }
  int kh = int(type.getDimSize(2)), kw = int(type.getDimSize(3));
  if (packed.getKind() == "depthwise")
    return f(at[0] % lanes, at[2] * kw + at[3], at[0] / lanes);
  int inputLanes = int(packed.getInputLanes());
  hl::Expr k = ((at[1] / inputLanes * kh + at[2]) * kw + at[3]) * inputLanes + at[1] % inputLanes;
  hl::Expr block = at[0] / lanes;
  return f(at[0] % lanes, block % rows, k, block / rows);
}

hl::Expr TensorView::operator()(const std::vector<hl::Expr> &at) const {
  if (auto packed = dyn_cast_if_present<PackedAttr>(type.getEncoding()))
    return readPacked(func, packed, type, at);
  if (int lanes = int(blockedLanes(type))) {
    if (at.size() == 1)
      return func(at[0] % lanes, at[0] / lanes);
    return func(at[1] % lanes, at[3], at[2], at[1] / lanes, at[0]);
  }
  return func(std::vector<hl::Expr>(at.rbegin(), at.rend()));
}

hl::Expr TensorView::operator()(const Coords &at) const {
  size_t skip = at.logical.size() - size_t(rank());
  std::vector<hl::Expr> place;
  for (int64_t i = 0; i < rank(); ++i) {
    hl::Expr e = dim(int(i)) == 1 ? hl::Expr(0) : at.logical[skip + size_t(i)];
    place.push_back(e);
  }
  // The channel is dimension 1 of a tensor of rank 4, or the vector's only one.
  int64_t channel = at.logical.size() == 1 ? 0 : 1 - int64_t(skip);
  int64_t lanes = blockedLanes(type);
  bool hasChannel = at.lanes && channel >= 0 && channel < rank() && dim(int(channel)) > 1;
  if (hasChannel && lanes == at.lanes && (rank() == 4 || rank() == 1)) {
    if (rank() == 1)
      return func(at.lane, at.block);
    return func(at.lane, place[3], place[2], at.block, place[0]);
  }
  if (hasChannel && at.padded)
    place[size_t(channel)] = hl::min(place[size_t(channel)], int(dim(int(channel))) - 1);
  return (*this)(place);
}

} // namespace snc
