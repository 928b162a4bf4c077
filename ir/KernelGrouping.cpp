// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Safety rule: a value may stay inside a group only if all its users are in
// the group. A group thus has one result and nothing inside is seen outside,
// so no path leaves a group and comes back, and groups never form a cycle.

#include "ir/KernelGrouping.h"

#include "ir/CallOrder.h"
#include "ir/Layout.h"

using namespace mlir;

namespace snc {

bool isElementwise(Operation *op) {
  return isa<ReluOp, LeakyReluOp, ClampOp, SigmoidOp, HardSigmoidOp, HardSwishOp, SwishOp, TanhOp,
             EluOp, SeluOp, ExpOp, LogOp, SqrtOp, NegOp, AbsOp, ErfOp, SinOp, CosOp, FloorOp,
             CeilOp, RoundOp, CastOp, AddOp, SubOp, MulOp, DivOp, MinOp, MaxOp, PowOp, PReluOp,
             LessOp, LessEqualOp, EqualOp, SelectOp>(op);
}

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static bool isFreeRelayout(Operation *op) {
  auto relayout = dyn_cast<RelayoutOp>(op);
  // Equal types are a copy that someone asked for.
  return relayout && relayout.getInput().getType() != relayout.getType() &&
         sameBytes(typeOf(relayout.getInput()), typeOf(relayout.getResult()));
}

int64_t unitOf(Operation *op) {
  auto unit = op->getAttrOfType<IntegerAttr>("snc.unit");
  return unit ? unit.getInt() : kAllUnits;
}

bool staysOutside(Operation *op) {
  return isa<ConstantOp, ReshapeOp>(op) || isFreeRelayout(op) || op->hasAttr("snc.in_place") ||
         op->hasTrait<OpTrait::IsTerminator>();
}

/// True when `user` is the only operator that uses `value`.
static bool isOnlyUser(Value value, Operation *user) {
  return llvm::all_of(value.getUsers(), [&](Operation *u) { return u == user; });
}

namespace {
class Grouper {
public:
  Grouper(Block &block, const GroupingOptions &options) : block(block), options(options) {}

  std::vector<KernelGroup> run() {
    for (Operation &op : block)
      if (!staysOutside(&op))
        visit(&op);
    if (options.fuseInvertedResidual)
      for (Operation &op : block)
        fuseInvertedResidual(&op);
    if (options.fuseExpandBytes)
      for (Operation &op : block)
        fuseExpand(&op);
    return collect();
  }

private:
  struct Group {
    KernelGroup ops;
    Operation *anchor = nullptr; ///< the operator that is not elementwise
    bool closed = false;         ///< ends in a relayout, which nothing may follow
  };

  void visit(Operation *op);
  bool canFollow(Operation *op, Value operand);
  bool keepsBlocks(Operation *relayout, Operation *producer);
  void takePhases(Group &group);
  void fuseGate(Group &group);
  ConvOp leadingConv(Group *group);
  void fuseInvertedResidual(Operation *project);
  void fuseExpand(Operation *depthwise);
  bool isLarge(Operation *op);
  bool onGpu(Operation *op) { return options.gpu && unitOf(op) == *options.gpu; }
  /// The group whose result `value` is, if `user` alone uses it.
  Group *producer(Value value, Operation *user);
  void merge(Group &into, Operation *from);
  std::vector<KernelGroup> collect();

