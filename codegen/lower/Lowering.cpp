// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/lower/Lowering.h"

#include "codegen/lower/StoredHalf.h"

#include "ir/ConstantData.h"
#include "ir/Layout.h"
#include "ir/Target.h"

using namespace mlir;

namespace snc {

Stage &LoweredKernel::addStage(Stage stage) { return stages.emplace_back(std::move(stage)); }

hl::Expr lowest(hl::Type type) {
  return type.is_float() ? hl::cast(type, -std::numeric_limits<float>::infinity()) : type.min();
}

void define(LoweredKernel &kernel, Operation *op, const IndexSpace &space, hl::Expr value) {
  RankedTensorType type = resultType(op);
  // Halide tells Funcs and its own functions apart by name: none may be called "abs".
  hl::Func f(op->getName().stripDialect().str() + "_value");
  f(space.vars) = hl::cast(halideType(type.getElementType()), value);
  kernel.values[op->getResult(0)] = {f, type};
}

/// Shapes are compile-time facts: every bound and stride becomes a constant.
static void fixShape(hl::OutputImageParam param, RankedTensorType type, Type element) {
  int i = 0;
  for (auto [extent, stride] : llvm::zip(physicalExtents(type), physicalStrides(type)))
    param.dim(i++).set_bounds(0, int(extent)).set_stride(int(stride));
  // Plain tensors may be the caller's memory, of unknown alignment; a part of a blocked
  // one begins at some block or pixel.
  if (int64_t lanes = blockedLanes(type))
    param.set_host_alignment(int(std::min<int64_t>(64, lanes * elementBytes(element))));
  else if (isa_and_present<PackedAttr>(type.getEncoding()))
    param.set_host_alignment(64);
}

static Type elementOf(Type tensor) { return cast<RankedTensorType>(tensor).getElementType(); }

/// Argument `index`, whose elements lie in memory as `stored`, as a Func of the numbers they
/// stand for.
static hl::Func addArgument(LoweredKernel &kernel, RankedTensorType type, size_t index,
                            Type element) {
  hl::ImageParam param(storageType(element, kernel.device), int(physicalExtents(type).size()),
                       "arg" + std::to_string(index));
  fixShape(param, type, element);
  kernel.arguments.push_back(param);
  if (element == type.getElementType())
    return hl::Func(param);
  hl::Func numbers("numbers" + std::to_string(index));
  numbers(hl::_) = loaded(param(hl::_), element);
  return numbers;
}

/// True where padded lanes of `value` are zero by themselves: packed weights and
/// biases are zero there, and so are arguments; and the operators up to here map
/// zeros to zero. A tensor's only channel is read for every lane, so it has none.
static bool isZeroInPadding(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t lanes = blockedLanes(type);
  auto channels = [](RankedTensorType t) { return t.getDimSize(t.getRank() == 1 ? 0 : 1); };
  if (!lanes || channels(type) == 1)
    return false;
  Operation *op = value.getDefiningOp();
  if (!op)
    return true;
  if (auto conv = dyn_cast<ConvOp>(op)) {
    auto packed = dyn_cast_or_null<PackedAttr>(
        cast<RankedTensorType>(conv.getWeight().getType()).getEncoding());
    return packed && packed.getLanes() == lanes &&
           (!conv.getBias() || blockedLanes(conv.getBias().getType()) == lanes);
  }
  if (auto clamp = dyn_cast<ClampOp>(op))
    if (clamp.getLo().convertToFloat() > 0 || clamp.getHi().convertToFloat() < 0)
      return false;
  if (copiesChannelRuns(op))
    return true;
  auto follows = [&](Value v) {
    auto operand = cast<RankedTensorType>(v.getType());
    return blockedLanes(operand) == lanes && operand.getRank() == type.getRank() &&
           channels(operand) == channels(type) && isZeroInPadding(v);
  };
  return isa<ReluOp, LeakyReluOp, ClampOp, HardSwishOp, SwishOp, TanhOp, AddOp, SubOp, MulOp>(op) &&
         llvm::all_of(op->getOperands(), follows);
}

hl::Expr liesWithin(const hl::Expr &i, int extent) {
  return hl::reinterpret<uint32_t>(i) < hl::Expr(uint32_t(extent));
}

/// Padded lanes of a blocked result must hold zero (K3).
static void finish(LoweredKernel &kernel, Value result) {
  TensorView last = kernel.view(result);
  kernel.space = indexSpace(last.type);
  kernel.resultTensor = last.type;
  const Coords &at = kernel.space.coords;
  if (at.padded && !isZeroInPadding(result)) {
    hl::Func masked("masked");
    int channels = int(last.dim(last.rank() == 1 ? 0 : 1));
    std::vector<hl::Expr> place(kernel.space.vars.begin(), kernel.space.vars.end());
    hl::Expr value = last.func(place), channel = at.logical[last.rank() == 1 ? 0 : 1];
    hl::Expr real = kernel.gpu ? liesWithin(channel, channels) : channel < channels;
    masked(kernel.space.vars) = hl::select(real, value, hl::cast(value.type(), 0));
    last.func = masked;
  }
  if (last.func.type() != storageType(kernel.resultElement, kernel.device)) {
    hl::Func halves("halves");
    std::vector<hl::Expr> place(kernel.space.vars.begin(), kernel.space.vars.end());
    halves(kernel.space.vars) = stored(last.func(place), kernel.resultElement, kernel.device);
    last.func = halves;
  }
  kernel.output = last.func;
  fixShape(kernel.output.output_buffer(), last.type, kernel.resultElement);
  int i = 0;
  for (int64_t extent : physicalExtents(last.type))
    kernel.output.bound(kernel.space.vars[size_t(i++)], 0, int(extent));
}

static LogicalResult lowerOp(LoweredKernel &kernel, Operation *op) {
  for (Type type : op->getOperandTypes())
    if (halideType(cast<RankedTensorType>(type).getElementType()).is_handle())
      return op->emitOpError("has an element type that kernels do not compute with: ") << type;
  bool done = lowerChannelRuns(kernel, op) || lowerElementwise(kernel, op) ||
              lowerConvolution(kernel, op) || lowerPool(kernel, op) || lowerNorm(kernel, op) ||
              lowerMatrix(kernel, op) || lowerReduction(kernel, op) || lowerMovement(kernel, op) ||
              lowerResize(kernel, op) || lowerConstant(kernel, op);
  return done ? success() : op->emitOpError("has no lowering");
}

FailureOr<LoweredKernel> lowerKernel(KernelOp kernel) {
  LoweredKernel lowered;
  lowered.device = deviceOf(kernel);
  lowered.gpu = lowered.device != Device::cpu;
  Block &body = kernel.getBody().front();
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    Type element = elementOf(kernel.getArgumentTypes()[i]);
    lowered.values[argument] = {addArgument(lowered, type, i, element), type};
  }
  if (kernel.getResultTypes().size() != 1)
    return kernel.emitOpError("a kernel has one result");
  lowered.resultElement = elementOf(kernel.getResultTypes().front());
  for (Operation &op : body.without_terminator())
    if (failed(lowerOp(lowered, &op)))
      return failure();
  Value last = body.getTerminator()->getOperand(0);
  if (!last.getDefiningOp())
    return kernel.emitOpError("a kernel computes its result");
  finish(lowered, last);
  return lowered;
}

bool lowerConstant(LoweredKernel &kernel, Operation *op) {
  auto constant = dyn_cast<ConstantOp>(op);
  if (!constant)
    return false;
  hl::Expr value;
  if (auto floats = floatValues(constant.getValue()); floats && floats->size() == 1)
    value = hl::Expr(floats->front());
  else if (auto ints = integerValues(constant.getValue()); ints && ints->size() == 1)
    value =
        hl::Internal::make_const(halideType(constant.getValue().getElementType()), ints->front());
  else if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue()); dense && dense.isSplat())
    value = isa<FloatType>(dense.getElementType())
                ? hl::Internal::make_const(halideType(dense.getElementType()),
                                           dense.getSplatValue<APFloat>().convertToDouble())
                : hl::Internal::make_const(halideType(dense.getElementType()),
                                           integerValues(constant.getValue())->front());
  if (!value.defined()) {
    op->emitOpError("with more than one value must be an argument of the kernel");
    value = hl::Internal::make_zero(halideType(constant.getValue().getElementType()));
  }
  define(kernel, op, indexSpace(resultType(op)), value);
  return true;
}

} // namespace snc
