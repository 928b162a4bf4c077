// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A made-up pair of devices: the cores of a machine, and a GPU that takes for each
// kernel what those cores take together, divided by how much faster it is. The table
// of latencies that results is all that planner and replay know of kernels.

#ifndef SNC_BENCH_DEVICEPAIR_H
#define SNC_BENCH_DEVICEPAIR_H

#include "search/PlanCost.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc::bench {

struct PairOptions {
  double ratio = 1;    ///< how much faster the GPU is than all cores
  double syncUs = 1;   ///< from one side to the other; copies have no further latency
  double linkGBs = 16; ///< of copies, either way
};

/// About a core of an AVX-512 server, without measured kernels.
DeviceDescription serverCores();

/// A network at the tensor level and the kernels of all its splits over two units.
class PairedNetwork {
public:
  /// Imports `path`; ends the program with a message where that fails. `cores` tells of
  /// the machine whose `threads` cores are one unit.
  PairedNetwork(mlir::MLIRContext &context, llvm::StringRef path, const DeviceDescription &cores,
                int64_t threads);

  const std::string &name() const { return title; }
  const NetworkGraph &graph() const { return *network; }
  /// Units "cpu" and "gpu", and a table of each kernel's latency on both.
  std::vector<PlanUnit> units() const;
  DeviceDescription device(const PairOptions &options) const;
  size_t tableSize() const { return latencies.size(); }

private:
  void fillTable(const DeviceDescription &cores);

  std::string title;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<NetworkGraph> network;
  int64_t threads;
  std::map<std::string, double> latencies; ///< on all cores, by signature
};

constexpr int64_t kPairLanes = 16; ///< channels of a block

} // namespace snc::bench

#endif // SNC_BENCH_DEVICEPAIR_H
