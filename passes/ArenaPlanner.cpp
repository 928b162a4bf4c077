// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/ArenaPlanner.h"

#include <algorithm>
#include <numeric>

namespace snc {

using Order = std::vector<size_t>;

static AliveTogether orIntervals(const std::vector<ArenaBlock> &blocks, AliveTogether given) {
  if (given)
    return given;
  return [&blocks](size_t i, size_t j) {
    return blocks[i].begin <= blocks[j].end && blocks[j].begin <= blocks[i].end;
  };
}

static int64_t alignUp(int64_t value, int64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

int64_t arenaLowerBound(const std::vector<ArenaBlock> &blocks) {
  // The live sum only grows where a block begins.
  int64_t bound = 0;
  for (const ArenaBlock &at : blocks) {
    int64_t live = 0;
    for (const ArenaBlock &b : blocks)
      live += b.begin <= at.begin && at.begin <= b.end ? b.size : 0;
    bound = std::max(bound, live);
  }
  return bound;
}

bool isValidPlan(const std::vector<ArenaBlock> &blocks, const ArenaPlan &plan, int64_t alignment,
                 const AliveTogether &given) {
  AliveTogether together = orIntervals(blocks, given);
  if (plan.offsets.size() != blocks.size())
    return false;
  for (size_t i = 0; i < blocks.size(); ++i) {
    int64_t begin = plan.offsets[i], end = begin + blocks[i].size;
    if (begin < 0 || begin % alignment || end > plan.size)
      return false;
    for (size_t j = 0; j < i; ++j)
      if (together(i, j) && begin < plan.offsets[j] + blocks[j].size && plan.offsets[j] < end)
        return false;
  }
  return true;
}

namespace {
class Placer {
public:
  Placer(const std::vector<ArenaBlock> &blocks, int64_t alignment, const AliveTogether &together)
      : blocks(blocks), alignment(alignment), neighbours(blocks.size()) {
    for (size_t i = 0; i < blocks.size(); ++i)
      for (size_t j = 0; j < blocks.size(); ++j)
        if (i != j && together(i, j))
          neighbours[i].push_back(j);
  }

  /// Each block, in order, goes to the smallest gap that holds it between the
  /// blocks placed before and alive with it; above them where none does.
  ArenaPlan place(const Order &order) const {
    ArenaPlan plan;
    plan.offsets.assign(blocks.size(), -1);
    for (size_t i : order) {
      plan.offsets[i] = bestFit(i, plan.offsets);
      plan.size = std::max(plan.size, plan.offsets[i] + blocks[i].size);
    }
    return plan;
  }

private:
  int64_t bestFit(size_t block, const std::vector<int64_t> &offsets) const {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (size_t j : neighbours[block])
      if (offsets[j] >= 0)
        taken.push_back({offsets[j], offsets[j] + blocks[j].size});
    std::sort(taken.begin(), taken.end());
    int64_t free = 0, best = -1, bestGap = 0;
    for (auto [begin, end] : taken) {
      int64_t gap = begin - free;
      if (gap >= blocks[block].size && (best < 0 || gap < bestGap)) {
        best = free;
        bestGap = gap;
      }
      free = std::max(free, alignUp(end, alignment));
    }
    return best < 0 ? free : best;
  }

  const std::vector<ArenaBlock> &blocks;
  int64_t alignment;
  std::vector<Order> neighbours;
};
} // namespace

static Order sortedBy(size_t count, const std::function<bool(size_t, size_t)> &less) {
  Order order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) {
    return less(i, j) || (!less(j, i) && i < j); // ties keep one order everywhere
  });
  return order;
}

/// The block that reaches the top of the arena is the one to place earlier:
/// moving it to the front, again and again, often finds a smaller plan.
static void improve(const Placer &placer, const std::vector<ArenaBlock> &blocks, Order order,
                    int64_t bound, ArenaPlan &best) {
  const int kRounds = 50; // gains are rare later, and 200 blocks stay well under 0.1 s
  ArenaPlan plan = placer.place(order);
  for (int round = 0; round < kRounds && best.size > bound; ++round) {
    auto top = std::find_if(order.begin(), order.end(), [&](size_t i) {
      return plan.offsets[i] + blocks[i].size == plan.size;
    });
    std::rotate(order.begin(), top, top + 1);
    plan = placer.place(order);
    if (plan.size < best.size)
      best = plan;
  }
}

ArenaPlan planArena(const std::vector<ArenaBlock> &blocks, int64_t alignment,
                    const AliveTogether &together) {
  Placer placer(blocks, alignment, orIntervals(blocks, together));
  auto length = [&](size_t i) { return blocks[i].end - blocks[i].begin; };
  auto bySize = [&](size_t i, size_t j) {
    return blocks[i].size != blocks[j].size ? blocks[i].size > blocks[j].size
                                            : length(i) > length(j);
  };
  auto byLength = [&](size_t i, size_t j) {
    return length(i) != length(j) ? length(i) > length(j) : blocks[i].size > blocks[j].size;
  };
  auto byBegin = [&](size_t i, size_t j) {
    return blocks[i].begin != blocks[j].begin ? blocks[i].begin < blocks[j].begin
                                              : blocks[i].size > blocks[j].size;
  };
  std::vector<Order> orders{sortedBy(blocks.size(), bySize), sortedBy(blocks.size(), byLength),
                            sortedBy(blocks.size(), byBegin)};
  ArenaPlan best = placer.place(orders.front());
  int64_t bound = arenaLowerBound(blocks);
  for (const Order &order : orders)
    if (ArenaPlan plan = placer.place(order); plan.size < best.size)
      best = plan;
  for (const Order &order : orders)
    improve(placer, blocks, order, bound, best);
  return best;
}

} // namespace snc
