// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SyncNAS mode (--nas): from a base network to the candidates of a search.

#ifndef SNC_CODEGEN_DRIVER_NAS_NASMODE_H
#define SNC_CODEGEN_DRIVER_NAS_NASMODE_H

#include "codegen/driver/Compiler.h"
#include "nas/BranchWidths.h"
#include "nas/model/BaseModel.h"

namespace snc {

/// What a search runs over: the base network, the units, widths for each strategy. The parts
/// refer to each other: it stays where it is.
class NasSpace {
public:
  /// Reads what the options name: the base network's file, devices, latencies. Remarks on
  /// them go to `err`.
  static llvm::Expected<std::unique_ptr<NasSpace>> open(const CompilerOptions &options,
                                                        llvm::raw_ostream &err);

  NasSpace(const NasSpace &) = delete;
  NasSpace &operator=(const NasSpace &) = delete;

  const BaseNetwork &origin() const { return given; }
  const StagedNetwork &base() const { return given.network; }
  const BranchWidths &widths() const { return *branchWidths; }
  /// A text that is the same when the candidates are.
  const std::string &fingerprint() const { return identity; }

private:
  NasSpace(BaseNetwork base, DeviceDescription device, int64_t lanes)
      : given(std::move(base)), model(std::move(device), lanes) {}

  BaseNetwork given;
  CostModel model;
  std::string identity;
  std::optional<BranchWidths> branchWidths;
};

/// Prints every candidate that fits the budget, a line of JSON each, in the space's order:
/// {"name", "network", "latency_us"}. What has no room has {"name", "invalid": true} instead.
llvm::Error printCandidates(const NasSpace &space, llvm::raw_ostream &os);

/// What `syncnasc --nas` does; as compileModel.
int searchNetwork(const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_NAS_NASMODE_H
