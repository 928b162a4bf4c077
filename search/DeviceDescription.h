// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SNC_SEARCH_DEVICEDESCRIPTION_H
#define SNC_SEARCH_DEVICEDESCRIPTION_H
#include <cstdint>
#include <map>
#include <string>
namespace snc {
struct DeviceDescription {
  std::string cpu;
  int64_t cores = 1;
  double peakGflops = 100;
  double coreBandwidthGBs = 10, totalBandwidthGBs = 20;
  double l2Bytes = 1 << 20, l3Bytes = 16 << 20;
  double syncUs = 0.5, forkUs = 0.5, kernelOverheadUs = 0.3;
  std::map<std::string, double> latenciesUs;
};
} // namespace snc
#endif
