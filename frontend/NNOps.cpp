// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: convolutions and normalisations.

#include "frontend/Operators.h"
#include "frontend/Window.h"

using namespace mlir;

namespace snc {

/// [O, I, L] as [O, I, 1, L]; 4-D stays.
static FailureOr<Value> as2D(NodeView &n, Value v) {
  auto shape = cast<RankedTensorType>(v.getType()).getShape();
  if (shape.size() == 4)
    return v;
  return n.reshape(v, {shape[0], shape[1], 1, shape[2]});
}

static LogicalResult checkSpatial(NodeView &n) {
  RankedTensorType x = n.type(0), w = n.type(1);
  if (!x || !w)
    return n.fail() << "needs an input and a weight";
  if (x.getRank() != 3 && x.getRank() != 4)
    return n.fail() << "is " << x.getRank() - 2 << "-D; 1-D and 2-D convolutions are supported";
  if (w.getRank() != x.getRank())
    return n.fail() << "has a weight of rank " << w.getRank() << " for an input of rank "
                    << x.getRank();
  return success();
}

LogicalResult importConv(NodeView &n) {
  if (failed(checkSpatial(n)))
    return failure();
  int64_t spatial = n.rank(0) - 2;
  auto window =
      readWindow(n, n.type(1).getShape().drop_front(2), n.type(0).getShape().drop_front(2));
  auto x = as2D(n, n.in(0)), w = as2D(n, n.in(1));
  if (failed(window) || failed(x) || failed(w))
    return failure();
  auto y =
      n.make<ConvOp>({*x, *w, n.in(2)},
                     {n.list("strides", window->strides), n.list("dilations", window->dilations),
                      n.list("pads", window->pads), n.number("group", n.i("group", 1))});
  return n.set(0, spatial == 1 ? dropHeight(n, y) : y);
}

/// pads and output_padding from auto_pad or output_shape, as the operator's
/// specification computes them.
static LogicalResult transposedPads(NodeView &n, Window &w, SmallVector<int64_t> &extra,
                                    ArrayRef<int64_t> kernel, ArrayRef<int64_t> in) {
  std::string mode = n.s("auto_pad", "NOTSET");
  SmallVector<int64_t> wanted = n.ints("output_shape");
  size_t spatial = n.has("output_shape") && wanted.size() == 1 ? 1 : kernel.size();
  if (spatial == 1 && wanted.size() == 1)
    wanted.insert(wanted.begin(), 1);
  bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  for (size_t d = 0; d < 2; ++d) {
    int64_t full = w.strides[d] * (in[d] - 1) + extra[d] + (kernel[d] - 1) * w.dilations[d] + 1;
    if (wanted.empty() && !same)
      continue;
    int64_t target = wanted.empty() ? in[d] * w.strides[d] : wanted[wanted.size() - 2 + d];
    int64_t total = full - target;
    if (total < 0) { // the output is larger than the input reaches
      extra[d] -= total;
      total = 0;
    }
    bool upper = mode == "SAME_UPPER";
    w.pads[d] = upper ? total / 2 : total - total / 2;
    w.pads[d + 2] = total - w.pads[d];
  }
  return success();
}

LogicalResult importConvTranspose(NodeView &n) {
  if (failed(checkSpatial(n)))
    return failure();
  int64_t spatial = n.rank(0) - 2;
  auto x = as2D(n, n.in(0)), w = as2D(n, n.in(1));
  auto window =
      readWindow(n, n.type(1).getShape().drop_front(2), n.type(0).getShape().drop_front(2),
                 /*resolveAuto=*/false);
  if (failed(window) || failed(x) || failed(w))
    return failure();
  SmallVector<int64_t> extra = n.ints("output_padding", SmallVector<int64_t>(size_t(spatial), 0));
  if (int64_t(extra.size()) != spatial)
    return n.fail() << "output_padding needs " << spatial << " numbers";
  if (spatial == 1)
    extra.insert(extra.begin(), 0);
  auto kernel = cast<RankedTensorType>(w->getType()).getShape().drop_front(2);
  auto in = cast<RankedTensorType>(x->getType()).getShape().drop_front(2);
  if (failed(transposedPads(n, *window, extra, kernel, in)))
    return failure();
  auto y = n.make<ConvTransposeOp>(
      {*x, *w, n.in(2)}, {n.list("strides", window->strides),
                          n.list("dilations", window->dilations), n.list("pads", window->pads),
                          n.list("output_padding", extra), n.number("group", n.i("group", 1))});
  return n.set(0, spatial == 1 ? dropHeight(n, y) : y);
}

LogicalResult importBatchNorm(NodeView &n) {
  if (n.inputs() < 5)
    return n.fail() << "needs scale, bias, mean and variance";
  if (n.i("training_mode", 0) != 0)
    return n.fail() << "is in training mode: export the model for inference";
  return n.set(0, n.make<BatchNormOp>({n.in(0), n.in(1), n.in(2), n.in(3), n.in(4)},
                                      {n.real("epsilon", n.f("epsilon", 1e-5f)),
                                       n.real("momentum", n.f("momentum", 0.9f))}));
}

LogicalResult importInstanceNorm(NodeView &n) {
  if (n.inputs() < 3)
    return n.fail() << "needs scale and bias";
  return n.set(0, n.make<InstanceNormOp>({n.in(0), n.in(1), n.in(2)},
                                         {n.real("epsilon", n.f("epsilon", 1e-5f))}));
}

LogicalResult importLrn(NodeView &n) {
  return n.set(
      0, n.make<LrnOp>({n.in(0)},
                       {n.number("size", n.i("size", 1)), n.real("alpha", n.f("alpha", 1e-4f)),
                        n.real("beta", n.f("beta", 0.75f)), n.real("bias", n.f("bias", 1.0f))}));
}

} // namespace snc
