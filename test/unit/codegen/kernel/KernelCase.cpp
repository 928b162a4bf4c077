// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelCase.h"

#include "DeviceKernel.h"
#include "LoadedKernel.h"
#include "codegen/KernelCompiler.h"
#include "codegen/emit/WeightPacker.h"
#include "ir/ConstantData.h"
#include "ir/Layout.h"
#include "ir/Target.h"
#include "passes/ScheduleMenu.h"
#include "passes/SchedulePasses.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace snc::test {

std::vector<StringRef> runnableTargets() {
  std::vector<StringRef> names;
  const Target *host = findTarget("host");
  bool reached = false;
  for (const Target &target : allTargets()) {
    reached |= host && target.name == host->name;
    if (reached && target.triple == host->triple)
      names.push_back(target.name);
  }
  return names;
}

KernelCase::KernelCase(StringRef target, unsigned seed, int64_t threads)
    : builder(&context), loc(builder.getUnknownLoc()), random(seed) {
  context.loadDialect<SncDialect, func::FuncDialect>();
  module = ModuleOp::create(loc);
  auto [host, device] = target.split('/');
  setTarget(*module, *findTarget(host), threads);
  builder.setInsertionPointToEnd(module->getBody());
  kernel = builder.create<KernelOp>(loc, "k", builder.getFunctionType({}, {}));
  if (!device.empty())
    kernel->setAttr("snc.device", builder.getStringAttr(device));
  builder.setInsertionPointToEnd(&kernel.getBody().front());
}

int64_t KernelCase::pick(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

int64_t KernelCase::pickOf(std::initializer_list<int64_t> values) {
  return values.begin()[pick(0, int64_t(values.size()) - 1)];
}

Attribute KernelCase::layout(int64_t lanes) {
  return lanes ? Attribute(BlockedAttr::get(&context, lanes)) : Attribute();
}

Value KernelCase::argument(Shape shape, int64_t lanes, double low, double high) {
  return argument(shape, layout(lanes), builder.getF32Type(), low, high);
}

Value KernelCase::argument(Shape shape, Attribute layout, Type element, double low, double high) {
  Tensor data(shape);
  std::uniform_real_distribution<double> real(low, high);
  for (double &v : data.data)
    v = isa<FloatType>(element) ? double(float(real(random)))
                                : double(pick(int64_t(low), int64_t(high)));
  inputs.push_back(data);
  return kernel.getBody().front().addArgument(RankedTensorType::get(shape, element, layout), loc);
}

Value KernelCase::constant(float value) {
  auto type = RankedTensorType::get({}, builder.getF32Type());
  return builder.create<ConstantOp>(loc, type, DenseElementsAttr::get(type, value));
}

Value KernelCase::blocked(Value value, int64_t lanes) {
  value.setType(withLayout(cast<RankedTensorType>(value.getType()), layout(lanes)));
  return value;
}

void KernelCase::schedule(StringRef kind, std::vector<std::pair<StringRef, int64_t>> params) {
  NamedAttrList list;
  if (deviceOf(kernel) != Device::cpu && !kind.starts_with("gpu_")) {
    if (kind != "generic")
      return;
    kind = "gpu_generic";
    params.clear();
  }
  for (auto [name, value] : params)
    list.set(name, builder.getI64IntegerAttr(value));
  kernel.setScheduleAttr(ScheduleAttr::get(&context, kind, list.getDictionary(&context)));
  scheduled = true;
}

std::string KernelCase::text() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel.print(stream, OpPrintingFlags().elideLargeElementsAttrs(16));
  return text;
}

/// The elements in the model's order and the tensor's own type.
static ElementsAttr elements(const Tensor &t, RankedTensorType type) {
  auto plain = withLayout(type, {});
  std::vector<char> bytes(size_t(byteSize(plain)));
  Type e = type.getElementType();
  auto store = [&](auto zero) {
    for (size_t i = 0; i < t.data.size(); ++i)
      reinterpret_cast<decltype(zero) *>(bytes.data())[i] = decltype(zero)(t.data[i]);
  };
  if (e.isF32())
    store(0.0f);
  else if (e.isF64())
    store(0.0);
  else if (e.isInteger(64))
    store(int64_t(0));
  else if (e.isInteger(32))
    store(int32_t(0));
  else
    store(int8_t(0));
  return makeElements(plain, ArrayRef<char>(bytes), "data");
}

/// Weights are constants behind a launch, as in a network, so that they are packed.
void KernelCase::finish(Value result) {
  builder.create<YieldOp>(loc, result);
  Block &body = kernel.getBody().front();
  kernel.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), result.getType()));
  builder.setInsertionPointToEnd(module->getBody());
  auto main = builder.create<func::FuncOp>(loc, "main", builder.getFunctionType({}, {}));
  Block *entry = main.addEntryBlock();
  builder.setInsertionPointToEnd(entry);
  SmallVector<Value> operands;
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    operands.push_back(builder.create<ConstantOp>(loc, type, elements(inputs[i], type)));
  }
  builder.create<LaunchOp>(loc, TypeRange(result.getType()),
                           FlatSymbolRefAttr::get(kernel.getSymNameAttr()), operands,
                           IntegerAttr());
  builder.create<func::ReturnOp>(loc);
  if (menuPlace) {
    auto menu = scheduleMenu(kernel, targetOf(*module), threadsOf(kernel));
    kernel.setScheduleAttr(menu[*menuPlace % menu.size()]);
    scheduled = true;
  }
  PassManager pm(&context);
  if (!scheduled)
    pm.addPass(createChooseSchedules());
  pm.addPass(createPackWeights());
  ASSERT_TRUE(succeeded(pm.run(*module)));
}

