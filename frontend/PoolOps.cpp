// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: pooling.

#include "frontend/Operators.h"
#include "frontend/Window.h"

using namespace mlir;

namespace snc {

static FailureOr<Value> pool(NodeView &n, bool max) {
  RankedTensorType x = n.type(0);
  if (!x || (x.getRank() != 3 && x.getRank() != 4))
    return n.fail() << "is " << (x ? x.getRank() - 2 : 0)
                    << "-D; 1-D and 2-D pooling are supported";
  if (max && n.hasOutput(1))
    return n.fail() << "its second output (indices) is not supported";
  SmallVector<int64_t> kernel = n.ints("kernel_shape");
  size_t spatial = size_t(x.getRank() - 2);
  if (kernel.size() != spatial)
    return n.fail() << "kernel_shape needs " << spatial << " numbers";
  auto window = readWindow(n, kernel, x.getShape().drop_front(2));
  if (failed(window))
    return failure();
  Value input = n.in(0);
  if (spatial == 1) {
    auto wide = n.reshape(input, {x.getDimSize(0), x.getDimSize(1), 1, x.getDimSize(2)});
    if (failed(wide))
      return failure();
    input = *wide;
    kernel.insert(kernel.begin(), 1);
  }
  SmallVector<NamedAttribute> attrs{n.list("kernel", kernel), n.list("strides", window->strides),
                                    n.list("dilations", window->dilations),
                                    n.list("pads", window->pads),
                                    n.flag("ceil_mode", n.i("ceil_mode", 0) != 0)};
  if (!max)
    attrs.push_back(n.flag("count_include_pad", n.i("count_include_pad", 0) != 0));
  auto y = max ? n.make<MaxPoolOp>({input}, attrs) : n.make<AvgPoolOp>({input}, attrs);
  return spatial == 1 ? dropHeight(n, y) : y;
}

LogicalResult importMaxPool(NodeView &n) { return n.set(0, pool(n, true)); }
LogicalResult importAveragePool(NodeView &n) { return n.set(0, pool(n, false)); }

static SmallVector<int64_t> spatialAxes(NodeView &n) {
  SmallVector<int64_t> axes;
  for (int64_t d = 2; d < n.rank(0); ++d)
    axes.push_back(d);
  return axes;
}

LogicalResult importGlobalAveragePool(NodeView &n) {
  return n.set(0, n.make<ReduceMeanOp>({n.in(0)},
                                       {n.list("axes", spatialAxes(n)), n.flag("keepdims", true)}));
}

LogicalResult importGlobalMaxPool(NodeView &n) {
  return n.set(0, n.make<ReduceMaxOp>({n.in(0)},
                                      {n.list("axes", spatialAxes(n)), n.flag("keepdims", true)}));
}

} // namespace snc
