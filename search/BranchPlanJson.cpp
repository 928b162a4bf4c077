// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A branch plan as JSON:
//   {"kernels": 2, "devices": [{"name": "cpu", "threads": 2}],
//    "branches": [{"device": 0, "kernels": [0, 1]}],
//    "syncs": [{"after": 1, "kind": "add"}]}

#include "nlohmann/json.hpp"
#include "search/BranchPlan.h"
#include <algorithm>

namespace snc {

using nlohmann::json;

// An unknown word reads as the first entry, so that is the one for errors.
static constexpr SyncKind kUnknown = SyncKind(-1);
NLOHMANN_JSON_SERIALIZE_ENUM(SyncKind, {{kUnknown, nullptr},
                                        {SyncKind::none, "none"},
                                        {SyncKind::add, "add"},
                                        {SyncKind::concat, "concat"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlanDevice, name, threads)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlanBranch, device, kernels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlanSync, after, kind)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BranchPlan, kernels, devices, branches, syncs)

json toJson(const BranchPlan &plan) { return plan; }

llvm::Expected<BranchPlan> branchPlanFromJson(const json &value) {
  std::string fault;
  try {
    BranchPlan plan = value.get<BranchPlan>();
    auto unknown = [](const PlanSync &sync) { return sync.kind == kUnknown; };
    if (std::none_of(plan.syncs.begin(), plan.syncs.end(), unknown))
      return plan;
    fault = "a sync's kind is none, add or concat";
  } catch (const json::exception &error) {
    fault = error.what();
  }
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "not a branch plan: %s",
                                 fault.c_str());
}

} // namespace snc
