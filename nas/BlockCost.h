// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long parts of a network in numbers take on a unit, by the cost model that plans of real
// networks use.

#ifndef SNC_NAS_BLOCKCOST_H
#define SNC_NAS_BLOCKCOST_H

#include "nas/StagedNetwork.h"
#include "search/CostModel.h"
#include <map>

namespace snc {

/// The kernels that a block becomes: expansion, depthwise, gate, projection with the shortcut
/// (before it, of a partial one, the input with zeros behind it).
std::vector<KernelShape> kernelsOf(const BlockSpec &block, llvm::StringRef act);
/// The kernel of the stem, whose output is `outSize` pixels a side.
KernelShape stemKernel(const StagedNetwork &network);
/// Head convolution, global average pool and classifier.
std::vector<KernelShape> headKernels(const StagedNetwork &network);

/// Latencies in microseconds, remembered. For one thread at a time.
class BlockCost {
public:
  /// `costs` must outlive this. `act`: of blocks that name none.
  BlockCost(const CostModel &costs, std::vector<PlanUnit> units, std::string act)
      : costs(costs), units(std::move(units)), act(std::move(act)) {}

  double blockUs(const BlockSpec &block, size_t unit) const;
  double kernelsUs(llvm::ArrayRef<KernelShape> kernels, size_t unit) const;
  /// As fast as they can be: on a unit alone or, where none is a GPU, each on all threads.
  double kernelsUs(llvm::ArrayRef<KernelShape> kernels) const;

  /// From the branches' results to all units having what follows: the sync, what crosses
  /// between them, sums. `channels`: of each branch's result, `size` pixels a side.
  double joinUs(SyncKind kind, llvm::ArrayRef<int64_t> channels, int64_t size) const;
  /// From one value to all units having it.
  double forkUs(int64_t channels, int64_t size) const;

  llvm::ArrayRef<PlanUnit> planUnits() const { return units; }

private:
  double crossingUs(double toCpu, double toGpu) const;

  const CostModel &costs;
  std::vector<PlanUnit> units;
  std::string act;
  mutable std::map<std::pair<size_t, std::string>, double> known; ///< by unit and signature
};

} // namespace snc

#endif // SNC_NAS_BLOCKCOST_H
