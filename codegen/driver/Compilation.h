// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One way from a model to a folder, stage by stage; private to the driver.

#ifndef SNC_CODEGEN_DRIVER_COMPILATION_H
#define SNC_CODEGEN_DRIVER_COMPILATION_H

#include "codegen/driver/Compiler.h"
#include "codegen/driver/Interrupt.h"
#include "codegen/driver/KernelPool.h"
#include "codegen/driver/Measure.h"
#include "codegen/driver/OutputFolder.h"
#include "codegen/driver/Summary.h"
#include "codegen/driver/Tuning.h"
#include "codegen/emit/Link.h"
#include "frontend/DiagnosticPrinter.h"
#include "ir/Target.h"

#include "llvm/Support/Format.h"

namespace snc {

class Compilation {
public:
  Compilation(const CompilerOptions &options, llvm::raw_ostream &out, llvm::raw_ostream &err,
              const MeasureResult *measured = nullptr)
      : options(options), out(out), err(err), measured(measured), printer(context, err) {
    context.loadDialect<SncDialect, mlir::func::FuncDialect>();
  }

  bool run();
  /// How the plan was found; empty before run().
  const ReportSearch &searched() const { return report.search; }
  /// What can be tuned; empty before the kernel level.
  const std::vector<TunableKernel> &tunable() const { return tunables; }

private:
  bool fail(const llvm::Twine &message) {
    if (!interrupted()) // which also ends the programs we run
      err << options.modelLabel() << ": error: " << message << "\n";
    return false;
  }
  void say(llvm::StringRef what) {
    if (options.verbose)
      err << llvm::format("%7.3f s  ", watch.seconds()) << what << "\n";
  }
  bool check(llvm::Error error) { return error ? fail(llvm::toString(std::move(error))) : true; }

  bool prepare();
  bool import();
  bool pipeline(void (*build)(mlir::OpPassManager &, const PipelineOptions &),
                llvm::StringRef done);
  bool lowerFallback();
  bool choosePlan();
  bool print();
  bool compile();
  bool emitLibrary();
  bool writeObjects(const LinkTools &tools);
  bool writeTexts();

  const CompilerOptions &options;
  llvm::raw_ostream &out, &err;
  const MeasureResult *measured; ///< how the plan was chosen; may be null
  mlir::MLIRContext context;
  DiagnosticPrinter printer;
  const Target *target = nullptr;
  int64_t threads = 1;
  int64_t cpuThreads = 1; ///< of all units that are no GPU, or where the GPU cannot be used
  std::string name;
  std::vector<PlanUnit> units;
  Device gpu = Device::cpu; ///< of the units that the plan uses, if one is a GPU
  BranchPlan plan;
  DeviceDescription device;
  Report report;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::OwningOpRef<mlir::ModuleOp> fallback; ///< the network again, where a unit is a GPU
  ScratchFolder scratch;
  OutputFolder folder;
  KernelPoolResult kernels;
  std::vector<TunableKernel> tunables;
  LibraryDescription description;
  PlanDescription decided;
  std::vector<char> weights;
  Stopwatch watch;
};

} // namespace snc

#endif // SNC_CODEGEN_DRIVER_COMPILATION_H
