// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/ModelTables.h"

#include "codegen/emit/WeightPacker.h"

#include "ir/CallOrder.h"
#include "ir/HalfStorage.h"
#include "ir/Layout.h"
#include "ir/NodeNames.h"
#include "ir/ProgramAccess.h"
#include "ir/Target.h"
#include "runtime/snc.h"
#include "runtime/snc_model.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace snc {

uint32_t dtypeOf(Type element) {
  if (element.isF32())
    return SNC_FLOAT32;
  if (element.isF64())
    return SNC_FLOAT64;
  if (element.isF16())
    return SNC_FLOAT16;
  auto integer = cast<IntegerType>(element);
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return SNC_BOOL;
  case 8:
    return isUnsigned ? SNC_UINT8 : SNC_INT8;
  case 16:
    return isUnsigned ? SNC_UINT16 : SNC_INT16;
  case 32:
    return isUnsigned ? SNC_UINT32 : SNC_INT32;
  default:
    return isUnsigned ? SNC_UINT64 : SNC_INT64;
  }
}

/// halide_type_t: code | bits << 8 | lanes << 16.
static int64_t halideTypeBits(Type element) {
  int64_t code = isa<FloatType>(element)                               ? 2
                 : element.isUnsignedInteger() || element.isInteger(1) ? 1
                                                                       : 0;
  return code | int64_t(element.getIntOrFloatBitWidth()) << 8 | int64_t(1) << 16;
}

std::string nodesOf(CallOp call) {
  std::string names = displayName(call.getLoc());
  return names.empty() ? call.getKernel().str() : names;
}

std::string operatorsOf(KernelOp kernel) {
  std::vector<std::string> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (!isa<ConstantOp>(op) && !isStorageCast(&op))
      ops.push_back(op.getName().stripDialect().str());
  return llvm::join(ops, "+");
}

ModelTables::ModelTables(ModuleOp module, const ExecutorOptions &options, ProgramOp program,
                         StringRef prefix)
    : module(module), options(options), program(program), prefix(prefix), gpu(gpuOf(program)),
      builder(module.getContext()), loc(module.getLoc()),
      ptr(LLVM::LLVMPointerType::get(module.getContext())) {}

Value ModelTables::i32(OpBuilder &b, int64_t v) {
  return b.create<LLVM::ConstantOp>(loc, b.getI32Type(), b.getI32IntegerAttr(int32_t(v)));
}
Value ModelTables::i64(OpBuilder &b, int64_t v) {
  return b.create<LLVM::ConstantOp>(loc, b.getI64Type(), b.getI64IntegerAttr(v));
}
Value ModelTables::address(OpBuilder &b, StringRef global) {
  return b.create<LLVM::AddressOfOp>(loc, ptr, global);
}
Value ModelTables::null(OpBuilder &b) { return b.create<LLVM::ZeroOp>(loc, ptr); }

void ModelTables::addGlobal(StringRef name, Type type, Fill fill) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto global = b.create<LLVM::GlobalOp>(loc, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                         name, Attribute(), /*alignment=*/8);
  Block *body = b.createBlock(&global.getInitializerRegion());
  OpBuilder inside = OpBuilder::atBlockEnd(body);
  Value value = fill(inside);
  inside.create<LLVM::ReturnOp>(loc, value);
}

std::string ModelTables::addString(StringRef text) {
  std::string name = named("text_" + std::to_string(strings++));
  std::string bytes = text.str() + '\0';
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  b.create<LLVM::GlobalOp>(loc, type, true, LLVM::Linkage::Internal, name, b.getStringAttr(bytes));
  return name;
}

Value ModelTables::structOf(OpBuilder &b, Type type, ArrayRef<Value> members) {
  Value value = b.create<LLVM::UndefOp>(loc, type);
  for (auto [i, member] : llvm::enumerate(members))
    value = b.create<LLVM::InsertValueOp>(loc, value, member, int64_t(i));
  return value;
}

Value ModelTables::arrayOf(OpBuilder &b, Type element, ArrayRef<Value> items) {
  auto type = LLVM::LLVMArrayType::get(element, items.size());
  Value value = b.create<LLVM::UndefOp>(loc, type);
  for (auto [i, item] : llvm::enumerate(items))
    value = b.create<LLVM::InsertValueOp>(loc, value, item, int64_t(i));
  return value;
}

void ModelTables::addTensors(StringRef name, Space space) {
  llvm::SmallVector<BufferOp> tensors;
  for (BufferOp buffer : program.getBody().getOps<BufferOp>())
    if (buffer.getSpace() == space)
      tensors.push_back(buffer);
  llvm::sort(tensors, [](BufferOp a, BufferOp b) { return *a.getIndex() < *b.getIndex(); });
  tensorCounts.push_back(int64_t(tensors.size()));
  std::vector<std::string> names;
  for (BufferOp buffer : tensors)
    names.push_back(addString(buffer.getName().value_or("")));
  MLIRContext *context = module.getContext();
  Type word = builder.getI32Type(), wide = builder.getI64Type();
  auto dims = LLVM::LLVMArrayType::get(wide, SNC_MAX_RANK);
  auto info = LLVM::LLVMStructType::getLiteral(context, {ptr, word, word, dims, wide});
  auto table = LLVM::LLVMArrayType::get(info, tensors.size());
  addGlobal(name, table, [&](OpBuilder &b) {
    SmallVector<Value> items;
    for (auto [buffer, text] : llvm::zip(tensors, names)) {
      RankedTensorType type = buffer.getType().getTensor();
      SmallVector<Value> extents;
      for (int64_t d = 0; d < SNC_MAX_RANK; ++d)
        extents.push_back(i64(b, d < type.getRank() ? type.getDimSize(unsigned(d)) : 0));
      items.push_back(
          structOf(b, info,
                   {address(b, text), i32(b, dtypeOf(type.getElementType())),
                    i32(b, type.getRank()), arrayOf(b, wide, extents), i64(b, byteSize(type))}));
    }
    return arrayOf(b, info, items);
  });
}

