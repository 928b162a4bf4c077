// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/run/CompareValues.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace snc::run {

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return shape.empty() ? "scalar" : text;
}

namespace {
template <typename T> double load(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return double(value);
}

/// Of IEEE half, which lies in a GPU's memory alone.
double loadHalf(const char *from) {
  uint16_t bits;
  std::memcpy(&bits, from, sizeof bits);
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double size = exponent == 31 ? (fraction ? std::numeric_limits<double>::quiet_NaN()
                                           : std::numeric_limits<double>::infinity())
                : exponent     ? std::ldexp(1024 + fraction, exponent - 25)
                               : std::ldexp(fraction, -24);
  return bits >> 15 ? -size : size;
}

struct ElementType {
  const char *name;
  uint32_t dtype; ///< snc_dtype
  size_t bytes;
  double (*load)(const char *);
};

constexpr ElementType kTypes[] = {
    {"float", SNC_FLOAT32, 4, load<float>},   {"double", SNC_FLOAT64, 8, load<double>},
    {"half", SNC_FLOAT16, 2, loadHalf},       {"int8_t", SNC_INT8, 1, load<int8_t>},
    {"uint8_t", SNC_UINT8, 1, load<uint8_t>}, {"uint8_t", SNC_BOOL, 1, load<uint8_t>},
    {"int16_t", SNC_INT16, 2, load<int16_t>}, {"uint16_t", SNC_UINT16, 2, load<uint16_t>},
    {"int32_t", SNC_INT32, 4, load<int32_t>}, {"uint32_t", SNC_UINT32, 4, load<uint32_t>},
    {"int64_t", SNC_INT64, 8, load<int64_t>}, {"uint64_t", SNC_UINT64, 8, load<uint64_t>},
};

const ElementType &elementType(const std::string &name) {
  for (const ElementType &type : kTypes)
    if (name == type.name)
      return type;
  throw RunError("elements of type '" + name + "'");
}

int64_t countOf(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count))
      throw RunError("a tensor of shape " + shapeText(shape));
  return count;
}

/// Of element (n, c, y, x) of a value of rank 4 (ir/Layout.h).
int64_t placeOf(const KernelValue &v, int64_t n, int64_t c, int64_t y, int64_t x) {
  int64_t lanes = std::max<int64_t>(1, v.lanes);
  int64_t blocks = (v.shape[1] + lanes - 1) / lanes;
  return (((n * blocks + c / lanes) * v.rows + y) * v.shape[3] + x) * lanes + c % lanes;
}
} // namespace

DenseTensor unpack(const KernelValue &value, const char *bytes) {
  const ElementType &type = elementType(value.type);
  DenseTensor dense{value.shape, std::vector<double>(size_t(countOf(value.shape)))};
  auto put = [&](size_t i, int64_t place) {
    uint64_t begin;
    if (place < 0 || __builtin_mul_overflow(uint64_t(place), type.bytes, &begin) ||
        begin + type.bytes > value.bytes)
      throw RunError("a tensor of shape " + shapeText(value.shape) + " in " +
                     std::to_string(value.bytes) + " bytes");
    dense.values[i] = type.load(bytes + begin);
  };
  size_t i = 0;
  if (value.shape.size() != 4) { // dense, or blocks of one row
    for (; i < dense.values.size(); ++i)
      put(i, int64_t(i));
    return dense;
  }
  for (int64_t n = 0; n < value.shape[0]; ++n)
    for (int64_t c = 0; c < value.shape[1]; ++c)
      for (int64_t y = 0; y < value.shape[2]; ++y)
        for (int64_t x = 0; x < value.shape[3]; ++x)
          put(i++, placeOf(value, n, c, y, x));
  return dense;
}

KernelValue denseValue(const snc_tensor_info &info) {
  KernelValue value;
  value.shape.assign(info.dims, info.dims + info.rank);
  value.bytes = info.bytes;
  value.rows = info.rank == 4 ? info.dims[2] : 0;
  for (const ElementType &type : kTypes)
    if (info.dtype == type.dtype)
      value.type = type.name;
  return value;
}

