// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rewrites @main segment by segment. The new operators go behind the old ones,
// which are erased at the end; constants stay and are shared.

#include "ir/CallOrder.h"
#include "ir/Target.h"
#include "mlir/IR/Builders.h"
#include "passes/BranchBuilder.h"
#include "passes/BranchPasses.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>

namespace snc {
#define GEN_PASS_DEF_INSERTBRANCHES
#include "passes/BranchPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static llvm::Expected<BranchPlan> readPlan(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(buffer.getError(), "cannot read the plan '%s': %s", path.c_str(),
                                   buffer.getError().message().c_str());
  auto json = nlohmann::json::parse((*buffer)->getBuffer(), nullptr, /*allow_exceptions=*/false);
  return branchPlanFromJson(json);
}

static LogicalResult insertBranches(func::FuncOp main, const BranchPlan &plan, int64_t blockLanes) {
  NetworkGraph graph(main);
  if (plan.nodes != graph.size())
    return main.emitError("the plan is for a network of ")
           << plan.nodes << " nodes, this one has " << graph.size();
  Operation *exit = main.getBody().front().getTerminator();
  SmallVector<Operation *> old;
  for (Operation &op : main.getBody().front().without_terminator())
    if (graph.producer(op.getResult(0)) >= 0) // not constants and reshapes of arguments
      old.push_back(&op);
  OpBuilder builder(exit);
  IRMapping mapping;
  BranchBuilder branches(builder, mapping, blockLanes);
  for (const PlanSegment &segment : plan.segments) {
    if (!segment.isSplit()) {
      bool all = segment.kind == SegmentKind::all;
      branches.buildWhole(graph.ops(segment.begin, segment.end), all ? kAllUnits : segment.unit);
      continue;
    }
    std::string why;
    auto split = splitSegment(graph, segment, blockLanes, &why);
    if (!split)
      return graph.nodes()[size_t(segment.begin)].anchor->emitError("nodes ")
             << segment.begin << " to " << segment.end - 1
             << " cannot be split as planned: " << why;
    branches.buildSplit(*split);
  }
  for (OpOperand &use : exit->getOpOperands())
    use.set(mapping.lookupOrDefault(use.get()));
  for (Operation *op : llvm::reverse(old))
    op->erase();
  return success();
}

namespace {
struct InsertBranches final : snc::impl::InsertBranchesBase<InsertBranches> {
  using InsertBranchesBase::InsertBranchesBase;

  std::optional<BranchPlan> given;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    auto plan = given ? llvm::Expected<BranchPlan>(*given) : readPlan(file);
    llvm::Error error = plan ? plan->verify() : plan.takeError();
    if (error || !main) {
      emitError(module.getLoc(), error ? llvm::toString(std::move(error)) : "there is no @main");
      return signalPassFailure();
    }
    SmallVector<int64_t> threads;
    SmallVector<Device> devices;
    for (const PlanUnit &unit : plan->units) {
      threads.push_back(unit.threads);
      devices.push_back(unit.device);
    }
    setUnits(module, threads);
    if (gpuOf(plan->units))
      setDevices(module, devices);
    if (failed(insertBranches(main, *plan, targetOf(module).blockLanes)))
      signalPassFailure();
  }
};
} // namespace

std::unique_ptr<Pass> snc::createInsertBranches(BranchPlan plan) {
  auto pass = std::make_unique<InsertBranches>();
  pass->given = std::move(plan);
  return pass;
}
