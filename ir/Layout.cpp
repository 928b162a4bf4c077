// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/Layout.h"

#include "ir/Winograd.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace snc {

int64_t preferredLanes(int64_t channels, int64_t wide) {
  const int64_t narrow = 8;
  if (channels == 1)
    return 0;
  // A register of half the width costs as much as a whole one, so padding up to
  // half a block is worth it.
  return channels * 2 > wide ? wide : narrow;
}

int64_t blockedLanes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto blocked = tensor ? dyn_cast_if_present<BlockedAttr>(tensor.getEncoding()) : BlockedAttr();
  return blocked ? blocked.getLanes() : 0;
}

static int64_t pitchOf(Attribute encoding) {
  if (auto blocked = dyn_cast_if_present<BlockedAttr>(encoding))
    return blocked.getPitch();
  auto window = dyn_cast_if_present<WindowAttr>(encoding);
  return window ? window.getPitch() : 0;
}

int64_t planeRows(RankedTensorType type) {
  int64_t pitch = pitchOf(type.getEncoding());
  return pitch ? pitch : type.getDimSize(2);
}

bool isWindow(RankedTensorType type) {
  return type.getRank() == 4 && planeRows(type) != type.getDimSize(2);
}

RankedTensorType asWindow(RankedTensorType type, int64_t rows) {
  if (rows == type.getDimSize(2))
    return type;
  MLIRContext *context = type.getContext();
  int64_t lanes = blockedLanes(type);
  return withLayout(type, lanes ? Attribute(BlockedAttr::get(context, lanes, rows))
                                : Attribute(WindowAttr::get(context, rows)));
}

RankedTensorType withLayout(RankedTensorType type, Attribute encoding) {
  return RankedTensorType::get(type.getShape(), type.getElementType(), encoding);
}

static llvm::SmallVector<int64_t> packedExtents(PackedAttr packed, ArrayRef<int64_t> s) {
  int64_t lanes = packed.getLanes();
  if (packed.getKind() == "depthwise")
    return {lanes, s[2] * s[3], int64_t(llvm::divideCeil(s[0], lanes))};
  if (packed.getKind() == "panel") {
    int64_t k = packed.getTransposed() ? s[1] : s[0];
    int64_t n = packed.getTransposed() ? s[0] : s[1];
    return {lanes, k, int64_t(llvm::divideCeil(n, lanes))};
  }
  int64_t groups = packed.getGroups(), rows = packed.getRows();
  int64_t inputs = llvm::alignTo(s[1], packed.getInputLanes());
  int64_t panels = llvm::divideCeil(s[0] / groups, lanes * rows);
  if (packed.getKind() == "winograd")
    return {lanes, rows, inputs, winograd::kPoints * winograd::kPoints, panels};
  llvm::SmallVector<int64_t> e{lanes, rows, inputs * s[2] * s[3], panels};
  if (groups > 1)
    e.push_back(groups);
  return e;
}

llvm::SmallVector<int64_t> physicalExtents(RankedTensorType type) {
  ArrayRef<int64_t> s = type.getShape();
  Attribute encoding = type.getEncoding();
  if (auto packed = dyn_cast_if_present<PackedAttr>(encoding))
    return packedExtents(packed, s);
  if (int64_t lanes = blockedLanes(type)) {
    if (s.size() == 1)
      return {lanes, int64_t(llvm::divideCeil(s[0], lanes))};
    return {lanes, s[3], s[2], int64_t(llvm::divideCeil(s[1], lanes)), s[0]};
  }
  return llvm::SmallVector<int64_t>(s.rbegin(), s.rend());
}

int64_t elementBytes(Type element) { return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8); }

llvm::SmallVector<int64_t> physicalStrides(RankedTensorType type) {
  llvm::SmallVector<int64_t> extents = physicalExtents(type), strides;
  int64_t pitch = pitchOf(type.getEncoding()), stride = 1;
  size_t rows = blockedLanes(type) ? 2 : 1; // where y lies in memory order
  for (auto [i, extent] : llvm::enumerate(extents)) {
    strides.push_back(stride);
    stride *= pitch && i == rows ? pitch : extent;
  }
  return strides;
}

int64_t byteSize(RankedTensorType type) {
  int64_t last = 0;
  for (auto [extent, stride] : llvm::zip(physicalExtents(type), physicalStrides(type)))
    last += (extent - 1) * stride;
  return (last + 1) * elementBytes(type.getElementType());
}

bool sameBytes(RankedTensorType a, RankedTensorType b) {
  if (a == b)
    return true;
  int64_t lanes = std::max(blockedLanes(a), blockedLanes(b));
  if (pitchOf(a.getEncoding()) || pitchOf(b.getEncoding()))
    return false;
  bool packed =
      isa_and_present<PackedAttr>(a.getEncoding()) || isa_and_present<PackedAttr>(b.getEncoding());
  if (packed || !lanes || a.getShape() != b.getShape() ||
      a.getElementType() != b.getElementType() || (blockedLanes(a) && blockedLanes(b)))
    return false;
  ArrayRef<int64_t> s = a.getShape();
  if (s.size() == 1)
    return s[0] % lanes == 0;
  return s[1] % lanes == 0 && s[2] * s[3] == 1;
}

} // namespace snc
