// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A part of a concat can be computed where the concat has it, and a slice can
// be read where the whole lies, when it is one run of bytes there (all of some
// channel blocks) or a window of rows.

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"
#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "passes/BranchPasses.h"
#include "passes/ValueRoots.h"

namespace snc {
#define GEN_PASS_DEF_ELIDECOPIES
#include "passes/BranchPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

/// True when index `axis` is the outermost of `type` in memory that counts, so
/// that [begin, end) of it is one run of bytes.
static bool isRun(RankedTensorType type, int64_t axis, int64_t begin, int64_t end) {
  for (int64_t d = 0; d < axis; ++d)
    if (type.getDimSize(unsigned(d)) != 1)
      return false;
  int64_t lanes = blockedLanes(type);
  if (!lanes)
    return true;
  bool whole = end == type.getDimSize(1) || end % lanes == 0;
  return axis == 1 && begin % lanes == 0 && whole;
}

/// True where a range of dimension `axis` is a window of rows.
static bool canBeWindow(RankedTensorType type, int64_t axis) {
  return type.getRank() == 4 && axis == 2 && !isa_and_present<PackedAttr>(type.getEncoding());
}

static void markInPlace(Operation *op) {
  op->setAttr("snc.in_place", UnitAttr::get(op->getContext()));
}

static bool isReshaped(Value v) {
  return llvm::any_of(v.getUsers(), [](Operation *user) { return isa<ReshapeOp>(user); });
}

static bool isReturned(Value v) {
  return llvm::any_of(v.getUsers(),
                      [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
}

static bool isOnGpu(Operation *op) {
  return deviceOf(op->getParentOfType<ModuleOp>(), unitOf(op)) != Device::cpu;
}

/// True where a kernel of `op`'s device may use memory that begins so far inside a
/// buffer.
static bool mayBeginAt(Operation *op, int64_t byte) {
  return !isOnGpu(op) || byte % kDeviceAlignment == 0;
}

static void elideSlice(SliceOp slice) {
  Value source = slice.getInput();
  RankedTensorType whole = typeOf(source), part = typeOf(slice.getResult());
  if (source.getDefiningOp<ConstantOp>() || isReturned(slice) ||
      blockedLanes(whole) != blockedLanes(part) ||
      llvm::any_of(slice.getSteps(), [](int64_t s) { return s != 1; }))
    return;
  int64_t axis = -1, count = 0;
  for (int64_t d = 0; d < whole.getRank(); ++d)
    if (part.getDimSize(unsigned(d)) != whole.getDimSize(unsigned(d))) {
      axis = d;
      ++count;
    }
  if (count != 1)
    return;
  int64_t begin = slice.getStarts()[size_t(axis)], end = begin + part.getDimSize(unsigned(axis));
  if (!mayBeginAt(slice, bytesTo(whole, axis, begin)))
    return;
  bool windowed = isWindow(whole);
  if (canBeWindow(whole, axis) && !isReshaped(slice))
    slice.getResult().setType(asWindow(part, planeRows(whole)));
  else if (!isRun(whole, axis, begin, end) || (windowed && isReshaped(slice)))
    return;
  else if (windowed)
    slice.getResult().setType(asWindow(part, planeRows(whole)));
  markInPlace(slice);
}

/// True when what computes `part` can write it anywhere: a kernel, or another
/// concat, which comes later here and may then be in place itself.
static bool isWritable(Value part, bool window, const llvm::DenseSet<Value> &taken) {
  Operation *producer = part.getDefiningOp();
  return producer && !staysOutside(producer) && !isReturned(part) && !taken.contains(part) &&
         !(window && isReshaped(part));
}

static void elideConcat(ConcatOp concat, llvm::DenseSet<Value> &taken) {
  RankedTensorType whole = typeOf(concat.getResult());
  int64_t axis = int64_t(concat.getAxis()), begin = 0;
  bool cutsRows = canBeWindow(whole, axis) && !isRun(whole, axis, 0, 0);
  bool window = cutsRows || isWindow(whole);
  for (Value part : concat.getInputs()) {
    RankedTensorType type = typeOf(part);
    int64_t end = begin + type.getDimSize(unsigned(axis));
    if (blockedLanes(type) != blockedLanes(whole) || (!cutsRows && !isRun(whole, axis, begin, end)))
      return;
    if (!mayBeginAt(concat, bytesTo(whole, axis, begin)))
      return;
    begin = end;
  }
  bool any =
      llvm::any_of(concat.getInputs(), [&](Value part) { return isWritable(part, window, taken); });
  if (!any)
    return;
  for (OpOperand &use : concat->getOpOperands()) {
    RankedTensorType type = typeOf(use.get());
    RankedTensorType place = window ? asWindow(type, planeRows(whole)) : type;
    if (!isWritable(use.get(), window, taken)) {
      OpBuilder builder(concat);
      auto copy = builder.create<RelayoutOp>(use.get().getLoc(), place, use.get());
      if (Attribute unit = concat->getAttr("snc.unit"))
        copy->setAttr("snc.unit", unit);
      use.set(copy);
    }
    use.get().setType(place);
    taken.insert(use.get());
  }
  markInPlace(concat);
}

namespace {
struct ElideCopies final : snc::impl::ElideCopiesBase<ElideCopies> {
  void runOnOperation() override {
    llvm::DenseSet<Value> taken;
    SmallVector<ConcatOp> concats;
    getOperation().walk([&](ConcatOp concat) {
      if (isa<func::FuncOp>(concat->getParentOp()))
        concats.push_back(concat);
    });
    // Outer ones first: where they are says where their parts are.
    for (ConcatOp concat : llvm::reverse(concats))
      elideConcat(concat, taken);
    getOperation().walk([&](SliceOp slice) {
      // One that is a part of a concat is computed there: copied once.
      if (isa<func::FuncOp>(slice->getParentOp()) && !taken.contains(slice))
        elideSlice(slice);
    });
  }
};
} // namespace
