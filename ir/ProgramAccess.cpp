// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ir/ProgramAccess.h"

#include "ir/Layout.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace snc {

std::pair<BufferOp, int64_t> rootOf(Value v) {
  int64_t offset = 0;
  while (auto view = v.getDefiningOp<ViewOp>()) {
    offset += int64_t(view.getOffset().value_or(0));
    v = view.getSource();
  }
  return {v.getDefiningOp<BufferOp>(), offset};
}

Footprint footprintOf(RankedTensorType type, int64_t offset) {
  if (!isWindow(type))
    return {offset, byteSize(type)};
  int64_t element = elementBytes(type.getElementType());
  llvm::SmallVector<int64_t> extents = physicalExtents(type), strides = physicalStrides(type);
  size_t rows = blockedLanes(type) ? 2 : 1;
  int64_t planes = 1;
  for (size_t d = rows + 1; d < extents.size(); ++d)
    planes *= extents[d];
  return {offset, extents[rows] * strides[rows] * element, strides[rows + 1] * element, planes};
}

FailureOr<ProgramAccess> ProgramAccess::of(ProgramOp program) {
  ProgramAccess result;
  llvm::DenseMap<Value, int64_t> signalled; // the last call before each event
  std::map<int64_t, int64_t> last;
  std::map<int64_t, SmallVector<WaitOp>> pending;
  for (Operation &op : program.getBody().front()) {
    if (auto signal = dyn_cast<SignalOp>(op)) {
      auto it = last.find(int64_t(signal.getUnit()));
      if (it == last.end())
        return signal.emitOpError("S4: the unit has done nothing yet"), failure();
      signalled[signal.getEvent()] = it->second;
    } else if (auto wait = dyn_cast<WaitOp>(op)) {
      pending[int64_t(wait.getUnit())].push_back(wait);
    } else if (auto call = dyn_cast<CallOp>(op)) {
      int64_t position = int64_t(result.calls.size());
      int64_t unit = call.getUnit() ? int64_t(*call.getUnit()) : kAllUnits;
      result.calls.push_back(call);
      result.units.push_back(unit);
      last[unit] = position;
      for (WaitOp wait : pending[unit]) {
        result.events.push_back({signalled.lookup(wait.getEvent()), position});
        result.waits.push_back(wait);
      }
      pending[unit].clear();
      for (auto [buffers, writes] : {std::pair(call.getReads(), false), {call.getWrites(), true}})
        for (Value v : buffers) {
          auto [root, offset] = rootOf(v);
          auto type = cast<BufferType>(v.getType()).getTensor();
          result.accesses.push_back({position, root, footprintOf(type, offset), writes});
        }
    }
  }
  for (auto &[unit, waits] : pending)
    if (!waits.empty())
      return waits.front().emitOpError("S4: the unit does nothing after it"), failure();
  return result;
}

using ByRoot = llvm::MapVector<BufferOp, llvm::SmallVector<Access>>;

/// S2 and S4 for the accesses of one buffer.
static std::string brokenAccess(ArrayRef<Access> accesses, const CallOrder &order) {
  for (const Access &a : accesses)
    for (const Access &b : accesses) {
      bool conflict = a.writes && a.call != b.call && a.bytes.overlaps(b.bytes);
      if (conflict && !order.ordered(a.call, b.call))
        return llvm::formatv("S4: calls {0} and {1} use the same bytes in no order",
                             std::min(a.call, b.call), std::max(a.call, b.call));
    }
  return "";
}

/// True when all of `a` is over before any of `b` begins.
static bool allBefore(ArrayRef<Access> a, ArrayRef<Access> b, const CallOrder &order) {
  return llvm::all_of(a, [&](const Access &x) {
    return llvm::all_of(b, [&](const Access &y) { return order.before(x.call, y.call); });
  });
}

static std::string sharedMemory(const ByRoot &byRoot, const CallOrder &order) {
  for (auto i = byRoot.begin(); i != byRoot.end(); ++i)
    for (auto j = byRoot.begin(); j != i; ++j) {
      BufferOp a = i->first, b = j->first;
      bool arenas = a.getSpace() == Space::arena || a.getSpace() == Space::device_arena;
      if (!arenas || a.getSpace() != b.getSpace())
        continue;
      int64_t ao = int64_t(a.getOffset()), bo = int64_t(b.getOffset());
      bool overlap = ao < bo + byteSize(b.getType().getTensor()) &&
                     bo < ao + byteSize(a.getType().getTensor());
      if (overlap && !allBefore(i->second, j->second, order) &&
          !allBefore(j->second, i->second, order))
        return llvm::formatv("S3: the buffers at {0} and {1} share memory and are in use at the "
                             "same time",
                             bo, ao);
    }
  return "";
}

std::string brokenOrder(const ProgramAccess &program, const CallOrder &order) {
  ByRoot byRoot;
  for (const Access &access : program.accesses)
    byRoot[access.root].push_back(access);
  for (auto &[root, accesses] : byRoot) {
    std::string broken = brokenAccess(accesses, order);
    if (!broken.empty())
      return broken;
  }
  return sharedMemory(byRoot, order);
}

} // namespace snc
