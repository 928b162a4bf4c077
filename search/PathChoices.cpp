// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "search/PathChoices.h"

#include <cmath>
#include <map>

namespace snc {

bool isSpread(llvm::ArrayRef<int64_t> units) {
  return std::adjacent_find(units.begin(), units.end(), std::not_equal_to<>()) != units.end();
}

std::vector<int64_t> longestFirst(const PlanCost &cost, int64_t begin,
                                  llvm::ArrayRef<int64_t> partOf) {
  size_t count = cost.planUnits().size();
  std::map<int64_t, std::vector<double>> work; // of parts, by unit
  for (auto [i, part] : llvm::enumerate(partOf)) {
    auto &sums = work[part];
    sums.resize(count);
    for (size_t u = 0; u < count; ++u)
      sums[u] += cost.node(begin + int64_t(i), int64_t(u));
  }
  std::vector<int64_t> order;
  for (auto &[part, sums] : work)
    order.push_back(part);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return work[a][0] != work[b][0] ? work[a][0] > work[b][0] : a < b;
  });
  std::vector<double> clock(count);
  std::map<int64_t, int64_t> unitOf;
  for (int64_t part : order) {
    size_t best = 0;
    for (size_t u = 1; u < count; ++u)
      if (clock[u] + work[part][u] < clock[best] + work[part][best])
        best = u;
    clock[best] += work[part][best];
    unitOf[part] = int64_t(best);
  }
  std::vector<int64_t> units;
  for (int64_t part : partOf)
    units.push_back(unitOf[part]);
  return units;
}

/// Of parts: no unit before one of a smaller number that is alike.
static bool isFirstOfAlike(llvm::ArrayRef<PlanUnit> units, llvm::ArrayRef<int64_t> unitOf) {
  std::vector<bool> used(units.size());
  for (int64_t unit : unitOf) {
    for (int64_t other = 0; other < unit; ++other)
      if (!used[size_t(other)] && units[size_t(other)].threads == units[size_t(unit)].threads &&
          units[size_t(other)].device == units[size_t(unit)].device)
        return false;
    used[size_t(unit)] = true;
  }
  return true;
}

/// Counts in base `base`; false behind the last.
static bool countUp(std::vector<int64_t> &digits, int64_t base) {
  for (int64_t &digit : digits) {
    if (++digit < base)
      return true;
    digit = 0;
  }
  return false;
}

std::vector<std::vector<int64_t>> regionChoices(const PlanCost &cost, const ModelRegion &region) {
  constexpr double kFew = 64;
  // A last node that is but the join goes with the first branch.
  std::vector<int64_t> partOf(size_t(region.size()), 0);
  int64_t parts = 0, count = int64_t(cost.planUnits().size());
  for (const auto *group : {&region.branches, &region.aside})
    for (const std::vector<int64_t> &part : *group) {
      for (int64_t node : part)
        partOf[size_t(node - region.begin)] = parts;
      ++parts;
    }
  std::vector<std::vector<int64_t>> choices;
  auto add = [&](std::vector<int64_t> units) {
    if (isSpread(units) && !llvm::is_contained(choices, units))
      choices.push_back(std::move(units));
  };
  auto spread = [&](llvm::ArrayRef<int64_t> unitOf) {
    std::vector<int64_t> units;
    for (int64_t part : partOf)
      units.push_back(unitOf[size_t(part)]);
    return units;
  };
  std::vector<int64_t> unitOf;
  for (int64_t part = 0; part < parts; ++part)
    unitOf.push_back(part % count);
  add(spread(unitOf));
  add(longestFirst(cost, region.begin, partOf));
  if (std::pow(double(count), double(parts)) > kFew)
    return choices;
  std::vector<int64_t> digits(size_t(parts), 0);
  do
    if (isFirstOfAlike(cost.planUnits(), digits))
      add(spread(digits));
  while (countUp(digits, count));
  return choices;
}

} // namespace snc