  Block &block;
  const GroupingOptions &options;
  llvm::DenseMap<Operation *, std::unique_ptr<Group>> groups; ///< by last operator
};
} // namespace

Grouper::Group *Grouper::producer(Value value, Operation *user) {
  auto it = groups.find(value.getDefiningOp());
  bool joins = it != groups.end() && isOnlyUser(value, user) && unitOf(it->first) == unitOf(user);
  return joins ? it->second.get() : nullptr;
}

/// An elementwise `op` may end the group that computes `operand` when it has
/// one result element for each of the group's.
bool Grouper::canFollow(Operation *op, Value operand) {
  Group *group = producer(operand, op);
  return group && !group->closed &&
         typeOf(operand).getShape() == typeOf(op->getResult(0)).getShape();
}

/// Puts the operators of the group that ends in `from` before those of `into`.
void Grouper::merge(Group &into, Operation *from) {
  std::unique_ptr<Group> group = std::move(groups[from]);
  groups.erase(from);
  into.ops.insert(into.ops.begin(), group->ops.begin(), group->ops.end());
  into.anchor = into.anchor ? into.anchor : group->anchor;
}

/// Windows go over blocks of channels in vectors: a kernel that wrote another layout would
/// read a lane at a time.
bool Grouper::keepsBlocks(Operation *relayout, Operation *producer) {
  auto it = groups.find(producer);
  Operation *anchor = it == groups.end() ? nullptr : it->second->anchor;
  return isa_and_present<ConvOp, MaxPoolOp, AvgPoolOp, ResizeOp>(anchor) && !onGpu(relayout) &&
         blockedLanes(anchor->getResult(0).getType()) != 0;
}

void Grouper::visit(Operation *op) {
  auto group = std::make_unique<Group>();
  group->ops.push_back(op);
  bool isRelayout = isa<RelayoutOp>(op);
  if (!isElementwise(op) && !isRelayout) {
    group->anchor = op;
    takePhases(*group);
    if (options.gatePrologue && !onGpu(op))
      fuseGate(*group);
    group->closed = isa<TransferOp>(op); // a copy, no kernel
    groups[op] = std::move(group);
    return;
  }
  // An anchor gains most from an epilogue, so it is asked first, and it takes
  // only its own chain. Groups without one join each other freely.
  for (bool wantAnchor : {true, false})
    for (Value operand : op->getOperands())
      if (!group->anchor && canFollow(op, operand) &&
          !(isRelayout && keepsBlocks(op, operand.getDefiningOp())) &&
          bool(producer(operand, op)->anchor) == wantAnchor)
        merge(*group, operand.getDefiningOp());
  group->closed = isRelayout && group->ops.size() > 1;
  groups[op] = std::move(group);
}

/// Of a transposed convolution: depth to space, and a slice that crops. Both only move.
void Grouper::takePhases(Group &group) {
  auto slice = dyn_cast<SliceOp>(group.anchor);
  Group *before = slice ? producer(slice.getInput(), slice) : nullptr;
  if (before && before->ops.size() == 1 && isa<DepthToSpaceOp>(before->anchor))
    merge(group, before->anchor);
}

/// x * gate, with a gate per image and channel, read by one pointwise conv.
void Grouper::fuseGate(Group &group) {
  auto conv = dyn_cast<ConvOp>(group.anchor);
  auto gate = conv ? conv.getInput().getDefiningOp<MulOp>() : MulOp();
  Group *before = gate ? producer(gate.getResult(), conv) : nullptr;
  if (!before || before->ops.size() != 1 || !conv.isPointwise())
    return;
  auto isGate = [&](Value v) {
    ArrayRef<int64_t> s = typeOf(v).getShape(), full = typeOf(gate.getResult()).getShape();
    return s.size() == 4 && s != full && s[1] == full[1] && s[2] == 1 && s[3] == 1;
  };
  if (isGate(gate.getLhs()) || isGate(gate.getRhs()))
    merge(group, gate);
}

/// The convolution that `group` starts with; null for other groups.
ConvOp Grouper::leadingConv(Group *group) {
  auto conv = group ? dyn_cast_or_null<ConvOp>(group->anchor) : ConvOp();
  return conv && group->ops.front() == conv ? conv : ConvOp();
}

/// `last` ends a group project <- depthwise <- expand: make it one group.
void Grouper::fuseInvertedResidual(Operation *last) {
  auto it = groups.find(last);
  ConvOp project = it == groups.end() ? ConvOp() : leadingConv(it->second.get());
  if (!project || !project.isPointwise() || onGpu(project))
    return;
  Group *middle = producer(project.getInput(), project);
  ConvOp depthwise = leadingConv(middle);
  if (!depthwise || !depthwise.isDepthwise() || middle->closed)
    return;
  Group *first = producer(depthwise.getInput(), depthwise);
  ConvOp expand = leadingConv(first);
  if (!expand || !expand.isPointwise() || first->closed)
    return;
  merge(*it->second, project.getInput().getDefiningOp());
  merge(*groups[last], depthwise.getInput().getDefiningOp());
}

/// Whether a thread's share of the result does not stay in its cache.
bool Grouper::isLarge(Operation *op) {
  int64_t unit = unitOf(op), threads = options.threads;
  if (unit >= 0 && size_t(unit) < options.unitThreads.size())
    threads = options.unitThreads[size_t(unit)];
  return byteSize(typeOf(op->getResult(0))) > options.fuseExpandBytes * threads;
}

/// `last` ends a group that begins with a depthwise convolution: the convolution that it
/// reads joins it, if all between them has the depthwise one's blocks.
void Grouper::fuseExpand(Operation *last) {
  auto it = groups.find(last);
  ConvOp depthwise = it == groups.end() ? ConvOp() : leadingConv(it->second.get());
  if (!depthwise || !depthwise.isDepthwise() || onGpu(depthwise) ||
      depthwise.getWeight().getDefiningOp<ConvOp>())
    return;
  Group *first = producer(depthwise.getInput(), depthwise);
  ConvOp expand = leadingConv(first);
  auto lanes = [](Value v) { return blockedLanes(v.getType()); };
  bool dense = expand && expand.getGroup() == 1 && !first->closed &&
               lanes(expand.getResult()) == lanes(depthwise.getResult()) &&
               lanes(depthwise.getResult()) == lanes(last->getResult(0)) &&
               lanes(depthwise.getResult()) != 0;
  auto constant = [](Value weight) { return bool(weight.getDefiningOp<ConstantOp>()); };
  // Of a residual sum the ring would have to read another tensor's rows.
  bool oneOperand = dense && llvm::all_of(ArrayRef(first->ops).drop_front(),
                                          [](Operation *op) { return op->getNumOperands() == 1; });
  if (!oneOperand || !constant(expand.getWeight()) || !constant(depthwise.getWeight()) ||
      !isLarge(depthwise.getInput().getDefiningOp()))
    return;
  merge(*it->second, depthwise.getInput().getDefiningOp());
}

std::vector<KernelGroup> Grouper::collect() {
  std::vector<KernelGroup> result;
  for (auto &[last, group] : groups) {
    llvm::sort(group->ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    result.push_back(std::move(group->ops));
  }
  llvm::sort(result, [](const KernelGroup &a, const KernelGroup &b) {
    return a.back()->isBeforeInBlock(b.back());
  });
  return result;
}

std::vector<KernelGroup> groupIntoKernels(Block &block, const GroupingOptions &options) {
  return Grouper(block, options).run();
}

} // namespace snc
