// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives every activation a layout, in one walk in program order: convolutions
// ask for channel blocks, cheap operators follow their operand, the rest reads
// any layout or asks for the plain one. A relayout is an elementwise operator
// to the kernel former, so most of those inserted here cost no kernel.

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"
#include "ir/Target.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "passes/KernelPasses.h"
#include "llvm/ADT/TypeSwitch.h"

namespace snc {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static bool isBlockable(RankedTensorType type) {
  return type.getRank() == 4 &&
         (type.getElementType().isF32() || type.getElementType().isInteger(1));
}

/// True when dimensions 0 and 1 (images and channels) are left alone.
static bool isSpatial(ArrayRef<int64_t> before, ArrayRef<int64_t> after) {
  return before.size() == 4 && after.size() == 4 && before[0] == after[0] && before[1] == after[1];
}

namespace {
class LayoutChooser {
public:
  LayoutChooser(Block &block, int64_t lanes) : block(block), wide(lanes) {}

  void run() {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (!isa<ConstantOp, RelayoutOp>(op))
        visit(&op);
  }

private:
  void visit(Operation *op);
  void visitConv(ConvOp op);
  static bool isTiled(ConvOp op);
  void padChannel(ConvOp op);
  void visitBroadcast(Operation *op);
  void visitConcat(ConcatOp op);
  int64_t concatLanes(ConcatOp op);
  int64_t lanesInConcat(Value value);
  void visitSlice(SliceOp op);

  Attribute blocked(int64_t lanes) {
    return lanes ? BlockedAttr::get(block.front().getContext(), lanes) : Attribute();
  }
  void setResult(Operation *op, int64_t lanes) {
    Value result = op->getResult(0);
    result.setType(withLayout(typeOf(result), blocked(isBlockable(typeOf(result)) ? lanes : 0)));
  }
  /// The result takes the layout of operand 0; others stay as they are.
  void followInput(Operation *op) { setResult(op, blockedLanes(op->getOperand(0).getType())); }

  void require(OpOperand &use, int64_t lanes) { use.set(inLayout(use, lanes)); }
  void requirePlain(Operation *op) {
    for (OpOperand &use : op->getOpOperands())
      require(use, 0);
  }
  Value inLayout(OpOperand &use, int64_t lanes);
  void widenConstant(OpOperand &use, int64_t rank);

  Block &block;
  int64_t wide;
  llvm::DenseMap<std::tuple<Value, int64_t, int64_t>, Value> copies; ///< by lanes and unit
};
} // namespace

/// The used value with `lanes`: itself, a constant of that type, or a relayout
/// that later users share.
Value LayoutChooser::inLayout(OpOperand &use, int64_t lanes) {
  Value value = use.get();
  if (blockedLanes(value.getType()) == lanes)
    return value;
  Operation *owner = use.getOwner(), *producer = value.getDefiningOp();
  Value &copy = copies[{value, lanes, unitOf(owner)}];
  if (copy)
    return copy;
  OpBuilder builder(use.getOwner());
  Type type = withLayout(typeOf(value), blocked(lanes));
  if (auto constant = value.getDefiningOp<ConstantOp>()) {
    builder.setInsertionPoint(constant);
    return copy = builder.create<ConstantOp>(constant.getLoc(), type, constant.getValue());
  }
  // Right behind a producer it is fused into, else as late as possible.
  bool fused = producer && value.hasOneUse() && !isa<TransferOp>(producer);
  if (fused)
    builder.setInsertionPointAfter(producer);
  copy = builder.create<RelayoutOp>(value.getLoc(), type, value);
  if (Attribute unit = (fused ? producer : owner)->getAttr("snc.unit"))
    copy.getDefiningOp()->setAttr("snc.unit", unit);
  return copy;
}

/// A broadcast constant of lower rank, C x 1 x 1, becomes 1 x C x 1 x 1.
void LayoutChooser::widenConstant(OpOperand &use, int64_t rank) {
  auto constant = use.get().getDefiningOp<ConstantOp>();
  RankedTensorType type = typeOf(use.get());
  if (!constant || type.getRank() >= rank || type.getNumElements() == 1)
    return;
  SmallVector<int64_t> shape(rank - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  auto wideType = RankedTensorType::get(shape, type.getElementType());
  ElementsAttr value;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue()))
    value = dense.reshape(wideType);
  else if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
    value = DenseResourceElementsAttr::get(wideType, resource.getRawHandle());
  else
    return;
  OpBuilder builder(constant);
  use.set(builder.create<ConstantOp>(constant.getLoc(), wideType, value));
}

