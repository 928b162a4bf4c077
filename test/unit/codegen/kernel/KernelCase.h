// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One kernel, from its ops to numbers: built in memory, compiled to an object,
// loaded, run on random data and compared with the reference. The surroundings
// are hostile: outputs start as NaN between canaries, scratch memory too, plain
// arguments are aligned to one element alone, and parallel loops run backwards.

#ifndef SNC_TEST_KERNELCASE_H
#define SNC_TEST_KERNELCASE_H

#include "Reference.h"

#include "ir/SncOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include <random>

namespace snc::test {

using Shape = llvm::SmallVector<int64_t>;

class KernelCase {
  mlir::MLIRContext context; // first: the members below need it

public:
  /// The seed fixes the data; targets are those of ir/Target.h that run here, with
  /// "/opencl" behind the name as the host of a GPU, whose checks are skipped without one.
  KernelCase(llvm::StringRef target, unsigned seed, int64_t threads = 1);

  mlir::OpBuilder builder;
  mlir::Location loc;
  std::mt19937 random;

  /// A value in [low, high].
  int64_t pick(int64_t low, int64_t high);
  int64_t pickOf(std::initializer_list<int64_t> values);

  /// An argument with random values between low and high; `lanes` 0 is plain.
  mlir::Value argument(Shape shape, int64_t lanes = 0, double low = -1, double high = 1);
  mlir::Value argument(Shape shape, mlir::Attribute layout, mlir::Type element, double low,
                       double high);
  mlir::Value constant(float value);

  /// A new op; its result gets channel blocks of `lanes`.
  template <typename Op, typename... Args> mlir::Value op(int64_t lanes, Args &&...args) {
    mlir::Value result = builder.create<Op>(loc, std::forward<Args>(args)...);
    return blocked(result, lanes);
  }
  mlir::Value blocked(mlir::Value value, int64_t lanes);
  mlir::Attribute layout(int64_t lanes);

  /// `kind` and its numbers; without a call --snc-choose-schedules decides. On a GPU,
  /// "generic" is gpu_generic, and what else is for CPUs is left to the choice.
  void schedule(llvm::StringRef kind, std::vector<std::pair<llvm::StringRef, int64_t>> params);

  /// The schedule at `place` of the kernel's menu, counted round.
  void scheduleOfMenu(size_t place) { menuPlace = place; }

  /// Ends the kernel in `result`, runs it and expects the reference's numbers:
  /// |error| <= tolerance * the largest magnitude expected, or 1 where that is less.
  void check(mlir::Value result, double tolerance = 1e-5);

  /// The kernel as it was run; after check().
  KernelOp built() const { return kernel; }

  /// The kernel's text, for messages.
  std::string text();

private:
  void finish(mlir::Value result);

  mlir::OwningOpRef<mlir::ModuleOp> module;
  KernelOp kernel;
  std::vector<Tensor> inputs;
  bool scheduled = false;
  std::optional<size_t> menuPlace;
};

/// The targets whose kernels this machine runs.
std::vector<llvm::StringRef> runnableTargets();

} // namespace snc::test

#endif // SNC_TEST_KERNELCASE_H
