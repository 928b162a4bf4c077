// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "codegen/emit/LowerToLLVM.h"

#include "codegen/emit/ModelTables.h"
#include "ir/Target.h"
#include "ir/Transfer.h"
#include "runtime/snc.h"

using namespace mlir;

namespace snc {

namespace {
constexpr int64_t kBufferBytes = 56; // sizeof(snc_buffer)

/// What kernels that are copies move, by name.
struct TransferCopy {
  CopyRuns copy;
  bool toHost;
};
using TransferMap = llvm::StringMap<TransferCopy>;

/// Once the kernels are gone their names are those of functions in other objects.
TransferMap takeKernels(ModuleOp module) {
  TransferMap transfers;
  for (KernelOp kernel : llvm::make_early_inc_range(module.getOps<KernelOp>())) {
    if (TransferOp transfer = transferOf(kernel))
      transfers[kernel.getSymName()] = {copyRunsOf(transfer), transfer.getToHost()};
    kernel.erase();
  }
  return transfers;
}

class Executor {
public:
  Executor(ModuleOp module, const TransferMap &transfers, const ExecutorOptions &options)
      : module(module), transfers(transfers), options(options),
        b(OpBuilder::atBlockEnd(module.getBody())), loc(module.getLoc()),
        ptr(LLVM::LLVMPointerType::get(module.getContext())), i32(b.getI32Type()) {}

  LLVM::LLVMFuncOp declare(StringRef name, Type result, ArrayRef<Type> arguments) {
    if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return known;
    b.setInsertionPointToEnd(module.getBody());
    return b.create<LLVM::LLVMFuncOp>(loc, name, LLVM::LLVMFunctionType::get(result, arguments));
  }

  /// One function a step, (worker, buffers) -> status: the calls in order, each checked.
  void addSteps(ProgramOp program, const ModelTables &tables, ArrayRef<EmittedStep> steps) {
    SmallVector<CallOp> calls(program.getBody().getOps<CallOp>());
    for (auto [i, step] : llvm::enumerate(steps))
      addStep(tables.stepName(i), ArrayRef<CallOp>(calls).slice(step.firstCall, step.numCalls),
              tables.firstBuffers().drop_front(step.firstCall), step.firstCall);
  }

  /// The public functions: each hands the model, or what it was given, on.
  void addInterface() {
    Type i64 = b.getI64Type();
    wrap("options_init", "snc_options_init", none(), {ptr}, false);
    wrap("create", "snc_context_create", i32, {ptr, ptr}, true);
    wrap("run", "snc_context_run", i32, {ptr, ptr, ptr}, false);
    wrap("run_indexed", "snc_context_run", i32, {ptr, ptr, ptr}, false);
    wrap("cancel", "snc_context_cancel", i32, {ptr}, false);
    wrap("destroy", "snc_context_destroy", none(), {ptr}, false);
    wrap("device", "snc_context_device", i32, {ptr, ptr}, false);
    wrap("strerror", "snc_strerror", ptr, {i32}, false);
    wrap("input_count", "snc_model_input_count", i32, {}, true);
    wrap("output_count", "snc_model_output_count", i32, {}, true);
    wrap("kernel_count", "snc_model_kernel_count", i32, {}, true);
    wrap("input_info", "snc_model_input_info", ptr, {i32}, true);
    wrap("output_info", "snc_model_output_info", ptr, {i32}, true);
    wrap("kernel_info", "snc_model_kernel_info", ptr, {i32}, true);
    wrap("workspace_bytes", "snc_model_workspace_bytes", i64, {i32}, true);
    wrap("workspace_alignment", "snc_model_workspace_alignment", i64, {}, true);
    LLVM::LLVMFuncOp version = declare(options.name + "_abi_version", i32, {});
    b.setInsertionPointToEnd(version.addEntryBlock(b));
    b.create<LLVM::ReturnOp>(loc, constant(SNC_ABI_VERSION));
  }

private:
  /// Buffers of call i begin at first[i]; kernels are numbered from `kernel`.
  void addStep(const std::string &name, ArrayRef<CallOp> calls, ArrayRef<int64_t> first,
               int64_t kernel) {
    LLVM::LLVMFuncOp isTraced = declare("snc_traced", i32, {ptr});
    LLVM::LLVMFuncOp begin = declare("snc_kernel_begin", none(), {ptr});
    LLVM::LLVMFuncOp end = declare("snc_kernel_end", none(), {ptr, i32});
    LLVM::LLVMFuncOp function = declare(name, i32, {ptr, ptr});
    function.setLinkage(LLVM::Linkage::Internal);
    Block *entry = function.addEntryBlock(b);
    Block *failed = b.createBlock(&function.getBody());
    failed->addArgument(i32, loc);
    b.create<LLVM::ReturnOp>(loc, failed->getArgument(0));
    b.setInsertionPointToEnd(entry);
    Value worker = entry->getArgument(0), buffers = entry->getArgument(1), zero = constant(0);
    Value traced =
        b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::ne,
                               b.create<LLVM::CallOp>(loc, isTraced, worker).getResult(), zero);
    for (auto [i, call] : llvm::enumerate(calls)) {
      traceIf(function, traced, begin, {worker});
      SmallVector<Value> arguments{worker};
      for (size_t k = 0; k < call->getNumOperands(); ++k)
        arguments.push_back(bufferAt(buffers, first[i] + int64_t(k)));
      Value status = b.create<LLVM::CallOp>(loc, calleeOf(call, arguments), arguments).getResult();
      traceIf(function, traced, end, {worker, constant(kernel + int64_t(i))});
      Value bad = b.create<LLVM::ICmpOp>(loc, LLVM::ICmpPredicate::ne, status, zero);
      Block *next = addBlock(function);
      b.create<LLVM::CondBrOp>(loc, bad, failed, ValueRange{status}, next, ValueRange{});
      b.setInsertionPointToEnd(next);
    }
    b.create<LLVM::ReturnOp>(loc, zero);
  }