/// Lanes of a concat of channels such that all parts but the last are whole blocks.
int64_t LayoutChooser::concatLanes(ConcatOp op) {
  for (int64_t lanes : {preferredLanes(op.getType().getDimSize(1), wide), wide, int64_t(8)})
    if (lanes && llvm::all_of(ValueRange(op.getInputs()).drop_back(),
                              [&](Value v) { return typeOf(v).getDimSize(1) % lanes == 0; }))
      return lanes;
  return 0;
}

/// The lanes that a concat of channels wants of `value`, which it gets through
/// operators that keep their operand's layout; 0 where there is none.
int64_t LayoutChooser::lanesInConcat(Value value) {
  for (int steps = 0; steps < 8 && value.hasOneUse(); ++steps) {
    Operation *user = *value.getUsers().begin();
    auto concat = dyn_cast<ConcatOp>(user);
    if (concat)
      return concat.getAxis() == 1 && isBlockable(concat.getType()) ? concatLanes(concat) : 0;
    auto conv = dyn_cast<ConvOp>(user);
    if (!(conv && conv.isDepthwise()) && !isElementwise(user) && !isa<MaxPoolOp, AvgPoolOp>(user))
      return 0;
    value = user->getResult(0);
  }
  return 0;
}

void LayoutChooser::visitConv(ConvOp op) {
  for (OpOperand &use : op->getOpOperands().drop_front())
    require(use, 0); // packed later, by the schedule
  RankedTensorType input = typeOf(op.getInput()), result = typeOf(op.getResult());
  if (!isBlockable(input))
    return requirePlain(op);
  // A stem reads the picture as it comes.
  int64_t inputLanes = blockedLanes(input), channels = input.getDimSize(1);
  if (!inputLanes && channels > 4)
    inputLanes = preferredLanes(channels, wide);
  int64_t wanted = lanesInConcat(op.getResult()), group = op.getGroup();
  int64_t lanes = wanted ? wanted : preferredLanes(result.getDimSize(1), wide);
  if (op.isDepthwise()) {
    lanes = inputLanes ? inputLanes : lanes;
  } else if (group > 1) {
    int64_t groupIn = channels / group, groupOut = result.getDimSize(1) / group;
    bool whole = inputLanes && groupIn % inputLanes == 0 && lanes && groupOut % lanes == 0;
    inputLanes = whole ? inputLanes : 0;
    lanes = whole ? lanes : 0;
  }
  require(op->getOpOperand(0), inputLanes);
  bool onlyChannel = !lanes && group == 1 && inputLanes && result.getDimSize(1) == 1;
  if (onlyChannel && isTiled(op))
    return padChannel(op);
  setResult(op, lanes);
}

/// Whether `op` is computed in tiles of channel blocks.
bool LayoutChooser::isTiled(ConvOp op) {
  auto module = op->getParentOfType<ModuleOp>();
  return op.getWeight().getDefiningOp<ConstantOp>() && deviceOf(module, unitOf(op)) == Device::cpu;
}

/// The only channel of a block: tiles of it take a quarter of the time of sums one by one. As a
/// lone channel is read for every lane, rows are made of it at once.
void LayoutChooser::padChannel(ConvOp op) {
  constexpr int64_t narrow = 8;
  auto plain = typeOf(op.getResult());
  setResult(op, narrow);
  OpBuilder builder(op.getContext());
  builder.setInsertionPointAfter(op);
  auto rows = builder.create<RelayoutOp>(op.getLoc(), plain, op.getResult());
  if (Attribute unit = op->getAttr("snc.unit"))
    rows->setAttr("snc.unit", unit);
  op.getResult().replaceAllUsesExcept(rows, rows);
}

void LayoutChooser::visitBroadcast(Operation *op) {
  RankedTensorType result = typeOf(op->getResult(0));
  if (!isBlockable(result))
    return requirePlain(op);
  int64_t lanes = 0;
  for (Value v : op->getOperands())
    if (typeOf(v).getShape() == result.getShape())
      lanes = std::max(lanes, blockedLanes(v.getType()));
  int64_t channels = result.getDimSize(1);
  for (OpOperand &use : op->getOpOperands()) {
    if (!lanes)
      break;
    widenConstant(use, 4);
    RankedTensorType type = typeOf(use.get());
    bool whole = type.getShape() == result.getShape();
    bool constant = use.get().getDefiningOp<ConstantOp>();
    bool perChannel = type.getRank() == 4 && type.getDimSize(1) == channels && channels > 1;
    // A computed gate is converted only where that moves nothing.
    bool free = perChannel && sameBytes(withLayout(type, {}), withLayout(type, blocked(lanes)));
    if (whole || (perChannel && constant) || (free && !blockedLanes(type)))
      require(use, lanes);
  }
  setResult(op, lanes);
}