/// The element at `flat` bytes of a tensor in memory.
static double load(const std::vector<char> &bytes, size_t i, Type e) {
  auto at = [&](auto zero) {
    return double(reinterpret_cast<const decltype(zero) *>(bytes.data())[i]);
  };
  if (e.isF32())
    return at(0.0f);
  if (e.isF64())
    return at(0.0);
  if (e.isInteger(64))
    return at(int64_t(0));
  if (e.isInteger(32))
    return at(int32_t(0));
  return e.isUnsignedInteger() ? at(uint8_t(0)) : at(int8_t(0));
}

/// Place of `index` in memory, by the formulas of ir/SncAttrs.td.
static size_t placeOf(RankedTensorType type, ArrayRef<int64_t> index) {
  int64_t lanes = blockedLanes(type), flat = 0;
  if (!lanes) {
    for (int64_t d = 0; d < type.getRank(); ++d)
      flat =
          flat * (d == 2 && type.getRank() == 4 ? planeRows(type) : type.getDimSize(d)) + index[d];
    return size_t(flat);
  }
  int64_t blocks = (type.getDimSize(1) + lanes - 1) / lanes;
  flat = index[0] * blocks + index[1] / lanes;
  return size_t(((flat * planeRows(type) + index[2]) * type.getDimSize(3) + index[3]) * lanes +
                index[1] % lanes);
}

static bool isWindow(RankedTensorType type) {
  return type.getRank() == 4 && planeRows(type) != type.getDimSize(2);
}

/// True for elements of a window's memory that belong to rows of the higher tensor alone.
static bool isBetween(RankedTensorType type, size_t place) {
  if (!isWindow(type))
    return false;
  int64_t row = type.getDimSize(3) * std::max<int64_t>(1, blockedLanes(type));
  return int64_t(place) / row % planeRows(type) >= type.getDimSize(2);
}

/// A tensor as a kernel finds it; NaN between the rows of a window.
static std::vector<char> inMemory(const Tensor &t, RankedTensorType type) {
  if (!isWindow(type))
    return packTensor(elements(t, type), type);
  std::vector<float> all(size_t(byteSize(type)) / sizeof(float), 0.0f);
  for (size_t i = 0; i < all.size(); ++i)
    if (isBetween(type, i))
      all[i] = std::nanf("");
  forEach(type.getShape(),
          [&](ArrayRef<int64_t> index) { all[placeOf(type, index)] = float(t.at(index)); });
  auto *bytes = reinterpret_cast<const char *>(all.data());
  return {bytes, bytes + all.size() * sizeof(float)};
}

static void compare(const std::vector<char> &bytes, RankedTensorType type, const Tensor &expected,
                    double tolerance) {
  double scale = 1;
  for (double v : expected.data)
    scale = std::max(scale, std::isfinite(v) ? std::fabs(v) : 0);
  Type e = type.getElementType();
  size_t total = bytes.size() / size_t(elementBytes(e)), wrong = 0;
  std::vector<bool> belongs(total);
  forEach(type.getShape(), [&](ArrayRef<int64_t> index) {
    size_t place = placeOf(type, index);
    belongs[place] = true;
    double actual = load(bytes, place, e), wanted = expected.at(index);
    bool equal = std::isnan(wanted)
                     ? std::isnan(actual)
                     : wanted == actual || std::fabs(wanted - actual) <= tolerance * scale;
    if (!equal && wrong++ < 3) {
      std::string at;
      for (int64_t i : index)
        at += " " + std::to_string(i);
      ADD_FAILURE() << "at" << at << ": " << actual << ", expected " << wanted;
    }
  });
  for (size_t i = 0; i < total; ++i) {
    double value = load(bytes, i, e);
    if (isBetween(type, i) && !std::isnan(value)) {
      ADD_FAILURE() << "writes " << value << " between the rows of a window";
      return;
    }
    if (!belongs[i] && !isBetween(type, i) && value != 0) {
      ADD_FAILURE() << "K3: a padded lane holds " << value;
      return;
    }
  }
}

void KernelCase::check(Value result, double tolerance) {
  finish(result);
  SCOPED_TRACE(std::string(module->getOperation()->getAttrOfType<StringAttr>("snc.target").str()) +
               "\n" + text());
  ASSERT_TRUE(succeeded(verify(*module)));
  Block &body = kernel.getBody().front();
  std::vector<std::vector<char>> memory;
  llvm::DenseMap<Value, Tensor> values;
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    memory.push_back(inMemory(inputs[i], type));
    values[argument] = inputs[i];
  }
  for (Operation &op : body.without_terminator()) {
    std::vector<Tensor> operands;
    for (Value v : op.getOperands())
      operands.push_back(values[v]);
    values[op.getResult(0)] = evaluate(&op, operands);
  }
  Value last = body.getTerminator()->getOperand(0);
  auto type = cast<RankedTensorType>(last.getType());
  std::vector<char> output;
  if (deviceOf(kernel) != Device::cpu && !hasOpenCL())
    GTEST_SKIP() << "there is no OpenCL device";
  auto run = deviceOf(kernel) == Device::cpu ? runKernel : runOnDevice;
  ASSERT_NO_FATAL_FAILURE(output = run(*module, kernel, memory));
  if (output.size() == size_t(byteSize(type)))
    compare(output, type, values[last], tolerance);
}

} // namespace snc::test
