// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/BranchPlan.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace snc {

static llvm::Error broken(const std::string &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), what.c_str());
}

static llvm::Error verifyDevices(const BranchPlan &plan) {
  std::set<std::string> names;
  if (plan.devices.empty())
    return broken("B1: a plan has a device");
  for (const PlanDevice &device : plan.devices) {
    if (device.name.empty() || !names.insert(device.name).second)
      return broken("B1: device name '" + device.name + "' is empty or taken");
    if (device.threads < 1)
      return broken("B1: device '" + device.name + "' has no thread");
  }
  return llvm::Error::success();
}

static llvm::Error verifyBranches(const BranchPlan &plan) {
  std::set<int64_t> used, covered;
  if (plan.branches.empty())
    return broken("B2: a plan has a branch");
  for (const PlanBranch &branch : plan.branches) {
    std::string device = std::to_string(branch.device);
    if (branch.device < 0 || branch.device >= int64_t(plan.devices.size()))
      return broken("B2: there is no device " + device);
    if (!used.insert(branch.device).second)
      return broken("B2: device " + device + " has two branches");
    int64_t last = -1;
    for (int64_t kernel : branch.kernels) {
      if (kernel <= last || kernel >= plan.kernels)
        return broken("B3: kernel " + std::to_string(kernel) +
                      " is out of order or not in the program");
      covered.insert(last = kernel);
    }
  }
  if (int64_t(covered.size()) != plan.kernels)
    return broken("B3: " + std::to_string(plan.kernels - int64_t(covered.size())) +
                  " kernels are in no branch");
  return llvm::Error::success();
}

static llvm::Error verifySyncs(const BranchPlan &plan) {
  int64_t last = -1, lastJoin = -1;
  for (const PlanSync &sync : plan.syncs) {
    if (sync.after <= last || sync.after >= plan.kernels)
      return broken("B4: sync after kernel " + std::to_string(sync.after) +
                    " is out of order or not in the program");
    last = sync.after;
    lastJoin = sync.kind == SyncKind::none ? lastJoin : last;
  }
  std::set<int64_t> seen;
  for (const PlanBranch &branch : plan.branches)
    for (int64_t kernel : branch.kernels)
      if (!seen.insert(kernel).second && kernel > lastJoin)
        return broken("B5: the parts of kernel " + std::to_string(kernel) + " are never joined");
  return llvm::Error::success();
}

llvm::Error BranchPlan::verify() const {
  if (llvm::Error error = verifyDevices(*this))
    return error;
  if (llvm::Error error = verifyBranches(*this))
    return error;
  return verifySyncs(*this);
}

BranchPlan singleBranchPlan(int64_t kernels, const PlanDevice &device) {
  PlanBranch branch;
  branch.kernels.resize(kernels);
  std::iota(branch.kernels.begin(), branch.kernels.end(), int64_t(0));
  return {kernels, {device}, {branch}, {}};
}

} // namespace snc