void ModelTables::addBuffers() {
  // {base, index, offset, type, reserved} as 32-bit words, little endian.
  SmallVector<int32_t> words;
  for (CallOp call : program.getBody().getOps<CallOp>()) {
    first.push_back(buffers);
    for (Value v : call.getOperands()) {
      auto [buffer, start] = rootOf(v);
      uint64_t offset = buffer.getOffset() + uint64_t(start);
      Type element = buffer.getType().getTensor().getElementType();
      for (int64_t word : {int64_t(buffer.getSpace()), int64_t(buffer.getIndex().value_or(0)),
                           int64_t(offset & 0xffffffff), int64_t(offset >> 32),
                           halideTypeBits(element), int64_t(0)})
        words.push_back(int32_t(word));
      ++buffers;
    }
  }
  addWords(named("buffers"), words);
}

void ModelTables::addWords(StringRef name, ArrayRef<int32_t> words) {
  auto type = LLVM::LLVMArrayType::get(builder.getI32Type(), words.size());
  auto data = DenseElementsAttr::get(
      RankedTensorType::get({int64_t(words.size())}, builder.getI32Type()), words);
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  b.create<LLVM::GlobalOp>(loc, type, true, LLVM::Linkage::Internal, name, data, 8);
}

void ModelTables::addKernels() {
  SymbolTable symbols(module);
  SmallVector<CallOp> calls(program.getBody().getOps<CallOp>());
  std::vector<std::pair<std::string, std::string>> texts;
  SmallVector<KernelOp> kernels;
  for (CallOp call : calls) {
    auto kernel = symbols.lookup<KernelOp>(call.getKernel());
    kernels.push_back(kernel);
    texts.push_back({addString(nodesOf(call)), addString(operatorsOf(kernel))});
  }
  auto number = [](KernelOp kernel, StringRef name) -> int64_t {
    auto value = kernel->getAttrOfType<IntegerAttr>(name);
    return value ? value.getInt() : 0;
  };
  for (KernelOp kernel : kernels) {
    scratch = std::max(scratch, number(kernel, "snc.scratch"));
    workerScratch = std::max(workerScratch, number(kernel, "snc.worker_scratch"));
  }
  auto info = LLVM::LLVMStructType::getLiteral(
      module.getContext(), {ptr, ptr, builder.getI64Type(), builder.getI64Type()});
  auto table = LLVM::LLVMArrayType::get(info, calls.size());
  addGlobal(named("kernels"), table, [&](OpBuilder &b) {
    SmallVector<Value> items;
    for (auto [kernel, text] : llvm::zip(kernels, texts))
      items.push_back(
          structOf(b, info,
                   {address(b, text.first), address(b, text.second),
                    i64(b, number(kernel, "snc.flops")), i64(b, number(kernel, "snc.bytes"))}));
    return arrayOf(b, info, items);
  });
}

void ModelTables::addModel(ArrayRef<EmittedStep> steps, StringRef fallback) {
  addTensors(named("inputs"), Space::input);
  addTensors(named("outputs"), Space::output);
  addBuffers();
  addKernels();
  addSteps(steps);
  addUnits();
  if (gpu)
    addGpu(fallback);
  std::string name = addString(options.name);
  bool embedded = options.weightsFile.empty();
  std::string file = embedded ? "" : addString(options.weightsFile);
  int64_t weights = blobBytes(module);
  if (embedded && weights && !module.lookupSymbol(kWeightsSymbol)) {
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    b.create<LLVM::GlobalOp>(loc, LLVM::LLVMArrayType::get(b.getI8Type(), uint64_t(weights)), true,
                             LLVM::Linkage::External, kWeightsSymbol, Attribute());
  }
  Type w = builder.getI32Type(), d = builder.getI64Type();
  auto type = LLVM::LLVMStructType::getLiteral(
      module.getContext(), {w,   w, ptr, w,   w,   w,   w,   ptr, ptr, ptr, ptr, d, d,  d,
                            ptr, d, d,   ptr, ptr, ptr, ptr, ptr, w,   w,   w,   w, ptr});
  addGlobal(modelName(), type, [&](OpBuilder &b) {
    return structOf(b, type,
                    {i32(b, SNC_ABI_VERSION),
                     i32(b, options.threads),
                     address(b, name),
                     i32(b, tensorCounts[0]),
                     i32(b, tensorCounts[1]),
                     i32(b, buffers),
                     i32(b, int64_t(first.size())),
                     address(b, named("inputs")),
                     address(b, named("outputs")),
                     address(b, named("buffers")),
                     address(b, named("kernels")),
                     i64(b, program.getArena()),
                     i64(b, scratch),
                     i64(b, workerScratch),
                     embedded && weights ? address(b, kWeightsSymbol) : null(b),
                     i64(b, weights),
                     i64(b, int64_t(options.weightsHash)),
                     embedded ? null(b) : address(b, file),
                     address(b, named("phases")),
                     address(b, named("steps")),
                     waits ? address(b, named("waits")) : null(b),
                     units ? address(b, named("units")) : null(b),
                     i32(b, phases),
                     i32(b, int64_t(steps.size())),
                     i32(b, waits),
                     i32(b, units),
                     gpu ? address(b, named("gpu")) : null(b)});
  });
}

} // namespace snc
