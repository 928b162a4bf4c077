// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights of matched layers.

#include "ir/ConstantData.h"
#include "ir/ShapeInference.h"
#include "nas/model/LayerMatch.h"

#include <cmath>

using namespace mlir;

namespace snc {

static LogicalResult read(Operation *op, Value value, std::vector<float> &into) {
  ElementsAttr constant = constantValue(value);
  auto values = constant ? floatValues(constant) : std::nullopt;
  if (!values)
    return refuse(op) << "expected constant weights of type float32";
  into.insert(into.end(), values->begin(), values->end());
  return success();
}

/// The bias of all parts, one after the other; zeros where they have none.
static LogicalResult readBias(const MatchedConv &conv, std::vector<float> &into) {
  for (ConvOp part : conv.convs) {
    if (!part.getBias())
      into.resize(into.size() + size_t(tensorType(part.getResult()).getDimSize(1)), 0.0f);
    else if (failed(read(part, part.getBias(), into)))
      return failure();
  }
  return success();
}

static LogicalResult putNorm(const MatchedConv &conv, const std::string &module, double epsilon,
                             NetworkWeights &weights) {
  auto channels = size_t(conv.outChannels());
  std::vector<float> bias, scale, shift, mean, variance;
  if (failed(readBias(conv, bias)))
    return failure();
  if (BatchNormOp norm = conv.norm) {
    if (failed(read(norm, norm.getScale(), scale)) || failed(read(norm, norm.getBias(), shift)) ||
        failed(read(norm, norm.getMean(), mean)) ||
        failed(read(norm, norm.getVariance(), variance)))
      return failure();
    auto own = float(norm.getEpsilon().convertToFloat());
    for (size_t c = 0; c < channels; ++c) {
      mean[c] -= bias[c];
      if (own != float(epsilon))
        scale[c] =
            float(scale[c] * std::sqrt((variance[c] + epsilon) / (variance[c] + double(own))));
    }
  } else {
    scale.assign(channels, 1.0f);
    shift = std::move(bias);
    mean.assign(channels, 0.0f);
    variance.assign(channels, float(1 - epsilon));
  }
  weights[module + ".weight"] = std::move(scale);
  weights[module + ".bias"] = std::move(shift);
  weights[module + ".running_mean"] = std::move(mean);
  weights[module + ".running_var"] = std::move(variance);
  return success();
}

/// Of 1x1 convolutions of slices: one of all channels, zero between the slices.
static LogicalResult readDense(const MatchedConv &conv, std::vector<float> &into) {
  auto inputs = size_t(conv.inChannels());
  size_t input = 0;
  for (ConvOp part : conv.convs) {
    std::vector<float> own;
    if (failed(read(part, part.getWeight(), own)))
      return failure();
    auto width = size_t(tensorType(part.getInput()).getDimSize(1));
    for (size_t row = 0; row < own.size() / width; ++row) {
      into.resize(into.size() + inputs, 0.0f);
      std::copy_n(own.begin() + ptrdiff_t(row * width), width,
                  into.end() - ptrdiff_t(inputs) + ptrdiff_t(input));
    }
    input += width;
  }
  return success();
}

LogicalResult putConv(const MatchedConv &conv, bool depthwise, const std::string &module,
                      double epsilon, NetworkWeights &weights) {
  bool mixed = conv.convs.size() > 1 && depthwise;
  for (size_t k = 0; mixed && k < conv.convs.size(); ++k)
    if (failed(read(conv.convs[k], ConvOp(conv.convs[k]).getWeight(),
                    weights[module + ".0.convs." + std::to_string(k) + ".weight"])))
      return failure();
  if (!mixed) {
    std::vector<float> &weight = weights[module + ".0.weight"];
    bool dense = !depthwise && conv.convs.size() > 1 && conv.groups() == 1;
    if (dense && failed(readDense(conv, weight)))
      return failure();
    for (ConvOp part : conv.convs)
      if (!dense && failed(read(part, part.getWeight(), weight)))
        return failure();
  }
  return putNorm(conv, module + ".1", epsilon, weights);
}

/// Folds the normalisation into the layer's weights and bias.
static LogicalResult foldNorm(BatchNormOp norm, std::vector<float> &weight,
                              std::vector<float> &bias) {
  std::vector<float> scale, shift, mean, variance;
  if (failed(read(norm, norm.getScale(), scale)) || failed(read(norm, norm.getBias(), shift)) ||
      failed(read(norm, norm.getMean(), mean)) || failed(read(norm, norm.getVariance(), variance)))
    return failure();
  double epsilon = norm.getEpsilon().convertToFloat();
  size_t inputs = weight.size() / bias.size();
  for (size_t o = 0; o < bias.size(); ++o) {
    double factor = scale[o] / std::sqrt(variance[o] + epsilon);
    for (size_t i = 0; i < inputs; ++i)
      weight[o * inputs + i] = float(weight[o * inputs + i] * factor);
    bias[o] = float((double(bias[o]) - mean[o]) * factor + shift[o]);
  }
  return success();
}

LogicalResult putBiased(ConvOp conv, const std::string &module, NetworkWeights &weights,
                        BatchNormOp norm) {
  MatchedConv matched;
  matched.convs.push_back(conv);
  matched.result = conv.getResult();
  std::vector<float> &weight = weights[module + ".weight"], &bias = weights[module + ".bias"];
  if (failed(read(conv, conv.getWeight(), weight)) || failed(readBias(matched, bias)))
    return failure();
  return norm ? foldNorm(norm, weight, bias) : success();
}

LogicalResult putGemm(GemmOp gemm, const std::string &module, NetworkWeights &weights,
                      int64_t &outputs) {
  outputs = tensorType(gemm.getResult()).getDimSize(1);
  auto features = size_t(tensorType(gemm.getA()).getDimSize(1)), wide = size_t(outputs);
  bool plain = gemm.getAlpha().convertToFloat() == 1 && gemm.getBeta().convertToFloat() == 1 &&
               !gemm.getTransA() && tensorType(gemm.getA()).getDimSize(0) == 1;
  if (!plain)
    return refuse(gemm) << "expected a fully connected layer of one picture";
  std::vector<float> given, bias;
  if (failed(read(gemm, gemm.getB(), given)) ||
      (gemm.getC() && failed(read(gemm, gemm.getC(), bias))))
    return failure();
  if (bias.empty() || bias.size() == 1) // one for all
    bias.resize(wide, bias.empty() ? 0.0f : bias[0]);
  std::vector<float> &weight = weights[module + ".weight"];
  weight = given;
  for (size_t o = 0; o < wide && !gemm.getTransB(); ++o)
    for (size_t f = 0; f < features; ++f)
      weight[o * features + f] = given[f * wide + o];
  weights[module + ".bias"] = std::move(bias);
  return success();
}

} // namespace snc
