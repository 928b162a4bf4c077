// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns @main of launches into a program over placed buffers. Calls keep the
// order of the launches. The verifier of `snc.program` checks the plan anew,
// so a mistake here cannot reach a library.

#include "ir/Layout.h"
#include "mlir/IR/Builders.h"
#include "passes/ArenaPlanner.h"
#include "passes/KernelGrouping.h"
#include "passes/KernelPasses.h"
#include "llvm/ADT/MapVector.h"

namespace snc {
#define GEN_PASS_DEF_PLANMEMORY
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static constexpr int64_t kAlignment = 64; // a cache line, and a vector of AVX-512

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

/// What `value` is a view of: an argument, a constant or a launch's result.
static Value rootOf(Value value) {
  while (isa_and_nonnull<ReshapeOp, RelayoutOp>(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

namespace {
class MemoryPlanner {
public:
  explicit MemoryPlanner(func::FuncOp main)
      : main(main), block(main.getBody().front()), exit(block.getTerminator()) {}

  LogicalResult check();
  /// Replaces the function.
  void run();

private:
  void findLifetimes();
  void placeArena();
  void makeBuffers();
  void makeCalls();
  BufferOp makeBuffer(Value root, Space space, int64_t offset, RankedTensorType type);
  Value bufferFor(Value value);

  func::FuncOp main;
  Block &block;
  Operation *exit;
  llvm::MapVector<Value, ArenaBlock> arena; ///< launch results, in call order
  llvm::DenseMap<Value, int64_t> results;   ///< root to index of the model's output
  llvm::DenseMap<Value, int64_t> offsets;
  int64_t arenaSize = 0, lowerBound = 0, weightBytes = 0;

  OpBuilder builder{main.getContext()};
  llvm::DenseMap<Value, Value> buffers; ///< by root
  llvm::DenseMap<std::pair<Value, Type>, Value> views;
  llvm::DenseMap<std::pair<Attribute, Type>, Value> weights;
};
} // namespace

LogicalResult MemoryPlanner::check() {
  for (Operation &op : block)
    if (!staysOutside(&op) && !isa<LaunchOp>(op))
      return op.emitOpError(
          "is not in a kernel; --snc-form-kernels comes before --snc-plan-memory");
  llvm::DenseSet<Value> returned;
  for (Value v : exit->getOperands())
    if (!rootOf(v).getDefiningOp<LaunchOp>() || !returned.insert(rootOf(v)).second)
      return main.emitOpError("a result is not the result of a launch of its own");
  return success();
}

void MemoryPlanner::findLifetimes() {
  for (auto [index, v] : llvm::enumerate(exit->getOperands()))
    results[rootOf(v)] = index;
  int64_t position = 0;
  for (LaunchOp launch : block.getOps<LaunchOp>()) {
    for (Value v : launch.getInputs())
      if (auto it = arena.find(rootOf(v)); it != arena.end())
        it->second.end = position;
    for (Value v : launch.getOutputs())
      if (!results.contains(v))
        arena[v] = {byteSize(typeOf(v)), position, position};
    ++position;
  }
}

void MemoryPlanner::placeArena() {
  std::vector<ArenaBlock> blocks;
  for (auto &[value, life] : arena)
    blocks.push_back(life);
  ArenaPlan plan = planArena(blocks, kAlignment);
  assert(isValidPlan(blocks, plan, kAlignment) && "live buffers overlap");
  arenaSize = plan.size;
  lowerBound = arenaLowerBound(blocks);
  for (auto [entry, offset] : llvm::zip(arena, plan.offsets))
    offsets[entry.first] = offset;
}

BufferOp MemoryPlanner::makeBuffer(Value root, Space space, int64_t offset, RankedTensorType type) {
  auto buffer =
      builder.create<BufferOp>(root.getLoc(), BufferType::get(type.getContext(), type), space,
                               offset, IntegerAttr(), StringAttr(), ElementsAttr());
  buffers[root] = buffer;
  return buffer;
}

static StringAttr nameOr(StringAttr name, const Twine &fallback, MLIRContext *context) {
  return name ? name : StringAttr::get(context, fallback);
}

void MemoryPlanner::makeBuffers() {
  MLIRContext *context = main.getContext();
  for (BlockArgument argument : block.getArguments()) {
    unsigned i = argument.getArgNumber();
    BufferOp buffer = makeBuffer(argument, Space::input, 0, typeOf(argument));
    buffer.setIndex(i);
    buffer.setNameAttr(
        nameOr(main.getArgAttrOfType<StringAttr>(i, "snc.name"), "input" + Twine(i), context));
  }
  for (auto [i, v] : llvm::enumerate(exit->getOperands())) {
    BufferOp buffer = makeBuffer(rootOf(v), Space::output, 0, typeOf(v));
    buffer.setIndex(i);
    buffer.setNameAttr(
        nameOr(main.getResultAttrOfType<StringAttr>(i, "snc.name"), "output" + Twine(i), context));
  }
  for (LaunchOp launch : block.getOps<LaunchOp>()) {
    for (Value v : launch.getInputs()) {
      auto constant = rootOf(v).getDefiningOp<ConstantOp>();
      if (!constant || buffers.contains(constant))
        continue;
      Value &shared = weights[{constant.getValue(), constant.getType()}];
      if (!shared) {
        BufferOp buffer = makeBuffer(constant, Space::weights, weightBytes, typeOf(constant));
        buffer.setValueAttr(constant.getValue());
        weightBytes = llvm::alignTo(weightBytes + byteSize(typeOf(constant)), kAlignment);
        shared = buffer;
      }
      buffers[constant] = shared;
    }
    for (Value v : launch.getOutputs())
      if (!results.contains(v))
        makeBuffer(v, Space::arena, offsets.lookup(v), typeOf(v));
  }
}

/// The buffer of `value`, seen as the value's type.
Value MemoryPlanner::bufferFor(Value value) {
  Value buffer = buffers.lookup(rootOf(value));
  Type type = BufferType::get(main.getContext(), typeOf(value));
  if (buffer.getType() == type)
    return buffer;
  Value &view = views[{buffer, type}];
  if (!view)
    view = builder.create<ViewOp>(value.getLoc(), type, buffer);
  return view;
}

void MemoryPlanner::makeCalls() {
  for (LaunchOp launch : block.getOps<LaunchOp>()) {
    SmallVector<Value> reads, writes;
    for (Value v : launch.getInputs())
      reads.push_back(bufferFor(v));
    for (Value v : launch.getOutputs())
      writes.push_back(bufferFor(v));
    auto call = builder.create<CallOp>(launch.getLoc(), launch.getKernelAttr(), reads, writes);
    call->setDiscardableAttrs(launch->getDiscardableAttrDictionary());
  }
}

void MemoryPlanner::run() {
  findLifetimes();
  placeArena();
  builder.setInsertionPoint(main);
  auto program = builder.create<ProgramOp>(main.getLoc(), main.getSymName(), arenaSize, lowerBound,
                                           /*weights=*/0);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  makeBuffers();
  makeCalls();
  program.setWeights(weightBytes);
  main.erase();
}

namespace {
struct PlanMemory final : snc::impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || !llvm::hasSingleElement(main.getBody())) {
      emitError(getOperation().getLoc(), "there is no function @main of one block");
      return signalPassFailure();
    }
    MemoryPlanner planner(main);
    if (failed(planner.check()))
      return signalPassFailure();
    planner.run();
  }
};
} // namespace
