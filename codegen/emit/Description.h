// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an emitted library is, for the files that describe it.

#ifndef SNC_CODEGEN_EMIT_DESCRIPTION_H
#define SNC_CODEGEN_EMIT_DESCRIPTION_H

#include "ir/SncOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace snc {

struct TensorDescription {
  std::string name;       ///< the model's
  std::string identifier; ///< the same as a C identifier, unique in its list
  mlir::RankedTensorType type;
};

/// What a kernel reads or writes.
struct ValueDescription {
  int64_t buffer = 0; ///< number in the program's table of buffers
  mlir::RankedTensorType type;
};

struct KernelDescription {
  std::string name, nodes, op;
  int64_t flops = 0, bytes = 0;
  std::string signature; ///< KernelShape's, which measured latencies are found by
  std::string schedule;  ///< "#snc.schedule<...>"; empty: none
  int64_t unit = -1;     ///< that runs it; -1: all
  int64_t threads = 1;   ///< of its parallel loops
  std::string device;    ///< that it is made for: "cpu", "opencl", ...
  std::vector<ValueDescription> reads, writes;
};

/// What was decided, in short; plan.json has it all.
struct PlanDescription {
  std::string strategy;             ///< as BranchPlan names it
  double predictedUs = 0;           ///< microseconds of a run, by the cost model
  std::optional<double> measuredUs; ///< where the compiler has run it
};

struct LibraryDescription {
  std::string name, model, target;
  int64_t threads = 1;
  bool weightsEmbedded = true;
  std::vector<TensorDescription> inputs, outputs;
  std::vector<KernelDescription> kernels; ///< in order of execution
  bool hasGpu = false;
  bool gpuHalf = false;                       ///< the GPU stores halves
  int64_t deviceArena = 0, deviceWeights = 0; ///< bytes of the GPU's memory
  std::vector<KernelDescription> fallback;    ///< those of the program for the CPU alone, if any
  std::vector<std::pair<std::string, int64_t>> operators; ///< and how often, by name
  int64_t arena = 0, arenaLowerBound = 0, weights = 0;
  PlanDescription plan;
  uint64_t weightsHash = 0;                            ///< snc_hash64 of the packed weights
  uint64_t workspaceBytes = 0, workspaceAlignment = 0; ///< of a context of `threads`
};

/// Reads a module at the schedule level.
LibraryDescription describe(mlir::ModuleOp module, llvm::StringRef name);

/// The C type of an element, "float".
std::string cType(mlir::Type element);

} // namespace snc

#endif // SNC_CODEGEN_EMIT_DESCRIPTION_H
