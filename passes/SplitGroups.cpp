// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// conv(x, groups) = concat(conv(slice(x)), ...): dense convolutions have the good schedules.
// Safety: outputs keep their sums but for products with weights of zero, which are zero as
// long as the inputs are finite. An infinity or NaN in one channel makes outputs NaN of the
// groups that share a part with it, not of its own alone.

#include "ir/GroupParts.h"
#include "ir/KernelGrouping.h"
#include "ir/ShapeInference.h"
#include "ir/Target.h"
#include "mlir/IR/IRMapping.h"
#include "passes/BranchBuilder.h"
#include "passes/ChannelConstants.h"
#include "passes/KernelPasses.h"

namespace snc {
#define GEN_PASS_DEF_SPLITGROUPS
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

namespace {
class GroupSplitter {
public:
  GroupSplitter(ConvOp conv, SmallVector<float> weights, std::optional<SmallVector<float>> bias)
      : conv(conv), weights(std::move(weights)), bias(std::move(bias)) {}

  void run(ArrayRef<GroupPart> parts);

private:
  void collectEpilogue();
  bool joins(Operation *op, Value result);
  Value part(OpBuilder &builder, const GroupPart &part);
  Value epiloguePart(OpBuilder &builder, Operation *op, IRMapping &mapping, Range channels);
  SmallVector<float> denseWeights(const GroupPart &part);
  Value cut(OpBuilder &builder, Value value, Range channels);
  /// `made`, on the convolution's unit.
  template <typename Op> Op here(Op made) {
    if (Attribute unit = conv->getAttr("snc.unit"))
      made->setAttr("snc.unit", unit);
    return made;
  }

