// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long a kernel takes on some threads of a device: a roofline that needs no
// measurement, refined by latencies measured there.

#ifndef SNC_SEARCH_COSTMODEL_H
#define SNC_SEARCH_COSTMODEL_H

#include "ir/KernelShape.h"
#include "search/DeviceDescription.h"

namespace snc {

class CostModel {
public:
  /// `blockLanes`: channels of a block on the target.
  CostModel(DeviceDescription device, int64_t blockLanes);

  /// Microseconds of a kernel on `threads` threads: as measured; or the
  /// roofline, corrected by what measured kernels like it took (the geometric
  /// mean of measured / roofline of the nearest few, near ones count more).
  double kernelUs(const KernelShape &shape, int64_t threads) const;

  /// The roofline alone (Williams et al., CACM 2009): the larger of arithmetic
  /// at a share of the peak that depends on the kind of kernel, and traffic at
  /// the bandwidth of the cache that holds it.
  double rooflineUs(const KernelShape &shape, int64_t threads) const;

  const DeviceDescription &device() const { return description; }
  /// True when some latencies are measured.
  bool isMeasured() const { return !description.latenciesUs.empty(); }

private:
  struct Sample {
    std::string family;
    int64_t threads;
    std::array<double, 3> place; ///< logarithms of input and output channels, and pixels
    double factor;               ///< logarithm of measured / roofline
  };
  double correction(const KernelShape &shape, int64_t threads) const;

  DeviceDescription description;
  int64_t blockLanes;
  std::vector<Sample> samples;
};

} // namespace snc

#endif // SNC_SEARCH_COSTMODEL_H
