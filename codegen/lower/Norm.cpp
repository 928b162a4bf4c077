// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Family nn: normalisations.

#include "codegen/lower/Lowering.h"

#include "ir/Layout.h"

using namespace mlir;

namespace snc {

namespace {
hl::Expr perChannel(LoweredKernel &kernel, Value v, const Coords &at) {
  return kernel.view(v)(at.channel());
}

void batchNorm(LoweredKernel &kernel, BatchNormOp op) {
  IndexSpace space = indexSpace(resultType(op));
  auto channel = [&](Value v) { return perChannel(kernel, v, space.coords); };
  hl::Expr scale = channel(op.getScale()) /
                   hl::sqrt(channel(op.getVariance()) + op.getEpsilon().convertToFloat());
  hl::Expr x = kernel.view(op.getInput())(space.coords);
  define(kernel, op, space, (x - channel(op.getMean())) * scale + channel(op.getBias()));
}

/// A channel of an image: (c, n), or (c, cb, n) where lanes stay lanes.
using Channel = std::vector<hl::Var>;

/// The elements of `input` in a channel, at the domain's place.
hl::Expr elementOf(const TensorView &input, const Channel &channel, const hl::RDom &r) {
  if (channel.size() == 3)
    return input.func(channel[0], r.x, r.y, channel[1], channel[2]);
  std::vector<hl::Expr> place{channel[1], channel[0]};
  for (int i = r.dimensions() - 1; i >= 0; --i)
    place.push_back(r[i]);
  return input(place);
}

/// The mean of `value` over all dimensions from 2 on, for each channel.
hl::Func meanOf(LoweredKernel &kernel, Operation *op, RankedTensorType type, const Channel &channel,
                llvm::function_ref<hl::Expr(const hl::RDom &)> value) {
  std::vector<hl::Range> ranges;
  int64_t count = 1;
  for (int64_t d = type.getRank() - 1; d >= 2; --d) {
    ranges.push_back({0, int(type.getDimSize(d))});
    count *= type.getDimSize(d);
  }
  hl::RDom r(ranges, "r");
  Stage stage{Stage::Kind::Reduce, op, {}, hl::Func("sum"), {}, r, {}};
  stage.acc(channel) = 0.0f;
  stage.acc(channel) += value(r);
  hl::Func mean("mean");
  mean(channel) = stage.acc(channel) * (1.0f / float(count));
  stage.result = mean;
  kernel.addStage(stage);
  return mean;
}

// Two passes: the squares of the raw values would lose the variance's digits.
void instanceNorm(LoweredKernel &kernel, InstanceNormOp op) {
  TensorView input = kernel.view(op.getInput());
  IndexSpace space = indexSpace(resultType(op));
  const Coords &at = space.coords;
  hl::Var c("ch"), cb("cb"), n("n");
  // On a GPU a lane is a thread.
  bool blocked =
      kernel.gpu && input.rank() == 4 && at.lanes && blockedLanes(input.type) == at.lanes;
  Channel vars = blocked ? Channel{c, cb, n} : Channel{c, n};
  hl::Func mean = meanOf(kernel, op, input.type, vars,
                         [&](const hl::RDom &r) { return elementOf(input, vars, r); });
  hl::Func variance = meanOf(kernel, op, input.type, vars, [&](const hl::RDom &r) {
    hl::Expr d = elementOf(input, vars, r) - mean(vars);
    return d * d;
  });
  hl::Expr channel = at.logical[1], image = at.logical[0];
  if (at.padded)
    channel = hl::min(channel, int(input.dim(1)) - 1);
  std::vector<hl::Expr> place{channel, image};
  if (blocked)
    place = {at.lane, at.block, image};
  hl::Expr scale = perChannel(kernel, op.getScale(), space.coords) /
                   hl::sqrt(variance(place) + op.getEpsilon().convertToFloat());
  hl::Expr centred = input(space.coords) - mean(place);
  define(kernel, op, space, centred * scale + perChannel(kernel, op.getBias(), space.coords));
}

void lrn(LoweredKernel &kernel, LrnOp op) {
  TensorView input = kernel.view(op.getInput());
  IndexSpace space = indexSpace(resultType(op));
  int size = int(op.getSize()), below = (size - 1) / 2, channels = int(input.dim(1));
  hl::Expr squares = 0.0f;
  for (int i = -below; i < size - below; ++i) {
    std::vector<hl::Expr> at = space.coords.logical;
    hl::Expr channel = at[1] + i;
    at[1] = hl::clamp(channel, 0, channels - 1);
    hl::Expr v = input(at);
    squares += hl::select(channel >= 0 && channel < channels, v * v, 0.0f);
  }
  hl::Expr base =
      op.getBias().convertToFloat() + squares * (op.getAlpha().convertToFloat() / float(size));
  hl::Expr divisor = hl::exp(hl::log(base) * op.getBeta().convertToFloat());
  define(kernel, op, space, input(space.coords) / divisor);
}
} // namespace

bool lowerNorm(LoweredKernel &kernel, Operation *op) {
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return batchNorm(kernel, norm), true;
  if (auto norm = dyn_cast<InstanceNormOp>(op))
    return instanceNorm(kernel, norm), true;
  if (auto norm = dyn_cast<LrnOp>(op))
    return lrn(kernel, norm), true;
  return false;
}

} // namespace snc