void LayoutChooser::visitConcat(ConcatOp op) {
  bool anyBlocked = llvm::any_of(op.getInputs(), [](Value v) { return blockedLanes(v.getType()); });
  if (!anyBlocked || !isBlockable(typeOf(op.getResult())))
    return setResult(op, 0);
  if (op.getAxis() != 1) {
    int64_t lanes = blockedLanes(op.getInputs().front().getType());
    bool equal =
        llvm::all_of(op.getInputs(), [&](Value v) { return blockedLanes(v.getType()) == lanes; });
    return setResult(op, equal ? lanes : 0);
  }
  setResult(op, concatLanes(op));
}

void LayoutChooser::visitSlice(SliceOp op) {
  int64_t lanes = blockedLanes(op.getInput().getType());
  if (!lanes)
    return setResult(op, 0);
  int64_t channels = typeOf(op.getInput()).getDimSize(1), start = op.getStarts()[1];
  int64_t end = start + op.getSizes()[1];
  bool blocks = start % lanes == 0 && (end % lanes == 0 || end == channels);
  setResult(op, op.getSteps()[1] == 1 && blocks ? lanes : 0);
}

template <typename ReduceOp> static bool reducesSpaceOnly(ReduceOp op) {
  return op.getKeepdims() && llvm::all_of(op.getAxes(), [](int64_t axis) { return axis >= 2; });
}

void LayoutChooser::visit(Operation *op) {
  auto followIf = [&](bool follows) { follows ? followInput(op) : setResult(op, 0); };
  llvm::TypeSwitch<Operation *>(op)
      .Case<ConvOp>([&](auto conv) { visitConv(conv); })
      .Case<ConcatOp>([&](auto concat) { visitConcat(concat); })
      .Case<SliceOp>([&](auto slice) { visitSlice(slice); })
      .Case<MaxPoolOp, AvgPoolOp, BatchNormOp, InstanceNormOp, TransferOp>(
          [&](auto) { followInput(op); })
      .Case<ResizeOp>([&](auto resize) {
        followIf(isSpatial(typeOf(resize.getInput()).getShape(), resize.getShape()));
      })
      .Case<PadOp>([&](auto pad) {
        bool spatial = pad.getLow().size() == 4;
        for (ArrayRef<int64_t> amounts : {pad.getLow(), pad.getHigh()})
          spatial = spatial && amounts[0] == 0 && amounts[1] == 0;
        followIf(spatial);
      })
      .Case<ReduceMeanOp, ReduceSumOp, ReduceMaxOp, ReduceMinOp, ReduceProdOp>(
          [&](auto reduce) { followIf(reducesSpaceOnly(reduce)); })
      // These read any layout and write plain rows; a relayout behind them is fused.
      .Case<DepthToSpaceOp>([&](auto space) {
        // Whole blocks move where one phase's channels lie together.
        int64_t lanes = blockedLanes(space.getInput().getType());
        bool blocks = lanes && space.getMode() == "DCR" &&
                      typeOf(space.getResult()).getDimSize(1) % lanes == 0;
        followIf(blocks);
      })
      .Case<TransposeOp, SpaceToDepthOp, ExpandOp>([&](auto) { setResult(op, 0); })
      .Default([&](Operation *other) {
        if (isElementwise(other) && other->getNumOperands() > 1)
          visitBroadcast(other);
        else if (isElementwise(other))
          followInput(other);
        else
          requirePlain(other);
      });
}

namespace {
struct ChooseLayouts final : snc::impl::ChooseLayoutsBase<ChooseLayouts> {
  void runOnOperation() override {
    int64_t lanes = targetOf(getOperation()).blockLanes;
    for (auto main : getOperation().getOps<func::FuncOp>()) {
      LayoutChooser(main.getBody().front(), lanes).run();
      main.walk([](ConstantOp constant) {
        if (constant.use_empty())
          constant.erase();
      });
    }
  }
};
} // namespace
