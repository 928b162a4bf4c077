// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values that lie in the GPU's memory alone become halves there. All that share memory (views,
// parts of a concat in place) have one element type, so they are judged together. Kernels are
// changed in place: each has one launch until equal ones are joined.

#include "ir/ConstantData.h"
#include "ir/KernelGrouping.h"
#include "ir/Target.h"
#include "ir/Transfer.h"
#include "mlir/IR/Builders.h"
#include "passes/SchedulePasses.h"
#include "passes/ValueRoots.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/DenseSet.h"

namespace snc {
#define GEN_PASS_DEF_STOREHALF
#include "passes/SchedulePasses.h.inc"
} // namespace snc

using namespace mlir;
using namespace snc;

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

static RankedTensorType asHalf(RankedTensorType type) {
  return cast<RankedTensorType>(type.clone(Float16Type::get(type.getContext())));
}

/// `elements` (f32) rounded to the nearest half, ties to even; null where one would be
/// infinite or no number, or where there is no data.
static ElementsAttr rounded(ElementsAttr elements) {
  std::optional<SmallVector<float>> values = floatValues(elements);
  if (!values)
    return {};
  std::vector<uint16_t> halves;
  halves.reserve(values->size());
  for (float value : *values) {
    llvm::APFloat half(value);
    bool inexact;
    half.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven, &inexact);
    if (!half.isFinite())
      return {};
    halves.push_back(uint16_t(half.bitcastToAPInt().getZExtValue()));
  }
  ArrayRef<char> bytes(reinterpret_cast<const char *>(halves.data()), halves.size() * 2);
  return makeElements(asHalf(cast<RankedTensorType>(elements.getType())), bytes, "half");
}

/// Biases and factors of a channel are few, and count for a whole plane.
static bool isVector(RankedTensorType type) {
  return type.getNumElements() <= 16 ||
         llvm::count_if(type.getShape(), [](int64_t extent) { return extent > 1; }) < 2;
}

/// Between the launch's types and the operators, which compute in f32.
static void castAtEdges(KernelOp kernel, LaunchOp launch) {
  Block &body = kernel.getBody().front();
  OpBuilder builder(&body, body.begin());
  for (auto [argument, operand] : llvm::zip(body.getArguments(), launch.getInputs())) {
    if (argument.getType() == operand.getType())
      continue;
    RankedTensorType computed = typeOf(argument);
    argument.setType(operand.getType());
    auto value =
        builder.create<CastOp>(kernel.getLoc(), computed, argument, computed.getElementType());
    argument.replaceAllUsesExcept(value, value);
  }
  Operation *yield = body.getTerminator();
  builder.setInsertionPoint(yield);
  for (auto [use, result] : llvm::zip(yield->getOpOperands(), launch.getOutputs()))
    if (use.get().getType() != result.getType())
      use.set(builder.create<CastOp>(kernel.getLoc(), result.getType(), use.get(),
                                     typeOf(result).getElementType()));
  kernel.setFunctionType(
      FunctionType::get(kernel.getContext(), body.getArgumentTypes(), yield->getOperandTypes()));
}

namespace {
class HalfStore {
public:
  HalfStore(ModuleOp module, Block &block)
      : symbols(module), block(block), roots(block), launches(block.getOps<LaunchOp>()) {}

  void run();

private:
  /// A kernel that computes on the GPU.
  bool computesThere(Operation *op) {
    auto launch = dyn_cast<LaunchOp>(op);
    auto kernel = launch ? symbols.lookup<KernelOp>(launch.getKernel()) : KernelOp();
    return kernel && deviceOf(kernel) != Device::cpu && !transferOf(kernel);
  }
  bool mayBeHalf(Operation *user, Value value) {
    auto [root, offset] = roots.of(value);
    // A part that begins at a half of the bytes still begins where a kernel may.
    return typeOf(value).getElementType().isF32() && offset % (2 * kDeviceAlignment) == 0 &&
           root.getDefiningOp() && !root.getDefiningOp<ConstantOp>() &&
           !user->hasTrait<OpTrait::IsTerminator>() && (staysOutside(user) || computesThere(user));
  }
  void keepSome();
  void storeWeights(LaunchOp launch);

  SymbolTable symbols;
  Block &block;
  ValueRoots roots;
  SmallVector<LaunchOp> launches;
  llvm::DenseSet<Value> kept; ///< roots of memory that stays f32
  llvm::DenseMap<Operation *, ConstantOp> halves;
};
} // namespace

void HalfStore::keepSome() {
  for (Operation &op : block) {
    auto judge = [&](Value v) {
      if (!mayBeHalf(&op, v))
        kept.insert(roots.of(v).first);
    };
    llvm::for_each(op.getOperands(), judge);
    llvm::for_each(op.getResults(), judge);
  }
}

void HalfStore::storeWeights(LaunchOp launch) {
  for (OpOperand &use : launch->getOpOperands()) {
    auto constant = use.get().getDefiningOp<ConstantOp>();
    if (!constant || !typeOf(constant).getElementType().isF32() || isVector(typeOf(constant)))
      continue;
    auto [it, isNew] = halves.try_emplace(constant);
    if (ElementsAttr value = isNew ? rounded(constant.getValue()) : ElementsAttr())
      it->second = OpBuilder(constant).create<ConstantOp>(constant.getLoc(),
                                                          asHalf(typeOf(constant)), value);
    if (it->second)
      use.set(it->second);
  }
}

void HalfStore::run() {
  keepSome();
  // Where values lie is asked before their types change.
  SmallVector<Value> stored;
  for (Operation &op : block)
    for (Value v : op.getResults())
      if (!kept.contains(roots.of(v).first))
        stored.push_back(v);
  for (Value v : stored)
    v.setType(asHalf(typeOf(v)));
  for (LaunchOp launch : launches)
    if (computesThere(launch)) {
      storeWeights(launch);
      castAtEdges(symbols.lookup<KernelOp>(launch.getKernel()), launch);
    }
  for (auto &[constant, half] : halves)
    if (constant->use_empty())
      constant->erase();
}

namespace {
struct StoreHalf final : snc::impl::StoreHalfBase<StoreHalf> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (main && llvm::hasSingleElement(main.getBody()))
      HalfStore(getOperation(), main.getBody().front()).run();
  }
};
} // namespace
