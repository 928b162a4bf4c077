// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/CostModel.h"

#include "ir/GroupParts.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

namespace snc {

/// Kernels that one correction holds for.
static std::string familyOf(const KernelShape &s) {
  if (s.isDepthwise())
    return "depthwise s" + std::to_string(s.strides[0]);
  if (s.op == "conv")
    return s.isPointwise() ? "pointwise" : "conv";
  return s.op;
}

static std::array<double, 3> placeOf(const KernelShape &s) {
  double pixels = s.out.size() == 4 ? double(s.out[2] * s.out[3]) : 1;
  double ins = s.in.size() > 1 ? double(s.in[1]) : 1,
         outs = s.out.size() > 1 ? double(s.out[1]) : 1;
  return {std::log(ins), std::log(outs), std::log(pixels)};
}

CostModel::CostModel(DeviceDescription given, int64_t lanes)
    : description(std::move(given)), blockLanes(lanes) {
  for (const auto &[key, us] : description.latenciesUs)
    addSample(key, us);
}

void CostModel::addSample(llvm::StringRef key, double us) {
  auto [signature, runner] = key.rsplit(' ');
  int64_t threads = 0;
  Device device = deviceNamed(runner).value_or(Device::cpu);
  if (device == Device::cpu && (!runner.consume_front("t") || runner.getAsInteger(10, threads)))
    return;
  auto shape = shapeOfSignature(signature);
  if (!shape || us <= 0 || shape->isFused())
    return;
  double roofline = device == Device::cpu ? rooflineUs(*shape, threads) : gpuRooflineUs(*shape);
  samples.push_back(
      {familyOf(*shape), device, threads, shape->half, placeOf(*shape), std::log(us / roofline)});
}

/// The share of the peak that arithmetic of this kind reaches.
static double efficiency(const KernelShape &s, int64_t blockLanes) {
  if (s.isDepthwise())
    return 0.2;
  if (s.op == "gemm" || s.op == "matmul")
    return 0.5;
  if (s.op != "conv")
    return 0.06;
  // Groups that share a block are computed together, with zeros (ir/GroupParts.h).
  double outs = double(s.out[1]) / double(s.group);
  double lanes = outs / double(llvm::alignTo(uint64_t(outs), uint64_t(blockLanes)));
  double inputs = s.in[1] < 8 ? 0.6 : 1;
  double grouped = s.group > 1 ? 0.8 : 1;
  // A row of pixels goes in tiles of about eight.
  double width = double(s.out[3]), tiles = std::ceil(width / 8);
  return 0.75 * lanes * inputs * grouped * std::max(0.5, width / (tiles * 8));
}

/// What strips of rows cost more than their share: each ends inside the planes of all blocks of
/// channels, in and out, and behind it the prefetchers of two cores take each other's lines.
static double brokenPlanesUs(const KernelShape &s, int64_t threads, int64_t blockLanes) {
  if (threads < 2 || s.out.size() != 4 || s.in.size() != 4 || blockLanes < 2 ||
      stripAxis(s.out, threads, blockLanes) != 2)
    return 0;
  auto blocks = [&](int64_t channels) {
    return double(llvm::divideCeil(uint64_t(channels), uint64_t(blockLanes)));
  };
  // Measured: 2 cores of Sapphire Rapids, 14 x 14 pixels, 448 to 1,152 channels in and out.
  constexpr double kPlaneUs = 0.11;
  double ends = threads > 2 ? 2 : 1;
  return ends * kPlaneUs * (blocks(s.in[1]) + blocks(s.out[1]));
}

double CostModel::rooflineUs(const KernelShape &s, int64_t threads) const {
  const DeviceDescription &d = description;
  double compute = s.flops() / (d.peakGflops * 1e3 * efficiency(s, blockLanes));
  double bytes = s.bytes(), cached = 4 * d.coreBandwidthGBs;
  double bandwidth = bytes < d.l2Bytes   ? cached
                     : bytes < d.l3Bytes ? cached / 2
                                         : d.coreBandwidthGBs;
  double traffic = bytes / (bandwidth * 1e3);
  double speedup = double(threads), shared = double(threads);
  if (bytes >= d.l3Bytes)
    shared = std::min(shared, std::max(1.0, d.totalBandwidthGBs / d.coreBandwidthGBs));
  double fork = threads > 1 ? d.forkUs + brokenPlanesUs(s, threads, blockLanes) : 0;
  return std::max(compute / speedup, traffic / shared) + d.kernelOverheadUs + fork;
}

double CostModel::gpuRooflineUs(const KernelShape &s) const {
  const GpuDescription &gpu = description.gpu;
  double share = s.isDepthwise()                      ? 0.15
                 : s.op == "conv" && s.group == 1     ? 0.5
                 : s.op == "gemm" || s.op == "matmul" ? 0.3
                                                      : 0.1;
  // Threads share long sums, where results are few.
  constexpr double kMostHelpers = 32;
  double outs = double(std::max<int64_t>(1, s.outElements()));
  double helpers = std::clamp(s.flops() / outs / 16, 1.0, kMostHelpers);
  double busy = std::min(1.0, outs * helpers / gpu.parallelism);
  double compute = s.flops() / (gpu.peakGflops * 1e3 * share * busy);
  double traffic = s.bytes() / (gpu.bandwidthGBs * 1e3 * std::sqrt(busy));
  return gpu.launchUs + std::max(compute, traffic);
}

double CostModel::correction(const KernelShape &s, Device device, int64_t threads) const {
  std::string family = familyOf(s);
  std::array<double, 3> place = placeOf(s);
  std::vector<std::pair<double, double>> near; // distance, factor
  for (const Sample &sample : samples) {
    if (sample.family != family || sample.device != device)
      continue;
    double distance = sample.threads == threads && sample.half == s.half ? 0 : 2;
    for (size_t i = 0; i < place.size(); ++i)
      distance += std::abs(place[i] - sample.place[i]);
    near.push_back({distance, sample.factor});
  }
  constexpr size_t kNearest = 4;
  std::sort(near.begin(), near.end());
  double sum = 0, weights = 0;
  for (size_t i = 0; i < std::min(near.size(), kNearest); ++i) {
    double weight = std::exp(-2 * near[i].first);
    sum += weight * near[i].second;
    weights += weight;
  }
  return weights > 0 ? std::exp(sum / weights) : 1;
}

double CostModel::groupedUs(const KernelShape &shape, int64_t threads) const {
  auto grouped = groupedShapeOf(shape, blockLanes, threads);
  if (!grouped)
    return 0;
  double us = 0;
  for (GroupPart cut : groupParts(*grouped)) {
    KernelShape part = shape;
    part.group = 1;
    part.in[1] = cut.inEnd - cut.inBegin;
    part.out[1] = cut.outEnd - cut.outBegin;
    us += kernelUs(part, threads);
  }
  return us;
}

double CostModel::kernelUs(const KernelShape &shape, int64_t threads) const {
  auto it = description.latenciesUs.find(latencyKey(shape.signature(), threads));
  if (it != description.latenciesUs.end())
    return it->second;
  if (double us = groupedUs(shape, threads); us > 0)
    return us;
  double roofline = rooflineUs(shape, threads);
  return samples.empty() ? roofline : roofline * correction(shape, Device::cpu, threads);
}

double CostModel::gpuKernelUs(const KernelShape &given, Device device) const {
  KernelShape shape = given;
  shape.half |= description.gpu.half;
  auto it = description.latenciesUs.find(latencyKey(shape.signature(), nameOf(device)));
  if (it != description.latenciesUs.end())
    return it->second;
  double roofline = gpuRooflineUs(shape);
  return samples.empty() ? roofline : roofline * correction(shape, device, 0);
}

} // namespace snc