  ConvOp conv;
  SmallVector<float> weights;
  std::optional<SmallVector<float>> bias;
  SmallVector<Operation *> epilogue; ///< elementwise operators behind it, in order
};
} // namespace

static bool isScalar(Value v) { return tensorType(v).getNumElements() == 1; }

/// True where `op` can act on channels of `result`, which it reads, instead of all.
bool GroupSplitter::joins(Operation *op, Value result) {
  RankedTensorType type = tensorType(result);
  if (!isElementwise(op) || op->getNumOperands() > 2 || unitOf(op) != unitOf(conv) ||
      op->getResult(0).getType() != type)
    return false;
  return llvm::all_of(op->getOperands(), [&](Value v) {
    RankedTensorType other = tensorType(v);
    // Of one image, channels that were computed are there to be read.
    bool channels = type.getDimSize(0) == 1 && other.getRank() == 4 &&
                    other.getDimSize(1) == type.getDimSize(1) && !v.getDefiningOp<ConstantOp>();
    return v == result || isScalar(v) || channels;
  });
}

void GroupSplitter::collectEpilogue() {
  Value result = conv.getResult();
  while (result.hasOneUse()) {
    Operation *user = *result.getUsers().begin();
    if (user->getBlock() != conv->getBlock() || !joins(user, result))
      return;
    epilogue.push_back(user);
    result = user->getResult(0);
  }
}

/// O x I x KH x KW, zero between the groups.
SmallVector<float> GroupSplitter::denseWeights(const GroupPart &part) {
  auto shape = tensorType(conv.getWeight()).getShape();
  int64_t groupOut = shape[0] / int64_t(conv.getGroup()), groupIn = shape[1];
  int64_t taps = shape[2] * shape[3], inputs = part.inEnd - part.inBegin;
  SmallVector<float> dense(size_t((part.outEnd - part.outBegin) * inputs * taps), 0.0f);
  for (int64_t o = part.outBegin; o < part.outEnd; ++o) {
    int64_t first = o / groupOut * groupIn - part.inBegin;
    std::copy_n(weights.begin() + o * groupIn * taps, groupIn * taps,
                dense.begin() + ((o - part.outBegin) * inputs + first) * taps);
  }
  return dense;
}

Value GroupSplitter::cut(OpBuilder &builder, Value value, Range channels) {
  Value part = sliceOf(builder, value, 1, channels);
  if (part == value)
    return value;
  part.getDefiningOp()->setLoc(conv.getLoc());
  return here(part.getDefiningOp<SliceOp>()).getResult();
}

Value GroupSplitter::epiloguePart(OpBuilder &builder, Operation *op, IRMapping &mapping,
                                  Range channels) {
  IRMapping operands = mapping;
  for (Value v : op->getOperands())
    if (!operands.contains(v) && !isScalar(v))
      operands.map(v, cut(builder, v, channels));
  Operation *made = builder.clone(*op, operands);
  SmallVector<int64_t> shape(tensorType(op->getResult(0)).getShape());
  shape[1] = channels.size();
  made->getResult(0).setType(
      RankedTensorType::get(shape, tensorType(op->getResult(0)).getElementType()));
  return made->getResult(0);
}

Value GroupSplitter::part(OpBuilder &builder, const GroupPart &part) {
  Range outputs{part.outBegin, part.outEnd};
  auto shape = tensorType(conv.getWeight()).getShape();
  Value input = cut(builder, conv.getInput(), {part.inBegin, part.inEnd});
  Location loc = conv.getLoc();
  Value weight =
      makeConstant(builder, loc, {outputs.size(), part.inEnd - part.inBegin, shape[2], shape[3]},
                   denseWeights(part), "weight");
  Value shift;
  if (bias)
    shift =
        makeConstant(builder, loc, {outputs.size()},
                     ArrayRef(*bias).slice(size_t(outputs.begin), size_t(outputs.size())), "bias");
  SmallVector<int64_t> result(conv.getType().getShape());
  result[1] = outputs.size();
  auto type = RankedTensorType::get(result, conv.getType().getElementType());
  Value value = here(builder.create<ConvOp>(loc, type, input, weight, shift, conv.getStrides(),
                                            conv.getDilations(), conv.getPads(), 1));
  Value whole = conv.getResult();
  for (Operation *op : epilogue) {
    IRMapping mapping;
    mapping.map(whole, value);
    value = epiloguePart(builder, op, mapping, outputs);
    whole = op->getResult(0);
  }
  return value;
}

void GroupSplitter::run(ArrayRef<GroupPart> parts) {
  if (parts.size() > 1)
    collectEpilogue();
  Operation *last = epilogue.empty() ? conv.getOperation() : epilogue.back();
  OpBuilder builder(last);
  SmallVector<Value> made;
  for (const GroupPart &p : parts)
    made.push_back(part(builder, p));
  Value whole = made.front();
  if (made.size() > 1)
    whole = here(builder.create<ConcatOp>(conv.getLoc(), made, 1));
  last->getResult(0).replaceAllUsesWith(whole);
  for (Operation *op : llvm::reverse(epilogue))
    op->erase();
  conv.erase();
}

namespace {
struct SplitGroups final : snc::impl::SplitGroupsBase<SplitGroups> {
  void runOnOperation() override {
    SmallVector<ConvOp> grouped;
    getOperation().walk([&](ConvOp conv) {
      if (conv.getGroup() > 1 && !conv.isDepthwise() && isa<func::FuncOp>(conv->getParentOp()))
        grouped.push_back(conv);
    });
    for (ConvOp conv : grouped)
      split(conv);
  }

  void split(ConvOp conv) {
    int64_t unit = unitOf(conv);
    if (deviceOf(getOperation(), unit) != Device::cpu)
      return;
    ElementsAttr weight = constantValue(conv.getWeight());
    auto weights = weight ? floatValues(weight) : std::nullopt;
    std::optional<SmallVector<float>> bias;
    if (conv.getBias()) {
      ElementsAttr constant = constantValue(conv.getBias());
      bias = constant ? floatValues(constant) : std::nullopt;
    }
    if (!weights || (conv.getBias() && !bias))
      return;
    ArrayRef<int64_t> units = unitsOf(getOperation());
    bool all = unit < 0 || size_t(unit) >= units.size();
    int64_t threads = all ? threadsOf(getOperation()) : units[size_t(unit)];
    int64_t lanes = targetOf(getOperation()).blockLanes;
    auto shape = groupedShapeOf(shapeOf({conv.getOperation()}), lanes, threads);
    SmallVector<GroupPart, 0> parts;
    if (shape)
      parts = groupParts(*shape);
    if (!parts.empty())
      GroupSplitter(conv, std::move(*weights), std::move(bias)).run(parts);
  }
};
} // namespace