namespace {
/// Where `part` lies in `whole`: `outer` blocks of `length` elements each.
struct Place {
  int axis = -1;
  int64_t step = 0; ///< elements of the whole from one position on the axis to the next
  int64_t outer = 1, partLength = 0, wholeLength = 0, positions = 1;
};

Place placeOf(const DenseTensor &part, const DenseTensor &whole) {
  Place place;
  bool fits = part.shape.size() == whole.shape.size();
  for (size_t d = 0; fits && d < part.shape.size(); ++d)
    if (part.shape[d] != whole.shape[d]) {
      fits = place.axis < 0 && part.shape[d] < whole.shape[d];
      place.axis = int(d);
    }
  if (!fits)
    throw RunError("shape " + shapeText(part.shape) + ", not a part of " + shapeText(whole.shape));
  place.step = 1;
  if (place.axis < 0) {
    place.partLength = place.wholeLength = int64_t(whole.values.size());
    return place;
  }
  size_t axis = size_t(place.axis);
  for (size_t d = axis + 1; d < part.shape.size(); ++d)
    place.step *= part.shape[d];
  for (size_t d = 0; d < axis; ++d)
    place.outer *= part.shape[d];
  place.partLength = part.shape[axis] * place.step;
  place.wholeLength = whole.shape[axis] * place.step;
  place.positions = whole.shape[axis] - part.shape[axis] + 1;
  return place;
}

double errorOf(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return 0;
  double error = std::abs(a - b);
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

/// 1 for a value that is the same everywhere, and zero.
double rangeOf(const std::vector<double> &values) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double v : values)
    if (std::isfinite(v)) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  if (!(high >= low))
    return 1;
  double range = high > low ? high - low : std::abs(high);
  return range > 0 ? range : 1;
}

/// Tells `each` of every `stride`-th element: its number in the part, and both values.
template <typename Each>
void walk(const DenseTensor &part, const DenseTensor &whole, const Place &place, int64_t begin,
          int64_t stride, Each each) {
  int64_t count = place.outer * place.partLength;
  for (int64_t i = 0; i < count; i += stride) {
    int64_t block = i / place.partLength, inside = i % place.partLength;
    int64_t j = block * place.wholeLength + begin * place.step + inside;
    each(i, part.values[size_t(i)], whole.values[size_t(j)]);
  }
}

/// The position with the fewest errors above `most` in a sample.
int64_t likeliest(const DenseTensor &part, const DenseTensor &whole, const Place &place,
                  double most) {
  constexpr int64_t kSample = 4096;
  int64_t stride = std::max<int64_t>(1, int64_t(part.values.size()) / kSample) | 1;
  int64_t best = 0, fewest = std::numeric_limits<int64_t>::max();
  for (int64_t begin = 0; begin < place.positions && fewest > 0; ++begin) {
    int64_t wrong = 0;
    walk(part, whole, place, begin, stride,
         [&](int64_t, double a, double b) { wrong += errorOf(a, b) > most; });
    if (wrong < fewest) {
      fewest = wrong;
      best = begin;
    }
  }
  return best;
}
} // namespace

Difference compare(const DenseTensor &part, const DenseTensor &whole, double tolerance) {
  Place place = placeOf(part, whole);
  double range = rangeOf(whole.values), most = tolerance * range, worst = -1;
  Difference difference;
  difference.axis = place.axis;
  difference.begin = likeliest(part, whole, place, most);
  int64_t where = 0;
  walk(part, whole, place, difference.begin, 1, [&](int64_t i, double a, double b) {
    double error = errorOf(a, b);
    difference.beyond += error > most;
    if (error > worst) {
      worst = error;
      where = i;
      difference.part = a;
      difference.whole = b;
    }
  });
  difference.relative = std::max(0.0, worst) / range;
  for (size_t d = part.shape.size(); d-- > 0;) {
    difference.at.insert(difference.at.begin(), where % std::max<int64_t>(1, part.shape[d]));
    where /= std::max<int64_t>(1, part.shape[d]);
  }
  return difference;
}

} // namespace snc::run
