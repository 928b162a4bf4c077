// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "nas/BlockCost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <limits>
#include <numeric>

namespace snc {

static KernelShape convolution(int64_t in, int64_t inSize, int64_t out, int64_t kernel,
                               int64_t stride, std::string epilogue, int64_t group = 1) {
  KernelShape shape;
  int64_t outSize = (inSize + stride - 1) / stride;
  shape.op = "conv";
  shape.epilogue = std::move(epilogue);
  shape.in = {1, in, inSize, inSize};
  shape.out = {1, out, outSize, outSize};
  shape.kernel = {kernel, kernel};
  shape.strides = {stride, stride};
  shape.group = group;
  return shape;
}

/// As kernels of the IR name an activation of torch.nn.
static std::string epilogueOf(llvm::StringRef act) {
  return llvm::StringSwitch<std::string>(act)
      .Case("ReLU6", "+clamp")
      .Case("Hardswish", "+hard_swish")
      .Case("SiLU", "+swish")
      .Default("+relu");
}

static KernelShape pool(int64_t channels, int64_t size) {
  KernelShape shape;
  shape.op = "reduce_mean";
  shape.in = {1, channels, size, size};
  shape.out = {1, channels, 1, 1};
  return shape;
}

static KernelShape elementwise(const char *op, int64_t channels, int64_t size) {
  KernelShape shape;
  shape.op = op;
  shape.in = shape.out = {1, channels, size, size};
  return shape;
}

std::vector<KernelShape> kernelsOf(const BlockSpec &block, llvm::StringRef networkAct) {
  std::string act = epilogueOf(block.act.empty() ? networkAct : block.act);
  std::string late = block.lateAct.empty() ? "" : epilogueOf(block.lateAct);
  std::string between = block.lateAct.empty() ? act : block.squeezed ? "" : late;
  std::vector<KernelShape> kernels;
  auto pointwise = [&](int64_t in, int64_t size, int64_t out, int64_t groups,
                       const std::string &epilogue) {
    kernels.insert(kernels.end(), size_t(groups),
                   convolution(in / groups, size, out / groups, 1, 1, epilogue));
  };
  if (block.expands())
    pointwise(block.inChannels, block.inSize, block.expanded, block.expandGroups, act);
  for (auto [i, kernel] : llvm::enumerate(block.kernels)) {
    int64_t channels = block.kernelChannels(i);
    kernels.push_back(
        convolution(channels, block.inSize, channels, kernel, block.stride, between, channels));
  }
  if (block.squeezed) {
    kernels.push_back(pool(block.expanded, block.outSize()));
    kernels.push_back(convolution(block.expanded, 1, block.squeezed, 1, 1,
                                  block.gateAct.empty() ? act : epilogueOf(block.gateAct)));
    kernels.push_back(convolution(block.squeezed, 1, block.expanded, 1, 1, "+sigmoid"));
    kernels.push_back(elementwise("mul", block.expanded, block.outSize()));
    kernels.back().epilogue = late;
  }
  if (block.hasShortcut() && block.addedChannels() > 0) {
    kernels.push_back(elementwise("pad", block.outChannels, block.outSize()));
    kernels.back().in[1] = block.inChannels;
  }
  pointwise(block.expanded, block.outSize(), block.outChannels, block.projectGroups,
            block.hasShortcut() ? "+add" : "");
  return kernels;
}

KernelShape stemKernel(const StagedNetwork &network) {
  const ConvSpec &stem = network.stem;
  return convolution(stem.inChannels, network.inSize(), stem.outChannels, stem.kernel, stem.stride,
                     epilogueOf(network.act));
}

std::vector<KernelShape> headKernels(const StagedNetwork &network) {
  const ConvSpec &head = network.head;
  int64_t size = network.stages.back().branches[0].back().outSize();
  auto linear = [](int64_t in, int64_t out, std::string epilogue) {
    KernelShape shape;
    shape.op = "gemm";
    shape.epilogue = std::move(epilogue);
    shape.in = {1, in};
    shape.out = {1, out};
    return shape;
  };
  std::vector<KernelShape> kernels{convolution(head.inChannels, size, head.outChannels, head.kernel,
                                               head.stride, epilogueOf(network.act)),
                                   pool(head.outChannels, size)};
  if (network.hidden)
    kernels.push_back(linear(head.outChannels, network.hidden, epilogueOf(network.act)));
  kernels.push_back(linear(network.features(), network.classes, ""));
  return kernels;
}

double BlockCost::kernelsUs(llvm::ArrayRef<KernelShape> kernels, size_t unit) const {
  double us = 0;
  for (const KernelShape &kernel : kernels) {
    auto [place, isNew] = known.try_emplace({unit, kernel.signature()}, 0);
    if (isNew)
      place->second = costs.kernelUs(kernel, units[unit]);
    us += place->second;
  }
  return us;
}

double BlockCost::blockUs(const BlockSpec &block, size_t unit) const {
  return kernelsUs(kernelsOf(block, act), unit);
}

double BlockCost::kernelsUs(llvm::ArrayRef<KernelShape> kernels) const {
  double best = std::numeric_limits<double>::infinity();
  for (size_t unit = 0; unit < units.size(); ++unit)
    best = std::min(best, kernelsUs(kernels, unit));
  if (gpuOf(units))
    return best;
  double all = 0;
  for (const KernelShape &kernel : kernels)
    all += costs.kernelUs(kernel, totalThreads(units));
  return std::min(best, all);
}

/// `toCpu`, `toGpu`: bytes that a unit of that kind has to fetch.
double BlockCost::crossingUs(double toCpu, double toGpu) const {
  const DeviceDescription &device = costs.device();
  if (!gpuOf(units))
    return device.syncUs + toCpu / (device.transferGBs * 1e3);
  const GpuDescription &gpu = device.gpu;
  auto copy = [](double bytes, double us, double gbs) {
    return bytes > 0 ? us + bytes / (gbs * 1e3) : 0;
  };
  return gpu.syncUs + copy(toCpu, gpu.downloadUs, gpu.downloadGBs) +
         copy(toGpu, gpu.uploadUs, gpu.uploadGBs);
}

double BlockCost::joinUs(SyncKind kind, llvm::ArrayRef<int64_t> channels, int64_t size) const {
  double pixels = double(size * size);
  auto gpu = gpuOf(units);
  auto all = double(std::accumulate(channels.begin(), channels.end(), int64_t(0)));
  // The unit with the least of the channels fetches the most.
  double toCpu = 0, toGpu = 0;
  for (auto [unit, own] : llvm::enumerate(channels)) {
    double bytes = 4 * pixels * (all - double(own));
    if (gpu && *gpu == int64_t(unit))
      toGpu = bytes;
    else
      toCpu = std::max(toCpu, gpu ? 4 * pixels * double(channels[size_t(*gpu)]) : bytes);
  }
  double us = crossingUs(toCpu, toGpu);
  if (kind == SyncKind::add)
    us += kernelsUs(elementwise("add", channels.front(), size)) * double(channels.size() - 1);
  return us;
}

double BlockCost::forkUs(int64_t channels, int64_t size) const {
  double bytes = 4 * double(channels * size * size);
  return crossingUs(gpuOf(units) ? 0 : bytes, bytes);
}

} // namespace snc
