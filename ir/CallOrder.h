// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which calls of a program run before which, whatever the speed of the units.

#ifndef SNC_IR_CALLORDER_H
#define SNC_IR_CALLORDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include <compare>
#include <cstdint>
#include <vector>

namespace snc {

/// The unit of a call that runs alone, on all of them.
constexpr int64_t kAllUnits = -1;

/// Call `to` waits until call `from`, of another unit, is done.
struct CallEvent {
  int64_t from, to;
  bool operator==(const CallEvent &) const = default;
};

/// A partial order. Calls are numbered in program order, which is one of the
/// orders they may run in; so events lead forward.
class CallOrder {
public:
  CallOrder(llvm::ArrayRef<int64_t> units, llvm::ArrayRef<CallEvent> events);

  /// True when `a` is done before `b` begins, always.
  bool before(int64_t a, int64_t b) const { return preceding[size_t(b)].test(unsigned(a)); }
  /// before(a, b) or before(b, a).
  bool ordered(int64_t a, int64_t b) const { return before(a, b) || before(b, a); }

private:
  std::vector<llvm::BitVector> preceding;
};

/// Where a call runs in time: calls of one phase run between two points where
/// all units meet; within it, calls of a unit and level are one step, run
/// without waiting in between.
struct CallStep {
  int64_t phase = 0, level = 0;
  auto operator<=>(const CallStep &) const = default;
};

/// The step of each call: a unit begins another one where it waits and behind
/// what others wait for. A step's level is above that of all it follows.
std::vector<CallStep> stepsOf(llvm::ArrayRef<int64_t> units, llvm::ArrayRef<CallEvent> events);

/// Some bytes of a buffer: `length` at `offset`, and again every `stride` up
/// to `count` times, as a window of rows has them.
struct Footprint {
  int64_t offset, length, stride = 0, count = 1;
  bool overlaps(const Footprint &other) const;
};

} // namespace snc

#endif // SNC_IR_CALLORDER_H
