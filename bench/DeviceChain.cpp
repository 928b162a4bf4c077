// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DeviceChain.h"
#include <algorithm>
#include <cmath>

namespace snc::bench {

DeviceChain::DeviceChain(unsigned layers, unsigned devices, double move, uint64_t seed)
    : layers(layers), devices(devices) {
  std::mt19937_64 random(seed);
  auto unit = [&] { return (random() >> 11) * 0x1p-53; }; // in [0, 1)
  for (unsigned layer = 0; layer < layers; ++layer)
    for (unsigned to = 0; to < devices; ++to)
      times.push_back(std::exp(2 * unit() - 1) * (1 + layer % 3));
  for (unsigned layer = 0; layer < layers; ++layer)
    for (unsigned from = 0; from < devices; ++from)
      for (unsigned to = 0; to < devices; ++to)
        moves.push_back(layer > 0 && from != to ? move * unit() : 0);
}

unsigned DeviceChain::width(llvm::ArrayRef<uint16_t> path) const {
  return path.size() < layers ? devices : 0;
}

double DeviceChain::size() const { return std::pow(devices, layers); }

std::string DeviceChain::nameOf(llvm::ArrayRef<uint16_t> leaf) const {
  std::string name;
  for (uint16_t device : leaf)
    name += (name.empty() ? "" : "-") + std::to_string(device);
  return name;
}

double DeviceChain::cost(llvm::ArrayRef<uint16_t> leaf) {
  double sum = 0;
  for (unsigned layer = 0; layer < layers; ++layer)
    sum += times[layer * devices + leaf[layer]] +
           moveTime(layer, leaf[layer > 0 ? layer - 1 : 0], leaf[layer]);
  return sum;
}

double DeviceChain::optimum() const {
  std::vector<double> least(devices, 0), next(devices); // that end on a device
  for (unsigned layer = 0; layer < layers; ++layer) {
    for (unsigned to = 0; to < devices; ++to) {
      next[to] = std::numeric_limits<double>::infinity();
      for (unsigned from = 0; from < devices; ++from)
        next[to] = std::min(next[to], least[from] + moveTime(layer, from, to));
      next[to] += times[layer * devices + to];
    }
    least.swap(next);
  }
  return *std::min_element(least.begin(), least.end());
}

} // namespace snc::bench
