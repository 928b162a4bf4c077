// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Outlines groups of operators into kernels. Which operators belong together
// is KernelGrouping's decision; here bodies, arguments and launches are made,
// and results of @main that no launch can write get a copy kernel.

#include "ir/CallOrder.h"
#include "ir/KernelGrouping.h"
#include "ir/Layout.h"
#include "ir/NodeNames.h"
#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "passes/KernelPasses.h"
#include "passes/ValueRoots.h"
#include "llvm/ADT/SetVector.h"

namespace snc {
#define GEN_PASS_DEF_FORMKERNELS
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

/// The caller's memory is aligned to its elements, kernels read channel blocks in whole vectors: an
/// argument that is a tensor of blocks without moving (one pixel) is copied.
static void copyBlockedArguments(func::FuncOp main) {
  Block &block = main.getBody().front();
  ValueRoots roots(block);
  llvm::SetVector<Value> found;
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (staysOutside(&op) && blockedLanes(result.getType()))
        if (Value root = roots.of(result).first; isa<BlockArgument>(root))
          found.insert(root);
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  for (Value argument : found) {
    auto copy = builder.create<RelayoutOp>(main.getLoc(), argument.getType(), argument);
    argument.replaceAllUsesExcept(copy, copy);
  }
}

/// A result that is an argument, a constant, a view of one, a part of a value, memory already
/// returned, or a tensor of blocks cannot be written by its producer: it is copied.
static void copySharedResults(func::FuncOp main) {
  Block &block = main.getBody().front();
  ValueRoots roots(block);
  llvm::DenseSet<Value> returned;
  OpBuilder builder(block.getTerminator());
  for (OpOperand &use : block.getTerminator()->getOpOperands()) {
    Value root = roots.of(use.get()).first;
    bool computed = root.getDefiningOp() && !root.getDefiningOp<ConstantOp>();
    bool blocks = blockedLanes(root.getType()) && !blockedLanes(use.get().getType());
    if (!computed || blocks || !roots.isWhole(use.get()) || !returned.insert(root).second)
      use.set(builder.create<RelayoutOp>(use.get().getLoc(), use.get().getType(), use.get()));
  }
}

/// A splat that an elementwise operator reads is a number in the kernel, not
/// data.
static bool belongsInBody(OpOperand &use) {
  ElementsAttr value;
  if (auto constant = use.get().getDefiningOp<ConstantOp>())
    value = constant.getValue();
  return value && value.isSplat() && isElementwise(use.getOwner());
}

static llvm::SetVector<Value> argumentsOf(const KernelGroup &group) {
  llvm::SetVector<Value> arguments;
  for (Operation *op : group)
    for (OpOperand &use : op->getOpOperands())
      if (!belongsInBody(use) && !llvm::is_contained(group, use.get().getDefiningOp()))
        arguments.insert(use.get());
  return arguments;
}

static Location fusedLoc(const KernelGroup &group) {
  SmallVector<Location> locations;
  for (Operation *op : group)
    locations.push_back(op->getLoc());
  return FusedLoc::get(group.front()->getContext(), locations);
}

static void fillBody(KernelOp kernel, const KernelGroup &group, ArrayRef<Value> arguments) {
  IRMapping mapping;
  mapping.map(arguments, kernel.getBody().getArguments());
  OpBuilder body = OpBuilder::atBlockEnd(&kernel.getBody().front());
  for (Operation *op : group) {
    for (OpOperand &use : op->getOpOperands())
      if (belongsInBody(use) && !mapping.contains(use.get()))
        body.clone(*use.get().getDefiningOp(), mapping);
    body.clone(*op, mapping)->removeAttr("snc.unit");
  }
  Value result = mapping.lookup(group.back()->getResult(0));
  body.create<YieldOp>(group.back()->getLoc(), result);
}

/// Makes the kernel `name` of `group` before @main, and a launch of it in the
/// place of the group's last operator.
static void outline(func::FuncOp main, const KernelGroup &group, const Twine &name) {
  Operation *last = group.back();
  llvm::SetVector<Value> found = argumentsOf(group);
  ArrayRef<Value> arguments = found.getArrayRef();
  Location loc = fusedLoc(group);
  OpBuilder builder(main);
  auto type = builder.getFunctionType(ValueRange(arguments).getTypes(), last->getResultTypes());
  auto kernel = builder.create<KernelOp>(loc, name.str(), type);
  fillBody(kernel, group, arguments);

  builder.setInsertionPoint(last);
  auto launch = builder.create<LaunchOp>(loc, last->getResultTypes(),
                                         FlatSymbolRefAttr::get(kernel.getSymNameAttr()), arguments,
                                         IntegerAttr());
  if (int64_t unit = unitOf(last); unit != kAllUnits) {
    launch.setUnit(unit);
    auto module = main->getParentOfType<ModuleOp>();
    kernel->setAttr("snc.threads", builder.getI64IntegerAttr(unitsOf(module)[size_t(unit)]));
    if (Device device = deviceOf(module, unit); device != Device::cpu)
      kernel->setAttr("snc.device", builder.getStringAttr(nameOf(device)));
  }
  if (std::string nodes = displayName(loc); !nodes.empty())
    launch->setAttr("snc.name", builder.getStringAttr(nodes));
  last->replaceAllUsesWith(launch);
  for (Operation *op : llvm::reverse(group))
    op->erase();
}

static void eraseDeadOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

namespace {
struct FormKernels final : snc::impl::FormKernelsBase<FormKernels> {
  using FormKernelsBase::FormKernelsBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || !llvm::hasSingleElement(main.getBody())) {
      emitError(getOperation().getLoc(), "there is no function @main of one block");
      return signalPassFailure();
    }
    Block &block = main.getBody().front();
    int64_t units = int64_t(unitsOf(getOperation()).size());
    for (Operation &op : block)
      if (int64_t unit = unitOf(&op); unit != kAllUnits && (unit < 0 || unit >= units)) {
        op.emitOpError("B1: there is no unit ") << unit;
        return signalPassFailure();
      }
    eraseDeadOps(block);
    copyBlockedArguments(main);
    copySharedResults(main);
    GroupingOptions options{gatePrologue,
                            fuseInvertedResidual,
                            fuseExpandBytes,
                            threadsOf(getOperation()),
                            unitsOf(getOperation()),
                            gpuOf(getOperation())};
    int64_t count = 0;
    for (const KernelGroup &group : groupIntoKernels(block, options))
      outline(main, group, "k" + Twine(count++));
    eraseDeadOps(block);
  }
};
} // namespace
