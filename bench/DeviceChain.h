// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deep search problem with a known optimum: layers in a row, each on one of several devices,
// and a cost for each change of device. Times are made up, from a seed.

#ifndef SNC_BENCH_DEVICECHAIN_H
#define SNC_BENCH_DEVICECHAIN_H

#include "search/DecisionSpace.h"
#include <vector>

namespace snc::bench {

class DeviceChain : public DecisionSpace, public Evaluator {
public:
  /// A layer takes between 1/e and 3e on a device, a move between two layers up to `move`.
  DeviceChain(unsigned layers, unsigned devices, double move, uint64_t seed);

  unsigned width(llvm::ArrayRef<uint16_t> path) const override;
  double size() const override;
  std::string nameOf(llvm::ArrayRef<uint16_t> leaf) const override;
  double cost(llvm::ArrayRef<uint16_t> leaf) override;

  /// The least cost, by dynamic programming.
  double optimum() const;

private:
  double moveTime(unsigned layer, unsigned from, unsigned to) const {
    return moves[(layer * devices + from) * devices + to];
  }

  unsigned layers, devices;
  std::vector<double> times; // [layer][device]
  std::vector<double> moves; // [layer][from][to]; into the first layer: 0
};

} // namespace snc::bench

#endif // SNC_BENCH_DEVICECHAIN_H
