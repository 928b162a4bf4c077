// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/BranchPlan.h"

#include "search/StrategyName.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace snc {

int64_t totalThreads(llvm::ArrayRef<PlanUnit> units) {
  int64_t sum = 0;
  for (const PlanUnit &unit : units)
    sum += unit.threads;
  return sum;
}

std::optional<int64_t> gpuOf(llvm::ArrayRef<PlanUnit> units) {
  for (size_t i = 0; i < units.size(); ++i)
    if (units[i].device != Device::cpu)
      return int64_t(i);
  return std::nullopt;
}

static llvm::Error broken(const std::string &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), what.c_str());
}

static llvm::Error verifyUnits(const BranchPlan &plan) {
  std::set<std::string> names;
  int gpus = 0;
  if (plan.units.empty())
    return broken("P1: a plan has a unit");
  for (const PlanUnit &unit : plan.units) {
    if (unit.name.empty() || !names.insert(unit.name).second)
      return broken("P1: unit name '" + unit.name + "' is empty or taken");
    if (unit.threads < 1)
      return broken("P1: unit '" + unit.name + "' has no thread");
    if (unit.device != Device::cpu && unit.threads != 1)
      return broken("P1: one thread feeds the GPU '" + unit.name + "'");
    gpus += unit.device != Device::cpu;
  }
  if (gpus > 1)
    return broken("P1: there is more than one GPU");
  return llvm::Error::success();
}

static llvm::Error verifyShares(const PlanSegment &segment, size_t units, const std::string &at) {
  // Before the sum, which larger ones could overflow.
  bool shares = std::all_of(segment.shares.begin(), segment.shares.end(),
                            [](int64_t share) { return share >= 0 && share <= kShares; });
  auto none = std::count(segment.shares.begin(), segment.shares.end(), 0);
  if (segment.shares.size() != units || !shares ||
      std::accumulate(segment.shares.begin(), segment.shares.end(), int64_t(0)) != kShares)
    return broken("P3: " + at + " needs a share for each of " + std::to_string(units) +
                  " units, which sum to 8");
  if (segment.shares.size() - size_t(none) < 2)
    return broken("P3: " + at + " gives everything to one unit; that is a single");
  return llvm::Error::success();
}

static llvm::Error verifyPaths(const PlanSegment &segment, int64_t units, const std::string &at) {
  std::set<int64_t> used(segment.units.begin(), segment.units.end());
  if (int64_t(segment.units.size()) != segment.end - segment.begin)
    return broken("P4: " + at + " needs a unit for each of its nodes");
  if (*used.begin() < 0 || *used.rbegin() >= units)
    return broken("P4: " + at + " names a unit that does not exist");
  if (used.size() < 2)
    return broken("P4: " + at + " is all on one unit; that is a single");
  return llvm::Error::success();
}

static llvm::Error verifySegment(const PlanSegment &segment, int64_t units) {
  std::string at = "the segment at node " + std::to_string(segment.begin);
  bool paths = segment.kind == SegmentKind::paths;
  if (paths)
    if (llvm::Error error = verifyPaths(segment, units, at))
      return error;
  if (segment.isSplit() && !paths)
    if (llvm::Error error = verifyShares(segment, size_t(units), at))
      return error;
  if (segment.kind == SegmentKind::single && (segment.unit < 0 || segment.unit >= units))
    return broken("P5: " + at + " names a unit that does not exist");
  if ((!segment.isSplit() || paths) && !segment.shares.empty())
    return broken("P5: " + at + " has shares but is no split");
  if (!paths && !segment.units.empty())
    return broken("P5: " + at + " has units of nodes but is not of paths");
  return llvm::Error::success();
}

llvm::Error BranchPlan::verify() const {
  if (llvm::Error error = verifyUnits(*this))
    return error;
  int64_t next = 0;
  for (const PlanSegment &segment : segments) {
    if (segment.begin != next || segment.end <= segment.begin)
      return broken("P2: a segment begins at node " + std::to_string(segment.begin) +
                    " and ends before " + std::to_string(segment.end) + ", expected to begin at " +
                    std::to_string(next));
    next = segment.end;
    if (segment.kind == SegmentKind::all && gpuOf(units))
      return broken("P6: the segment at node " + std::to_string(segment.begin) +
                    " is of all threads, but a unit is a GPU");
    if (llvm::Error error = verifySegment(segment, int64_t(units.size())))
      return error;
  }
  if (next != nodes)
    return broken("P2: the segments end at node " + std::to_string(next) + " of " +
                  std::to_string(nodes));
  return llvm::Error::success();
}

std::vector<int64_t> BranchPlan::syncs() const {
  std::vector<int64_t> result;
  for (const PlanSegment &segment : segments)
    if (segment.isSplit())
      result.push_back(segment.end - 1);
  return result;
}

std::string BranchPlan::strategy() const {
  std::string kinds;
  for (const PlanSegment &segment : segments)
    if (segment.isSplit())
      kinds += segment.kind == SegmentKind::add || segment.adds ? 'a' : 'c';
  return strategyName(syncs(), kinds);
}

static bool uses(const PlanSegment &segment, int64_t unit) {
  if (segment.kind == SegmentKind::single)
    return segment.unit == unit;
  if (segment.kind == SegmentKind::paths)
    return std::count(segment.units.begin(), segment.units.end(), unit) != 0;
  return segment.kind == SegmentKind::all || segment.shares[size_t(unit)] != 0;
}

BranchPlan withoutIdleGpu(BranchPlan plan) {
  std::optional<int64_t> gpu = gpuOf(plan.units);
  bool idle = gpu && std::none_of(plan.segments.begin(), plan.segments.end(),
                                  [&](const PlanSegment &segment) { return uses(segment, *gpu); });
  if (!idle)
    return plan;
  plan.units.erase(plan.units.begin() + *gpu);
  if (plan.units.empty()) // a network of no nodes
    plan.units.push_back({"cpu0", 1});
  for (PlanSegment &segment : plan.segments) {
    segment.unit -= segment.unit > *gpu;
    for (int64_t &unit : segment.units)
      unit -= unit > *gpu;
    if (!segment.shares.empty())
      segment.shares.erase(segment.shares.begin() + *gpu);
  }
  return plan;
}

BranchPlan unsplitPlan(int64_t nodes, std::vector<PlanUnit> units) {
  PlanSegment segment;
  segment.end = nodes;
  if (std::optional<int64_t> gpu = gpuOf(units)) {
    segment.kind = SegmentKind::single;
    segment.unit = *gpu;
  }
  BranchPlan plan{nodes, std::move(units), {}};
  if (nodes)
    plan.segments.push_back(segment);
  return plan;
}

} // namespace snc
