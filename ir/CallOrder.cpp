// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/CallOrder.h"

#include <map>

namespace snc {

CallOrder::CallOrder(llvm::ArrayRef<int64_t> units, llvm::ArrayRef<CallEvent> events) {
  std::vector<std::vector<int64_t>> waits(units.size());
  for (const CallEvent &e : events)
    waits[size_t(e.to)].push_back(e.from);
  unsigned count = unsigned(units.size());
  llvm::BitVector met(count); // done when the units met last
  std::map<int64_t, int64_t> last;
  for (unsigned i = 0; i < count; ++i) {
    bool alone = units[i] == kAllUnits, afterAlone = i > 0 && units[i - 1] == kAllUnits;
    if (alone || afterAlone) {
      met.set(0, i);
      last.clear();
    }
    llvm::BitVector &mine = preceding.emplace_back(met);
    auto follow = [&](int64_t call) {
      mine |= preceding[size_t(call)];
      mine.set(unsigned(call));
    };
    if (auto it = last.find(units[i]); it != last.end())
      follow(it->second);
    for (int64_t from : waits[i])
      follow(from);
    last[units[i]] = i;
  }
}

std::vector<CallStep> stepsOf(llvm::ArrayRef<int64_t> units, llvm::ArrayRef<CallEvent> events) {
  std::vector<CallStep> steps;
  std::vector<std::vector<int64_t>> waits(units.size());
  llvm::BitVector signals{unsigned(units.size())};
  for (const CallEvent &e : events) {
    waits[size_t(e.to)].push_back(e.from);
    signals.set(unsigned(e.from));
  }
  std::map<int64_t, int64_t> last; // call of each unit in this phase
  int64_t phase = 0;
  for (size_t i = 0; i < units.size(); ++i) {
    if (i > 0 && (units[i] == kAllUnits) != (units[i - 1] == kAllUnits)) {
      ++phase;
      last.clear();
    }
    int64_t level = 0;
    if (auto it = last.find(units[i]); it != last.end()) {
      bool ends = signals.test(unsigned(it->second)) || !waits[i].empty();
      level = steps[size_t(it->second)].level + ends;
    }
    for (int64_t from : waits[i])
      level = std::max(level, steps[size_t(from)].level + 1);
    steps.push_back({phase, level});
    last[units[i]] = int64_t(i);
  }
  return steps;
}

bool Footprint::overlaps(const Footprint &other) const {
  auto end = [](const Footprint &f) { return f.offset + (f.count - 1) * f.stride + f.length; };
  if (offset >= end(other) || other.offset >= end(*this))
    return false;
  int64_t step = stride ? stride : other.stride;
  bool comparable = step && (!stride || !other.stride || stride == other.stride);
  if (!comparable)
    return true;
  // Both within one period, unless one of them goes over its border.
  int64_t a = offset % step, b = other.offset % step;
  if (a + length > step || b + other.length > step)
    return true;
  return a < b + other.length && b < a + length;
}

} // namespace snc
