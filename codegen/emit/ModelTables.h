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
  /// Globals of the program's tables begin with `prefix`.
  ModelTables(mlir::ModuleOp module, const ExecutorOptions &options, ProgramOp program,
              llvm::StringRef prefix);

  /// The snc_model, modelName(), of the program; step i is the function stepName(i).
  /// Where it uses a GPU, `fallback` names the snc_model for when that cannot be used; it
  /// may be empty.
  void addModel(llvm::ArrayRef<EmittedStep> steps, llvm::StringRef fallback);

  std::string modelName() const { return prefix + "_the_model"; }
  std::string stepName(size_t index) const { return prefix + "_step_" + std::to_string(index); }

  /// Position of the first buffer of each call in the table of buffers.
  llvm::ArrayRef<int64_t> firstBuffers() const { return first; }

private:
  using Fill = llvm::function_ref<mlir::Value(mlir::OpBuilder &)>;
  void addGlobal(llvm::StringRef name, mlir::Type type, Fill fill);
  std::string addString(llvm::StringRef text);
  void addTensors(llvm::StringRef name, Space space);
  void addBuffers();
  void addKernels();
  void addSteps(llvm::ArrayRef<EmittedStep> steps);
  void addUnits();
  void addGpu(llvm::StringRef fallback);
  std::string named(llvm::StringRef table) const { return prefix + "_" + table.str(); }
  void addWords(llvm::StringRef name, llvm::ArrayRef<int32_t> words);
  mlir::Value structOf(mlir::OpBuilder &b, mlir::Type type, llvm::ArrayRef<mlir::Value> members);
  /// An array made from structs.
  mlir::Value arrayOf(mlir::OpBuilder &b, mlir::Type element, llvm::ArrayRef<mlir::Value> items);
  mlir::Value i32(mlir::OpBuilder &b, int64_t v);
  mlir::Value i64(mlir::OpBuilder &b, int64_t v);
  mlir::Value address(mlir::OpBuilder &b, llvm::StringRef global);
  mlir::Value null(mlir::OpBuilder &b);

  mlir::ModuleOp module;
  const ExecutorOptions &options;
  ProgramOp program;
  std::string prefix;
  std::optional<int64_t> gpu; ///< the program's unit that is one
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::Type ptr;
  llvm::SmallVector<int64_t> first;
  int64_t buffers = 0, scratch = 0, workerScratch = 0;
  llvm::SmallVector<int64_t, 2> tensorCounts;
  int64_t phases = 0, waits = 0, units = 0;
  int strings = 0;
};

/// Public description of a call: the nodes that it computes, or its kernel's name
/// where they have none.
std::string nodesOf(CallOp call);
/// The kernel's operators, "conv+relu".
std::string operatorsOf(KernelOp kernel);
/// snc_dtype of an element type.
uint32_t dtypeOf(mlir::Type element);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_MODELTABLES_H
