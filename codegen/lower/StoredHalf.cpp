// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In bits: half has 5 bits of exponent, biased by 15, and 10 of fraction; f32 has 8, biased by
// 127, and 23. No step makes or reads a denormal f32, which a device may take for zero.

#include "codegen/lower/StoredHalf.h"

namespace snc {

namespace {
hl::Expr bits(uint32_t value) { return hl::Expr(value); }

constexpr int kFraction = 23 - 10;
constexpr uint32_t kRebias = uint32_t(127 - 15) << 23;
constexpr uint32_t kSmallest = uint32_t(127 - 14) << 23; ///< the smallest normal half, as f32
constexpr uint32_t kInfinity = 0x7f800000, kHalfInfinity = 0x7c00, kHalfNan = 0x7e00;

/// f32 of the 16 bits `h`.
hl::Expr floatOfBits(const hl::Expr &h) {
  hl::Expr wide = hl::cast<uint32_t>(h), size = (wide & bits(0x7fff)) << kFraction;
  // Of a denormal: the fraction behind a leading one, and the one taken off again.
  hl::Expr tiny = hl::reinterpret<uint32_t>(hl::reinterpret<float>(size + bits(kSmallest)) -
                                            hl::reinterpret<float>(bits(kSmallest)));
  hl::Expr special = size + bits(kInfinity - (kHalfInfinity << kFraction));
  hl::Expr magnitude =
      hl::select(size < bits(1u << 23), tiny, size < bits(kHalfInfinity << kFraction),
                 size + bits(kRebias), special);
  return hl::reinterpret<float>(magnitude | ((wide & bits(0x8000)) << 16));
}

/// The 16 bits of the half nearest to `x`.
hl::Expr bitsOfFloat(const hl::Expr &x) {
  hl::Expr wide = hl::reinterpret<uint32_t>(x), size = wide & bits(0x7fffffff);
  // Beside 1/2 the last bit of f32 is worth what that of a denormal half is: the sum rounds.
  hl::Expr half = hl::Expr(0.5f);
  hl::Expr tiny = hl::reinterpret<uint32_t>(hl::reinterpret<float>(size) + half) -
                  hl::reinterpret<uint32_t>(half);
  hl::Expr odd = (size >> kFraction) & bits(1);
  hl::Expr normal = (size - bits(kRebias) + bits((1u << (kFraction - 1)) - 1) + odd) >> kFraction;
  hl::Expr magnitude =
      hl::select(size > bits(kInfinity), bits(kHalfNan), //
                 size < bits(kSmallest), tiny, hl::min(normal, bits(kHalfInfinity)));
  return hl::cast<uint16_t>(magnitude | ((wide >> 16) & bits(0x8000)));
}
} // namespace

hl::Type storageType(mlir::Type element, Device device) {
  if (!element.isF16())
    return halideType(element);
  return device == Device::opencl ? hl::UInt(16) : hl::Float(16);
}

hl::Type typeOfUpdates(const LoweredKernel &kernel, mlir::Type element) {
  return storageType(kernel.resultElement.isF16() ? kernel.resultElement : element, kernel.device);
}

hl::Expr loaded(const hl::Expr &element, mlir::Type stored) {
  if (!stored.isF16())
    return element;
  return element.type().is_uint() ? floatOfBits(element) : hl::cast<float>(element);
}

hl::Expr stored(const hl::Expr &value, mlir::Type stored, Device device) {
  if (!stored.isF16())
    return value;
  hl::Type type = storageType(stored, device);
  return type.is_uint() ? bitsOfFloat(value) : hl::cast(type, value);
}

} // namespace snc
