// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects what the page of a search of SyncNAS mode says.

#ifndef SNC_CODEGEN_DRIVER_NAS_STRATEGYREPORTING_H
#define SNC_CODEGEN_DRIVER_NAS_STRATEGYREPORTING_H

#include "codegen/report/StrategyReport.h"
#include "nas/NasSearch.h"

namespace snc {

/// The report of `result`, which has a best candidate, without version, target and options.
/// `searched` is its search.json, for the tree and the history; `base` the network that
/// `widths` were given.
StrategyReport makeStrategyReport(const StagedNetwork &base, const BranchWidths &widths,
                                  const NasSearchResult &result, const nlohmann::json &searched);

/// The run of `candidate` as its latency was predicted: ends at its `us`.
std::vector<StrategySpan> timelineOf(const Candidate &candidate, const BlockCost &cost);

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_NAS_STRATEGYREPORTING_H
