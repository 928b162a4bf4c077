// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long a kernel takes on some threads of a device, or on its GPU: a roofline
// that needs no measurement, refined by latencies measured there.

#ifndef SNC_SEARCH_COSTMODEL_H
#define SNC_SEARCH_COSTMODEL_H

#include "ir/KernelShape.h"
#include "search/BranchPlan.h"
#include "search/DeviceDescription.h"

namespace snc {

class CostModel {
public:
  /// `blockLanes`: channels of a block on the target.
  CostModel(DeviceDescription device, int64_t blockLanes);

  /// Microseconds of a kernel on `threads` threads: as measured; or the
  /// roofline, corrected by what measured kernels like it took (the geometric
  /// mean of measured / roofline of the nearest few, near ones count more). Of a grouped
  /// convolution the sum over the dense ones that it becomes.
  double kernelUs(const KernelShape &shape, int64_t threads) const;

  /// The roofline alone (Williams et al., CACM 2009): the larger of arithmetic
  /// at a share of the peak that depends on the kind of kernel, and traffic at
  /// the bandwidth of the cache that holds it; and what starting threads costs, and their
  /// fetching each other's lines where strips of rows meet.
  double rooflineUs(const KernelShape &shape, int64_t threads) const;

  /// The same of a kernel on the GPU, whose interface is `device`: measured latencies
  /// and corrections are those of this interface alone, and its roofline knows that a
  /// launch takes time and that few results leave parts of the GPU idle. Where the device
  /// stores halves, so does the kernel, whatever its shape says.
  double gpuKernelUs(const KernelShape &shape, Device device) const;
  double gpuRooflineUs(const KernelShape &shape) const;

  /// Of a kernel on a unit.
  double kernelUs(const KernelShape &shape, const PlanUnit &unit) const {
    return unit.device == Device::cpu ? kernelUs(shape, unit.threads)
                                      : gpuKernelUs(shape, unit.device);
  }

  const DeviceDescription &device() const { return description; }
  /// True when some latencies are measured.
  bool isMeasured() const { return !description.latenciesUs.empty(); }

private:
  struct Sample {
    std::string family;
    Device device;
    int64_t threads;             ///< 0 on a GPU
    bool half;                   ///< of kernels that store halves
    std::array<double, 3> place; ///< logarithms of input and output channels, and pixels
    double factor;               ///< logarithm of measured / roofline
  };
  /// The sum over the dense parts of a grouped convolution; 0 where it is none.
  double groupedUs(const KernelShape &shape, int64_t threads) const;
  double correction(const KernelShape &shape, Device device, int64_t threads) const;
  void addSample(llvm::StringRef key, double us);

  DeviceDescription description;
  int64_t blockLanes;
  std::vector<Sample> samples;
};

} // namespace snc

#endif // SNC_SEARCH_COSTMODEL_H