  /// The kernel's function; of a transfer the runtime's, which is told what to copy.
  LLVM::LLVMFuncOp calleeOf(CallOp call, SmallVectorImpl<Value> &arguments) {
    SmallVector<Type> types(arguments.size(), ptr);
    std::string name = call.getKernel().str();
    if (auto it = transfers.find(name); it != transfers.end()) {
      const CopyRuns &copy = it->second.copy;
      name = it->second.toHost ? "snc_gpu_download" : "snc_gpu_upload";
      for (int64_t number : {copy.runBytes, copy.runs, copy.fromPitch, copy.toPitch}) {
        arguments.push_back(
            b.create<LLVM::ConstantOp>(loc, b.getI64Type(), b.getI64IntegerAttr(number)));
        types.push_back(b.getI64Type());
      }
    }
    OpBuilder::InsertionGuard guard(b);
    return declare(name, i32, types);
  }

  Type none() { return LLVM::LLVMVoidType::get(module.getContext()); }
  Value constant(int64_t v) {
    return b.create<LLVM::ConstantOp>(loc, i32, b.getI32IntegerAttr(int32_t(v)));
  }

  Block *addBlock(LLVM::LLVMFuncOp function) {
    OpBuilder::InsertionGuard guard(b);
    return b.createBlock(&function.getBody(), function.getBody().end());
  }

  Value bufferAt(Value buffers, int64_t index) {
    return b.create<LLVM::GEPOp>(loc, ptr, b.getI8Type(), buffers,
                                 ArrayRef<LLVM::GEPArg>{int32_t(index * kBufferBytes)});
  }

  void traceIf(LLVM::LLVMFuncOp function, Value traced, LLVM::LLVMFuncOp hook,
               ArrayRef<Value> arguments) {
    Block *call = addBlock(function), *next = addBlock(function);
    b.create<LLVM::CondBrOp>(loc, traced, call, next);
    b.setInsertionPointToEnd(call);
    b.create<LLVM::CallOp>(loc, hook, arguments);
    b.create<LLVM::BrOp>(loc, next);
    b.setInsertionPointToEnd(next);
  }

  void wrap(StringRef function, StringRef target, Type result, ArrayRef<Type> arguments,
            bool takesModel) {
    SmallVector<Type> inner(arguments);
    if (takesModel)
      inner.insert(inner.begin(), ptr);
    LLVM::LLVMFuncOp callee = declare(target, result, inner);
    LLVM::LLVMFuncOp wrapper = declare((options.name + "_" + function).str(), result, arguments);
    Block *entry = wrapper.addEntryBlock(b);
    b.setInsertionPointToEnd(entry);
    SmallVector<Value> values(entry->getArguments());
    if (takesModel)
      values.insert(values.begin(), b.create<LLVM::AddressOfOp>(loc, ptr, "snc_the_model"));
    auto call = b.create<LLVM::CallOp>(loc, callee, values);
    b.create<LLVM::ReturnOp>(loc, call.getResults());
  }

  ModuleOp module;
  const TransferMap &transfers;
  const ExecutorOptions &options;
  OpBuilder b;
  Location loc;
  Type ptr, i32;
};

struct LowerToLLVMPass final : PassWrapper<LowerToLLVMPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerToLLVMPass)
  StringRef getArgument() const final { return "snc-lower-to-llvm"; }
  StringRef getDescription() const final { return "turns a program in memory into its executor"; }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<LLVM::LLVMDialect>();
  }
  void runOnOperation() final {
    ExecutorOptions options;
    options.threads = 1;
    if (failed(lowerToLLVM(getOperation(), options)))
      signalPassFailure();
  }
};
} // namespace

LogicalResult lowerToLLVM(ModuleOp module, const ExecutorOptions &options) {
  module.getContext()->loadDialect<LLVM::LLVMDialect>();
  auto programs = module.getOps<ProgramOp>();
  if (programs.empty())
    return module.emitError("S1: there is no snc.program to lower");
  ProgramOp first = *programs.begin(), fallback = fallbackOf(module);
  SmallVector<Operation *> done(programs.begin(), programs.end());
  struct Part {
    ProgramOp program;
    std::vector<EmittedStep> steps;
    ModelTables tables;
  };
  std::vector<Part> parts;
  auto add = [&](ProgramOp program, StringRef prefix) -> LogicalResult {
    auto steps = stepsOf(program);
    if (failed(steps))
      return failure();
    parts.push_back({program, *steps, ModelTables(module, options, program, prefix)});
    std::string other = parts.size() > 1 ? parts.front().tables.modelName() : "";
    parts.back().tables.addModel(parts.back().steps, other);
    return success();
  };
  // The fallback first: the model names it.
  if ((fallback && fallback != first && failed(add(fallback, "snc_fallback"))) ||
      failed(add(first, "snc")))
    return failure();
  TransferMap transfers = takeKernels(module);
  Executor executor(module, transfers, options);
  for (Part &part : parts)
    executor.addSteps(part.program, part.tables, part.steps);
  for (Operation *op : done)
    op->erase();
  executor.addInterface();
  return success();
}

void registerEmitPasses() { PassRegistration<LowerToLLVMPass>(); }

} // namespace snc
