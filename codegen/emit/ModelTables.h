// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant tables of runtime/snc_model.h as LLVM globals.

#ifndef SNC_CODEGEN_EMIT_MODELTABLES_H
#define SNC_CODEGEN_EMIT_MODELTABLES_H

#include "codegen/emit/LowerToLLVM.h"
#include "codegen/emit/Steps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace snc {

/// Layouts follow snc_model.h and snc.h member by member.
class ModelTables {
public:
  ModelTables(mlir::ModuleOp module, const ExecutorOptions &options);

  /// The snc_model of `program`; step i is the function stepName(i).
  void addModel(ProgramOp program, llvm::ArrayRef<EmittedStep> steps);

  /// Position of the first buffer of each call in the table of buffers.
  llvm::ArrayRef<int64_t> firstBuffers() const { return first; }

private:
  using Fill = llvm::function_ref<mlir::Value(mlir::OpBuilder &)>;
  void addGlobal(llvm::StringRef name, mlir::Type type, Fill fill);
  std::string addString(llvm::StringRef text);
  void addTensors(llvm::StringRef name, ProgramOp program, Space space);
  void addBuffers(ProgramOp program);
  void addKernels(ProgramOp program);
  void addSteps(llvm::ArrayRef<EmittedStep> steps);
  void addUnits();
  void addWords(llvm::StringRef name, llvm::ArrayRef<int32_t> words);
  mlir::Value structOf(mlir::OpBuilder &b, mlir::Type type, llvm::ArrayRef<mlir::Value> members);
  mlir::Value i32(mlir::OpBuilder &b, int64_t v);
  mlir::Value i64(mlir::OpBuilder &b, int64_t v);
  mlir::Value address(mlir::OpBuilder &b, llvm::StringRef global);
  mlir::Value null(mlir::OpBuilder &b);

  mlir::ModuleOp module;
  const ExecutorOptions &options;
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::Type ptr;
  llvm::SmallVector<int64_t> first;
  int64_t buffers = 0, scratch = 0, workerScratch = 0;
  llvm::SmallVector<int64_t, 2> tensorCounts;
  int64_t phases = 0, waits = 0, units = 0;
  int strings = 0;
};

/// The function of step `index`.
inline std::string stepName(size_t index) { return "snc_step_" + std::to_string(index); }

/// Public description of a call: the nodes that it computes, or its kernel's name
/// where they have none.
std::string nodesOf(CallOp call);
/// The kernel's operators, "conv+relu".
std::string operatorsOf(KernelOp kernel);
/// snc_dtype of an element type.
uint32_t dtypeOf(mlir::Type element);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_MODELTABLES_H
