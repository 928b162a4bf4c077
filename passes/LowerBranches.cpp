// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Branches become operators that name their unit. Which unit waits for which
// follows from the data; the events are found when memory is planned.

#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "passes/BranchBuilder.h"
#include "passes/BranchPasses.h"

namespace snc {
#define GEN_PASS_DEF_LOWERBRANCHES
#include "passes/BranchPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

namespace {
class BranchLowering {
public:
  BranchLowering(BranchesOp op, int64_t blockLanes) : op(op), builder(op), blockLanes(blockLanes) {}

  void run() {
    for (auto [b, part] : llvm::enumerate(op.getParts())) {
      Operation *yield = part.front().getTerminator();
      yields.push_back(llvm::to_vector(yield->getOperands()));
      yield->erase();
      for (Operation &inner : llvm::make_early_inc_range(part.front())) {
        if (!isa<ConstantOp>(inner))
          setUnit(&inner, op.getUnits()[b]);
        inner.moveBefore(op);
      }
    }
    op->replaceAllUsesWith(join());
    op->erase();
  }

private:
  void setUnit(Operation *inner, int64_t unit) {
    inner->setAttr("snc.unit", builder.getI64IntegerAttr(unit));
  }

  SmallVector<Value> join() {
    SmallVector<Value> results;
    if (op.getSync() == Sync::join)
      for (SmallVector<Value> &part : yields)
        llvm::append_range(results, part);
    else
      for (unsigned r = 0; r < op.getNumResults(); ++r)
        results.push_back(op.getSync() == Sync::add ? sum(r) : concat(r, (*op.getAxes())[r]));
    return results;
  }

  SmallVector<Value> partsOf(unsigned result) {
    SmallVector<Value> parts;
    for (SmallVector<Value> &part : yields)
      parts.push_back(part[result]);
    return parts;
  }

  Value concat(unsigned result, int64_t axis) {
    return markSync(builder.create<ConcatOp>(op.getLoc(), op.getResult(result).getType(),
                                             partsOf(result), uint64_t(axis)));
  }

  /// The parts are whole channel blocks, but for the last.
  Value markSync(ConcatOp concat) {
    concat->setAttr("snc.sync", builder.getUnitAttr());
    return concat;
  }

  Value sum(unsigned result);
  Value sumOf(ArrayRef<Value> parts, std::optional<Range> channels, int64_t unit);

  BranchesOp op;
  OpBuilder builder;
  int64_t blockLanes;
  SmallVector<SmallVector<Value>> yields;
};
} // namespace

/// The sum of the parts, or of some of their channels, on `unit`.
Value BranchLowering::sumOf(ArrayRef<Value> parts, std::optional<Range> channels, int64_t unit) {
  Value total;
  for (Value part : parts) {
    Value term = part;
    if (channels) {
      term = sliceOf(builder, part, 1, *channels);
      setUnit(term.getDefiningOp(), unit);
    }
    if (total) {
      total = builder.create<AddOp>(part.getLoc(), total, term);
      setUnit(total.getDefiningOp(), unit);
    } else {
      total = term;
    }
  }
  return total;
}

Value BranchLowering::sum(unsigned result) {
  SmallVector<Value> parts = partsOf(result);
  ArrayRef<int64_t> units = op.getUnits();
  SmallVector<Range, 2> ranges = cutSum(typeOf(parts.front()), units.size(), blockLanes);
  if (ranges.empty())
    return sumOf(parts, std::nullopt, units.front());
  SmallVector<Value> sums;
  for (auto [unit, range] : llvm::zip(units, ranges))
    sums.push_back(sumOf(parts, range, unit));
  return markSync(builder.create<ConcatOp>(op.getLoc(), op.getResult(result).getType(), sums, 1u));
}

/// slice(concat(..., part, ...)) that is just that part.
static void foldSliceOfConcat(SliceOp slice) {
  auto concat = slice.getInput().getDefiningOp<ConcatOp>();
  if (!concat || llvm::any_of(slice.getSteps(), [](int64_t s) { return s != 1; }))
    return;
  size_t axis = size_t(concat.getAxis());
  for (auto [d, start] : llvm::enumerate(slice.getStarts()))
    if (d != axis && start != 0)
      return;
  int64_t begin = 0;
  for (Value part : concat.getInputs()) {
    if (begin == slice.getStarts()[axis] && typeOf(part).getShape() == slice.getType().getShape()) {
      slice.getResult().replaceAllUsesWith(part);
      slice.erase();
      return;
    }
    begin += typeOf(part).getDimSize(unsigned(axis));
  }
}

namespace {
struct LowerBranches final : snc::impl::LowerBranchesBase<LowerBranches> {
  void runOnOperation() override {
    int64_t lanes = targetOf(getOperation()).blockLanes;
    SmallVector<BranchesOp> all;
    getOperation().walk([&](BranchesOp op) { all.push_back(op); });
    for (BranchesOp op : all)
      BranchLowering(op, lanes).run();
    SmallVector<SliceOp> slices;
    getOperation().walk([&](SliceOp slice) { slices.push_back(slice); });
    for (SliceOp slice : slices)
      foldSliceOfConcat(slice);
    // A concat that nobody reads may not claim its parts.
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
        if (isOpTriviallyDead(&op))
          op.erase();
  }
};
} // namespace
