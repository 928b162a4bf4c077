// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DevicePair.h"

#include "frontend/OnnxImporter.h"
#include "passes/Pipelines.h"
#include "search/SplitMenu.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Path.h"

namespace snc::bench {

DeviceDescription serverCores() {
  DeviceDescription cores;
  cores.peakGflops = 220;
  cores.coreBandwidthGBs = 12;
  cores.totalBandwidthGBs = 20;
  cores.l2Bytes = 2 << 20;
  return cores;
}

PairedNetwork::PairedNetwork(mlir::MLIRContext &context, llvm::StringRef path,
                             const DeviceDescription &cores, int64_t threads)
    : title(llvm::sys::path::stem(path)), threads(threads) {
  module = importOnnx(context, path, {});
  mlir::PassManager passes(&context);
  buildTensorPipeline(passes, {});
  if (!module || failed(passes.run(*module))) {
    llvm::errs() << path << ": cannot be imported\n";
    exit(1);
  }
  network = std::make_unique<NetworkGraph>(module->lookupSymbol<mlir::func::FuncOp>("main"));
  fillTable(cores);
}

std::vector<PlanUnit> PairedNetwork::units() const {
  return {{"cpu", threads, Device::cpu}, {"gpu", 1, Device::opencl}};
}

/// Every part of every kernel that a split over two units can have.
void PairedNetwork::fillTable(const DeviceDescription &cores) {
  CostModel model(cores, kPairLanes);
  PlanCost cost(*network, model, {{"a", threads}, {"b", threads}}, kPairLanes);
  SplitMenu menu(cost, {});
  auto add = [&](const SegmentCost &segment) {
    for (const PieceCost &piece : segment.pieces)
      latencies.try_emplace(piece.shape.signature(), model.kernelUs(piece.shape, threads));
  };
  for (int64_t begin = 0; begin < menu.nodes(); ++begin)
    for (const SplitRun &run : menu.runsAt(begin))
      for (const SplitKindWays &kind : run.kinds)
        for (const SplitWay &way : kind.ways)
          add(*cost.segment(way.segment));
  for (int64_t i = 0; i < menu.nodes(); ++i)
    add(*cost.segment({i, i + 1, SegmentKind::single, 0, {}, {}, ""}));
}

DeviceDescription PairedNetwork::device(const PairOptions &options) const {
  DeviceDescription device;
  GpuDescription &gpu = device.gpu;
  gpu.uploadGBs = gpu.downloadGBs = options.linkGBs;
  gpu.uploadUs = gpu.downloadUs = 0;
  gpu.syncUs = options.syncUs;
  for (const auto &[signature, us] : latencies) {
    device.latenciesUs[latencyKey(signature, threads)] = us;
    device.latenciesUs[latencyKey(signature, nameOf(Device::opencl))] = us / options.ratio;
  }
  return device;
}

} // namespace snc::bench
