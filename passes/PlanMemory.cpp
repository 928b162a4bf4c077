// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns @main of launches into a program over placed buffers. Calls keep the
// order of the launches, but for those that run at the same time. The verifier
// of `snc.program` checks the plan anew, so a mistake here cannot reach a library.

#include "ir/KernelGrouping.h"
#include "ir/Layout.h"
#include "ir/ProgramAccess.h"
#include "ir/Target.h"
#include "ir/Transfer.h"
#include "mlir/IR/Builders.h"
#include "passes/ArenaPlanner.h"
#include "passes/KernelPasses.h"
#include "passes/SyncElision.h"
#include "passes/ValueRoots.h"
#include "llvm/ADT/MapVector.h"
#include <numeric>

namespace snc {
#define GEN_PASS_DEF_PLANMEMORY
#include "passes/KernelPasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

namespace {
class MemoryPlanner {
public:
  explicit MemoryPlanner(func::FuncOp main)
      : main(main), block(main.getBody().front()), exit(block.getTerminator()), roots(block),
        launches(block.getOps<LaunchOp>()) {}

  LogicalResult check();
  /// Replaces the function.
  void run();

private:
  Value rootOf(Value value) const { return roots.of(value).first; }
  void findLifetimes();
  void findOrder();
  void orderBySteps();
  void placeArenas();
  ArenaPlan placeArena(bool device, int64_t alignment, std::vector<ArenaBlock> &blocks);
  KernelPlaces placesOf(LaunchOp launch) {
    return snc::placesOf(symbols.lookup<KernelOp>(launch.getKernel()));
  }
  void makeBuffers();
  void makeCalls();
  BufferOp makeBuffer(Value root, Space space, int64_t offset, RankedTensorType type);
  Value weightsBuffer(ConstantOp constant, bool device);
  Value bufferFor(Value value, bool device);

  func::FuncOp main;
  SymbolTable symbols{main->getParentOfType<ModuleOp>()};
  Block &block;
  Operation *exit;
  ValueRoots roots;
  SmallVector<LaunchOp> launches;
  llvm::MapVector<Value, ArenaBlock> arena;             ///< by root, in call order
  llvm::DenseMap<Value, SmallVector<int64_t>> accesses; ///< calls, of roots in the arena
  std::vector<int64_t> units;                           ///< of each call
  std::vector<CallEvent> events;
  llvm::DenseMap<Value, int64_t> results; ///< root to index of the model's output
  llvm::DenseMap<Value, int64_t> offsets;
  llvm::DenseSet<Value> onDevice; ///< roots in the GPU's memory
  int64_t arenaSize = 0, deviceArenaSize = 0, lowerBound = 0;
  int64_t weightBytes[2] = {0, 0}; ///< of the host, of the GPU

