// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values cross between host and GPU where an operator of the other side reads
// them. A join of branches (snc.sync) is on no side: who reads it joins the parts.

#include "ir/KernelGrouping.h"
#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "passes/BranchPasses.h"

namespace snc {
#define GEN_PASS_DEF_INSERTTRANSFERS
#include "passes/BranchPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

namespace {
enum class Side { host, gpu };

class Transfers {
public:
  Transfers(ModuleOp module, Block &block, int64_t gpu) : module(module), block(block), gpu(gpu) {}

  void run();

private:
  Side sideOf(Operation *op) const {
    return deviceOf(module, unitOf(op)) == Device::cpu ? Side::host : Side::gpu;
  }
  /// A join of branches, which each side makes for itself.
  static bool isJoin(Value value) {
    auto concat = value.getDefiningOp<ConcatOp>();
    return concat && concat->hasAttr("snc.sync");
  }
  /// Where a value that is no join was computed.
  Side homeOf(Value value) const {
    auto it = homes.find(value);
    return it != homes.end() ? it->second : Side::host;
  }

  Value on(Value value, Side side, Operation *user);
  Value joinOn(ConcatOp join, Side side, Operation *user);
  Value sliceOn(SliceOp slice, Side side);
  Value transfer(Value value, Side to, Operation *user);
  Value partOf(Value value, SliceOp like, int64_t axis, int64_t begin, int64_t end, Side side,
               Operation *user);
  Value cut(Value value, SliceOp like, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes);
  void setUnit(Operation *op, Operation *like) {
    if (Attribute unit = like->getAttr("snc.unit"))
      op->setAttr("snc.unit", unit);
    else
      op->removeAttr("snc.unit");
  }

  ModuleOp module;
  Block &block;
  int64_t gpu;
  llvm::DenseMap<Value, Side> homes;
  llvm::DenseMap<std::pair<Value, int>, Value> versions;
};
} // namespace

/// `value` for `user`, which is on `side`.
Value Transfers::on(Value value, Side side, Operation *user) {
  if (value.getDefiningOp<ConstantOp>() || (!isJoin(value) && homeOf(value) == side))
    return value;
  if (Value known = versions.lookup({value, int(side)}))
    return known;
  Value result;
  if (isJoin(value))
    result = joinOn(value.getDefiningOp<ConcatOp>(), side, user);
  else
    result = transfer(value, side, user);
  homes[result] = side;
  return versions[{value, int(side)}] = result;
}

/// The join of parts that are on `side`.
Value Transfers::joinOn(ConcatOp join, Side side, Operation *user) {
  SmallVector<Value> parts;
  for (Value part : join.getInputs())
    parts.push_back(on(part, side, user));
  OpBuilder builder(user);
  auto mine = builder.create<ConcatOp>(join.getLoc(), join.getType(), parts, join.getAxis());
  mine->setAttr("snc.sync", builder.getUnitAttr());
  setUnit(mine, user);
  return mine;
}

/// A download is begun as soon as its value is there. An upload would keep the GPU's
/// queue waiting, so it comes late.
Value Transfers::transfer(Value value, Side to, Operation *user) {
  OpBuilder builder(user);
  if (to == Side::host)
    builder.setInsertionPointAfterValue(value);
  auto copy = builder.create<TransferOp>(value.getLoc(), value.getType(), value, to == Side::host);
  copy->setAttr("snc.unit", builder.getI64IntegerAttr(gpu));
  return copy;
}

/// A slice of `value`, computed where that is.
Value Transfers::cut(Value value, SliceOp like, ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes) {
  OpBuilder builder(like);
  builder.setInsertionPointAfterValue(value);
  auto type = RankedTensorType::get(sizes, typeOf(value).getElementType());
  auto part = builder.create<SliceOp>(like.getLoc(), type, value, starts, sizes, like.getSteps());
  if (Operation *producer = value.getDefiningOp())
    setUnit(part, producer);
  homes[part] = homeOf(value);
  return part;
}

/// [begin, end) along `axis` of a part of a join, the rest as `like` has it.
Value Transfers::partOf(Value value, SliceOp like, int64_t axis, int64_t begin, int64_t end,
                        Side side, Operation *user) {
  if (isJoin(value))
    value = on(value, side, user);
  SmallVector<int64_t> starts(like.getStarts()), sizes(like.getSizes());
  starts[size_t(axis)] = begin;
  sizes[size_t(axis)] = end - begin;
  bool whole = llvm::equal(sizes, typeOf(value).getShape());
  return on(whole ? value : cut(value, like, starts, sizes), side, user);
}

/// What `slice`, on `side`, takes out of a value that is elsewhere: of a join along
/// the same axis the parts that it meets, else the slice itself crosses.
Value Transfers::sliceOn(SliceOp slice, Side side) {
  Value source = slice.getInput();
  if (!isJoin(source))
    return on(cut(source, slice, slice.getStarts(), slice.getSizes()), side, slice);
  auto join = source.getDefiningOp<ConcatOp>();
  int64_t axis = int64_t(join.getAxis()), begin = 0;
  int64_t first = slice.getStarts()[size_t(axis)], last = first + slice.getSizes()[size_t(axis)];
  SmallVector<Value> parts;
  for (Value part : join.getInputs()) {
    int64_t end = begin + typeOf(part).getDimSize(unsigned(axis));
    int64_t from = std::max(first, begin), to = std::min(last, end);
    if (from < to)
      parts.push_back(partOf(part, slice, axis, from - begin, to - begin, side, slice));
    begin = end;
  }
  if (parts.size() == 1)
    return parts.front();
  OpBuilder builder(slice);
  auto mine = builder.create<ConcatOp>(slice.getLoc(), slice.getType(), parts, uint64_t(axis));
  setUnit(mine, slice);
  homes[mine] = side;
  return mine;
}

void Transfers::run() {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    bool exit = op.hasTrait<OpTrait::IsTerminator>();
    if (isa<ConstantOp>(op) || (!exit && isJoin(op.getResult(0))))
      continue;
    Side side = exit ? Side::host : sideOf(&op);
    auto slice = dyn_cast<SliceOp>(op);
    bool plain = slice && llvm::all_of(slice.getSteps(), [](int64_t s) { return s == 1; });
    if (plain && !slice.getInput().getDefiningOp<ConstantOp>() &&
        (isJoin(slice.getInput()) || homeOf(slice.getInput()) != side)) {
      slice.getResult().replaceAllUsesWith(sliceOn(slice, side));
      slice.erase();
      continue;
    }
    for (OpOperand &use : op.getOpOperands())
      use.set(on(use.get(), side, &op));
    if (!exit)
      homes[op.getResult(0)] = side;
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

namespace {
struct InsertTransfers final : snc::impl::InsertTransfersBase<InsertTransfers> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (std::optional<int64_t> gpu = gpuOf(module); main && gpu)
      Transfers(module, main.getBody().front(), *gpu).run();
  }
};
} // namespace
