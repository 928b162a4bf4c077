// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family tensor: Resize and its predecessor Upsample.

#include "frontend/Operators.h"

#include <cmath>

using namespace mlir;

namespace snc {

namespace {
/// Scales and result shape, one entry a dimension.
struct Resampling {
  SmallVector<float> scales;
  SmallVector<int64_t> shape;
};

SmallVector<float> floatsOf(const HostTensor *host) {
  SmallVector<float> values;
  for (size_t i = 0; host && i < host->size(); ++i)
    values.push_back(float(host->number(i)));
  return values;
}

/// keep_aspect_ratio_policy: one scale for all resized axes.
void keepAspect(StringRef policy, Resampling &r, ArrayRef<int64_t> in, ArrayRef<int64_t> axes) {
  if (policy == "stretch")
    return;
  float scale = r.scales[size_t(axes.front())];
  for (int64_t axis : axes)
    scale = policy == "not_larger" ? std::min(scale, r.scales[size_t(axis)])
                                   : std::max(scale, r.scales[size_t(axis)]);
  for (int64_t axis : axes) {
    r.scales[size_t(axis)] = scale;
    r.shape[size_t(axis)] = int64_t(std::floor(scale * float(in[size_t(axis)]) + 0.5f));
  }
}

FailureOr<Resampling> readResampling(NodeView &n, int scalesAt, int sizesAt) {
  auto in = n.type(0).getShape();
  Resampling r{SmallVector<float>(in.size(), 1.0f), SmallVector<int64_t>(in)};
  SmallVector<int64_t> axes = n.ints("axes");
  for (int64_t &axis : axes) {
    auto positive = n.axis(axis, int64_t(in.size()));
    if (failed(positive))
      return failure();
    axis = *positive;
  }
  if (axes.empty())
    for (size_t d = 0; d < in.size(); ++d)
      axes.push_back(int64_t(d));
  SmallVector<float> scales = floatsOf(n.host(scalesAt));
  if (scales.empty())
    scales = n.floats("scales");
  bool sized = sizesAt > 0 && n.hasInput(sizesAt);
  if (sized) {
    auto sizes = n.constantInts(sizesAt, "sizes");
    if (failed(sizes))
      return failure();
    if (sizes->size() != axes.size())
      return n.fail() << "has " << sizes->size() << " sizes for " << axes.size() << " axes";
    for (size_t k = 0; k < axes.size(); ++k) {
      r.shape[size_t(axes[k])] = (*sizes)[k];
      r.scales[size_t(axes[k])] = float((*sizes)[k]) / float(in[size_t(axes[k])]);
    }
    keepAspect(n.s("keep_aspect_ratio_policy", "stretch"), r, in, axes);
    return r;
  }
  if (scales.size() != axes.size())
    return n.fail() << "needs scales or sizes that are known when the model is compiled";
  for (size_t k = 0; k < axes.size(); ++k) {
    r.scales[size_t(axes[k])] = scales[k];
    r.shape[size_t(axes[k])] = int64_t(std::floor(double(scales[k]) * double(in[size_t(axes[k])])));
  }
  return r;
}

LogicalResult resize(NodeView &n, int scalesAt, int sizesAt, StringRef coordinates,
                     StringRef nearest) {
  if (!n.in(0))
    return n.fail() << "needs an operand";
  std::string mode = n.s("mode", "nearest");
  if (mode == "bilinear")
    mode = "linear";
  if (mode != "nearest" && mode != "linear")
    return n.fail() << "mode '" << mode << "' is not supported; nearest and linear are";
  if (coordinates.starts_with("tf_"))
    return n.fail() << "coordinate_transformation_mode '" << coordinates << "' is not supported";
  if (n.i("antialias", 0) || n.i("exclude_outside", 0))
    return n.fail() << "antialias and exclude_outside are not supported";
  auto r = readResampling(n, scalesAt, sizesAt);
  if (failed(r))
    return failure();
  auto scales = n.builder().getNamedAttr("scales", n.builder().getDenseF32ArrayAttr(r->scales));
  return n.set(0,
               n.make<ResizeOp>({n.in(0)}, {n.list("shape", r->shape), scales, n.text("mode", mode),
                                            n.text("coordinates", coordinates),
                                            n.text("nearest_mode", nearest)}));
}
} // namespace

LogicalResult importResize(NodeView &n) {
  if (n.opset() < 11)
    return resize(n, 1, -1, "asymmetric", "floor");
  std::string coordinates = n.s("coordinate_transformation_mode", "half_pixel");
  std::string nearest = n.s("nearest_mode", "round_prefer_floor");
  return resize(n, 2, 3, coordinates, nearest);
}

LogicalResult importUpsample(NodeView &n) { return resize(n, 1, -1, "asymmetric", "floor"); }

} // namespace snc
