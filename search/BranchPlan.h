// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which processor runs which kernels, and where they join: the answer of the
// branch search, apart from whoever found it. Kernels are known by their
// position in the program, from 0. Part of `plan.json`.

#ifndef SNC_SEARCH_BRANCHPLAN_H
#define SNC_SEARCH_BRANCHPLAN_H

#include "nlohmann/json_fwd.hpp"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace snc {

/// How branches join at a sync point. `none` is a candidate that was left out.
enum class SyncKind { none, add, concat };

/// A processor: a set of CPU cores that work as one.
struct PlanDevice {
  std::string name;
  int64_t threads = 1;
  bool operator==(const PlanDevice &) const = default;
};

/// Kernels that one device runs, in order.
struct PlanBranch {
  int64_t device = 0; ///< position in BranchPlan::devices
  std::vector<int64_t> kernels;
  bool operator==(const PlanBranch &) const = default;
};

/// The branches join after kernel `after`.
struct PlanSync {
  int64_t after = 0;
  SyncKind kind = SyncKind::none;
  bool operator==(const PlanSync &) const = default;
};

struct BranchPlan {
  int64_t kernels = 0; ///< in the whole program
  std::vector<PlanDevice> devices;
  std::vector<PlanBranch> branches;
  std::vector<PlanSync> syncs;
  bool operator==(const BranchPlan &) const = default;

  /// Checks the rules below; the error names the one that is broken.
  /// B1 There is a device; names differ and are not empty; threads >= 1.
  /// B2 There is a branch; each runs on a device of its own.
  /// B3 A branch's kernels are kernels of the program, in program order, and
  ///    every kernel is in a branch.
  /// B4 Syncs are in program order, one at most after a kernel.
  /// B5 A kernel in several branches is a split one: at it or later, and no
  ///    later than the last kernel, an add or concat sync joins its parts.
  llvm::Error verify() const;
};

/// Everything on one device, with no sync.
BranchPlan singleBranchPlan(int64_t kernels, const PlanDevice &device);

nlohmann::json toJson(const BranchPlan &plan);

/// The plan that `json` holds, or an error that names the faulty member. Only
/// the form is checked here, verify() checks the rest.
llvm::Expected<BranchPlan> branchPlanFromJson(const nlohmann::json &json);

} // namespace snc

#endif // SNC_SEARCH_BRANCHPLAN_H