  OpBuilder builder{main.getContext()};
  llvm::DenseMap<Value, Value> buffers; ///< by root
  llvm::DenseMap<std::pair<Value, std::pair<int64_t, Type>>, Value> views;
  llvm::DenseMap<std::pair<Attribute, Type>, Value> weights[2];
};
} // namespace

LogicalResult MemoryPlanner::check() {
  for (Operation &op : block)
    if (!staysOutside(&op) && !isa<LaunchOp>(op))
      return op.emitOpError(
          "is not in a kernel; --snc-form-kernels comes before --snc-plan-memory");
  llvm::DenseSet<Value> returned;
  for (Value v : exit->getOperands())
    if (!isa_and_present<LaunchOp, ConcatOp>(rootOf(v).getDefiningOp()) || !roots.isWhole(v) ||
        !returned.insert(rootOf(v)).second)
      return main.emitOpError("a result is not the result of a launch of its own");
  return success();
}

void MemoryPlanner::findLifetimes() {
  for (auto [index, v] : llvm::enumerate(exit->getOperands()))
    results[rootOf(v)] = index;
  int64_t position = 0;
  for (LaunchOp launch : launches) {
    for (Value v : launch->getOperands())
      if (auto it = arena.find(rootOf(v)); it != arena.end()) {
        it->second.end = position;
        accesses[it->first].push_back(position);
      }
    bool writesDevice = placesOf(launch).writesDevice;
    for (Value v : launch.getOutputs()) {
      Value root = rootOf(v);
      if (writesDevice)
        onDevice.insert(root);
      if (results.contains(root))
        continue;
      // Parts of a concat are computed by several calls.
      arena.insert({root, {byteSize(typeOf(root)), position, position}});
      arena[root].end = position;
      accesses[root].push_back(position);
    }
    ++position;
  }
}

/// Units wait for each other where one reads what the other has written.
void MemoryPlanner::findOrder() {
  struct Write {
    int64_t call;
    Footprint bytes;
  };
  llvm::DenseMap<Value, SmallVector<Write>> written;
  std::vector<std::vector<int64_t>> uses;
  for (LaunchOp launch : launches) {
    int64_t position = int64_t(units.size());
    units.push_back(launch.getUnit() ? int64_t(*launch.getUnit()) : kAllUnits);
    std::vector<int64_t> &mine = uses.emplace_back();
    for (Value v : launch.getInputs()) {
      auto [root, offset] = roots.of(v);
      Footprint bytes = footprintOf(typeOf(v), offset);
      for (const Write &write : written[root])
        if (write.bytes.overlaps(bytes))
          mine.push_back(write.call);
    }
    for (Value v : launch.getOutputs()) {
      auto [root, offset] = roots.of(v);
      written[root].push_back({position, footprintOf(typeOf(v), offset)});
    }
  }
  events = fewestEvents(units, uses);
}

/// Calls of one step next to each other, steps as the executor would run them
/// on one thread.
void MemoryPlanner::orderBySteps() {
  std::vector<CallStep> steps = stepsOf(units, events);
  SmallVector<size_t> order(launches.size());
  std::iota(order.begin(), order.end(), size_t(0));
  llvm::stable_sort(order, [&](size_t a, size_t b) {
    return std::tie(steps[a], units[a]) < std::tie(steps[b], units[b]);
  });
  SmallVector<LaunchOp> sorted;
  std::vector<int64_t> sortedUnits, position(order.size());
  for (auto [to, from] : llvm::enumerate(order)) {
    sorted.push_back(launches[from]);
    sortedUnits.push_back(units[from]);
    position[from] = int64_t(to);
  }
  launches = sorted;
  units = sortedUnits;
  for (CallEvent &event : events)
    event = {position[size_t(event.from)], position[size_t(event.to)]};
}

/// Of the buffers on one side; `blocks` are theirs.
ArenaPlan MemoryPlanner::placeArena(bool device, int64_t alignment,
                                    std::vector<ArenaBlock> &blocks) {
  std::vector<Value> values;
  std::vector<ArrayRef<int64_t>> calls;
  for (auto &[value, life] : arena) {
    if (onDevice.contains(value) != device)
      continue;
    values.push_back(value);
    blocks.push_back(life);
    calls.push_back(accesses[value]);
  }
  CallOrder order(units, events);
  auto over = [&](ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
    return llvm::all_of(a, [&](int64_t x) {
      return llvm::all_of(b, [&](int64_t y) { return order.before(x, y); });
    });
  };
  AliveTogether together = [&](size_t i, size_t j) {
    return !over(calls[i], calls[j]) && !over(calls[j], calls[i]);
  };
  ArenaPlan plan = planArena(blocks, alignment, together);
  assert(isValidPlan(blocks, plan, alignment, together) && "live buffers overlap");
  for (auto [value, offset] : llvm::zip(values, plan.offsets))
    offsets[value] = offset;
  return plan;
}

void MemoryPlanner::placeArenas() {
  std::vector<ArenaBlock> blocks, deviceBlocks;
  arenaSize = placeArena(false, kHostAlignment, blocks).size;
  lowerBound = arenaLowerBound(blocks);
  deviceArenaSize = placeArena(true, kDeviceAlignment, deviceBlocks).size;
}

BufferOp MemoryPlanner::makeBuffer(Value root, Space space, int64_t offset, RankedTensorType type) {
  auto buffer = builder.create<BufferOp>(root ? root.getLoc() : main.getLoc(),
                                         BufferType::get(type.getContext(), type), space, offset,
                                         IntegerAttr(), StringAttr(), ElementsAttr());
  if (root)
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
  for (LaunchOp launch : launches) {
    bool readsDevice = placesOf(launch).readsDevice;
    for (Value v : launch.getInputs())
      if (auto constant = rootOf(v).getDefiningOp<ConstantOp>())
        weightsBuffer(constant, readsDevice);
    for (Value v : launch.getOutputs())
      if (Value root = rootOf(v); !results.contains(root) && !buffers.contains(root))
        makeBuffer(root, onDevice.contains(root) ? Space::device_arena : Space::arena,
                   offsets.lookup(root), typeOf(root));
  }
}

/// One for equal constants of a side.
Value MemoryPlanner::weightsBuffer(ConstantOp constant, bool device) {
  Value &shared = weights[device][{constant.getValue(), constant.getType()}];
  if (!shared) {
    int64_t &end = weightBytes[device];
    BufferOp buffer =
        makeBuffer(Value(), device ? Space::device_weights : Space::weights, end, typeOf(constant));
    buffer->setLoc(constant.getLoc());
    buffer.setValueAttr(constant.getValue());
    end =
        llvm::alignTo(end + byteSize(typeOf(constant)), device ? kDeviceAlignment : kHostAlignment);
    shared = buffer;
  }
  return shared;
}

/// The buffer of `value`, seen as the value's type; of a constant the one on the side.
Value MemoryPlanner::bufferFor(Value value, bool device) {
  auto [root, offset] = roots.of(value);
  auto constant = root.getDefiningOp<ConstantOp>();
  Value buffer = constant ? weightsBuffer(constant, device) : buffers.lookup(root);
  Type type = BufferType::get(main.getContext(), typeOf(value));
  if (buffer.getType() == type)
    return buffer;
  Value &view = views[{buffer, {offset, type}}];
  if (!view) {
    auto at = roots.isWhole(value) ? IntegerAttr() : builder.getI64IntegerAttr(offset);
    view = builder.create<ViewOp>(value.getLoc(), type, buffer, at);
  }
  return view;
}

void MemoryPlanner::makeCalls() {
  int64_t position = 0;
  llvm::DenseMap<int64_t, Value> signals; ///< by the call they follow
  llvm::SmallDenseSet<int64_t> signalling;
  for (const CallEvent &event : events)
    signalling.insert(event.from);
  for (LaunchOp launch : launches) {
    SmallVector<Value> reads, writes;
    KernelPlaces places = placesOf(launch);
    for (Value v : launch.getInputs())
      reads.push_back(bufferFor(v, places.readsDevice));
    for (Value v : launch.getOutputs())
      writes.push_back(bufferFor(v, places.writesDevice));
    for (const CallEvent &event : events)
      if (event.to == position)
        builder.create<WaitOp>(launch.getLoc(), uint64_t(units[size_t(position)]),
                               signals.lookup(event.from));
    auto call = builder.create<CallOp>(launch.getLoc(), launch.getKernelAttr(), reads, writes,
                                       launch.getUnitAttr());
    call->setDiscardableAttrs(launch->getDiscardableAttrDictionary());
    if (signalling.contains(position))
      signals[position] = builder.create<SignalOp>(launch.getLoc(), *launch.getUnit());
    ++position;
  }
}

void MemoryPlanner::run() {
  findOrder();
  orderBySteps();
  findLifetimes();
  placeArenas();
  builder.setInsertionPoint(main);
  auto program = builder.create<ProgramOp>(main.getLoc(), main.getSymName(), arenaSize, lowerBound,
                                           /*weights=*/0, deviceArenaSize, /*device_weights=*/0);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  makeBuffers();
  makeCalls();
  program.setWeights(weightBytes[0]);
  program.setDeviceWeights(weightBytes[1]);
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
