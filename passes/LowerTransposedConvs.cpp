// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A transposed convolution of stride s writes s x s phases: pixels of one phase get the same taps,
// every s-th of the kernel, at neighbouring inputs. So all phases are channels of one convolution
// over the input, and depth to space puts them in place (Shi et al., "Is the deconvolution layer
// the same as a convolutional layer?", 2016). Kernels that s does not divide get zero taps.

#include "ir/ConstantData.h"
#include "ir/SncOps.h"
#include "passes/ChannelConstants.h"
#include "passes/TensorPasses.h"

#include "llvm/Support/MathExtras.h"

namespace snc {
#define GEN_PASS_DEF_LOWERTRANSPOSEDCONVS
#include "passes/TensorPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
/// One dimension. Output q - crop reads phase q % stride of the convolution's result q / stride.
struct Axis {
  int64_t input, kernel, stride, before, result; ///< `before`: what the model crops there

  int64_t taps() const { return int64_t(llvm::divideCeil(uint64_t(kernel), uint64_t(stride))); }
  /// Of the convolution: without those that only cropped pixels would read.
  int64_t padBefore() const { return std::max<int64_t>(0, taps() - 1 - before / stride); }
  /// The first input place that the first result reads, but for the taps before it.
  int64_t begin() const { return taps() - 1 - padBefore(); }
  int64_t crop() const { return before - begin() * stride; }
  int64_t padAfter() const {
    auto results = int64_t(llvm::divideCeil(uint64_t(crop() + result), uint64_t(stride)));
    return std::max<int64_t>(0, results - (input + padBefore() - taps() + 1));
  }
  int64_t results() const { return input + padBefore() + padAfter() - taps() + 1; }
};

class PhaseConv {
public:
  PhaseConv(ConvTransposeOp op, SmallVector<float> weights)
      : op(op), weights(std::move(weights)), stride(op.getStrides()[0]) {
    auto in = op.getInput().getType().getShape(), w = op.getWeight().getType().getShape(),
         out = op.getType().getShape();
    inputs = w[0];
    outputs = w[1];
    for (int i = 0; i < 2; ++i)
      axes.push_back({in[2 + i], w[2 + i], stride, op.getPads()[i], out[2 + i]});
  }

  bool isPossible() const {
    return llvm::all_of(axes, [](const Axis &a) { return a.results() > 0 && a.before >= 0; });
  }
  void run();

private:
  SmallVector<float> phaseWeights();
  Value phaseBias(OpBuilder &builder);
  Value convolution(OpBuilder &builder);

  ConvTransposeOp op;
  SmallVector<float> weights; ///< inputs x outputs x kernel
  int64_t stride, inputs, outputs;
  SmallVector<Axis, 2> axes;
};
} // namespace

/// (phases * outputs) x inputs x taps x taps, flipped: a convolution does not turn its kernel.
SmallVector<float> PhaseConv::phaseWeights() {
  int64_t kh = axes[0].kernel, kw = axes[1].kernel, th = axes[0].taps(), tw = axes[1].taps();
  SmallVector<float> result(size_t(stride * stride * outputs * inputs * th * tw), 0.0f);
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t y = 0; y < kh; ++y)
        for (int64_t x = 0; x < kw; ++x) {
          int64_t phase = y % stride * stride + x % stride;
          int64_t ty = th - 1 - y / stride, tx = tw - 1 - x / stride;
          result[size_t((((phase * outputs + o) * inputs + i) * th + ty) * tw + tx)] =
              weights[size_t(((i * outputs + o) * kh + y) * kw + x)];
        }
  return result;
}

/// The same in each phase.
Value PhaseConv::phaseBias(OpBuilder &builder) {
  Value bias = op.getBias();
  if (!bias || stride == 1)
    return bias;
  auto one = floatValues(constantValue(bias));
  SmallVector<float> all;
  for (int64_t phase = 0; phase < stride * stride; ++phase)
    all.append(one->begin(), one->end());
  return makeConstant(builder, op.getLoc(), {int64_t(all.size())}, all, "bias");
}

Value PhaseConv::convolution(OpBuilder &builder) {
  int64_t channels = stride * stride * outputs;
  Value weight =
      makeConstant(builder, op.getLoc(), {channels, inputs, axes[0].taps(), axes[1].taps()},
                   phaseWeights(), "weight");
  auto type = RankedTensorType::get(
      {op.getType().getDimSize(0), channels, axes[0].results(), axes[1].results()},
      op.getType().getElementType());
  int64_t ones[] = {1, 1};
  int64_t pads[] = {axes[0].padBefore(), axes[1].padBefore(), axes[0].padAfter(),
                    axes[1].padAfter()};
  return builder.create<ConvOp>(op.getLoc(), type, op.getInput(), weight, phaseBias(builder), ones,
                                ones, pads, 1);
}

void PhaseConv::run() {
  OpBuilder builder(op);
  Value value = convolution(builder);
  if (stride > 1)
    value = builder.create<DepthToSpaceOp>(op.getLoc(), value, stride, "DCR");
  SmallVector<int64_t> starts{0, 0, axes[0].crop(), axes[1].crop()}, steps(4, 1),
      sizes(op.getType().getShape());
  if (value.getType() != op.getType())
    value = builder.create<SliceOp>(op.getLoc(), op.getType(), value, starts, sizes, steps);
  op.getResult().replaceAllUsesWith(value);
  op.erase();
}

/// The weights, where `op` is of a kind that has phases: one group, no gaps in the kernel, the
/// same stride both ways.
static std::optional<SmallVector<float>> weightsOf(ConvTransposeOp op) {
  auto strides = op.getStrides(), dilations = op.getDilations();
  ElementsAttr weight = constantValue(op.getWeight());
  ElementsAttr bias = op.getBias() ? constantValue(op.getBias()) : ElementsAttr();
  if (op.getGroup() != 1 || strides[0] != strides[1] || dilations[0] != 1 || dilations[1] != 1 ||
      !weight || (op.getBias() && (!bias || !floatValues(bias))))
    return std::nullopt;
  return floatValues(weight);
}

namespace {
struct LowerTransposedConvs final : snc::impl::LowerTransposedConvsBase<LowerTransposedConvs> {
  void runOnOperation() override {
    SmallVector<ConvTransposeOp> found;
    getOperation().walk([&](ConvTransposeOp op) { found.push_back(op); });
    for (ConvTransposeOp op : found)
      if (auto weights = weightsOf(op)) {
        PhaseConv phases(op, std::move(*weights));
        if (phases.isPossible())
          phases.run();
      }
  }
};
} // namespace
