// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machines that code can be made for, as a module carries them: attribute
// `snc.target` (a name below) and `snc.threads` (i64, strips a kernel is cut
// into).

#ifndef SNC_IR_TARGET_H
#define SNC_IR_TARGET_H

#include "ir/SncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <optional>

namespace snc {

struct Target {
  llvm::StringRef name;     ///< as given to --target
  llvm::StringRef triple;   ///< LLVM triple
  llvm::StringRef features; ///< LLVM feature string of the executor object
  llvm::StringRef halide;   ///< Halide target without the common features
  int64_t vectorLanes;      ///< f32 lanes of one vector register
  int64_t registers;        ///< vector registers
  int64_t blockLanes;       ///< preferred lanes of a channel block
};

/// Every known target, best first within an architecture.
llvm::ArrayRef<Target> allTargets();

/// The target called `name`; "host" is the best one this machine can run.
/// Null for an unknown name.
const Target *findTarget(llvm::StringRef name);

/// The target of a module; x86-64-avx2 where it names none.
const Target &targetOf(mlir::ModuleOp module);

/// The strips kernels are cut into; 1 where the module does not say.
int64_t threadsOf(mlir::ModuleOp module);

/// The threads a kernel's parallel loops have: those of its unit (`snc.threads`),
/// where it runs on one.
int64_t threadsOf(KernelOp kernel);

/// Threads of each unit that branches run on (`snc.units`); empty where the
/// module has no branches.
llvm::ArrayRef<int64_t> unitsOf(mlir::ModuleOp module);

/// Those of a program: the module's, but for a fallback, which has none.
llvm::ArrayRef<int64_t> unitsOf(ProgramOp program);

/// The program that runs where the module's first one finds no GPU; null without.
ProgramOp fallbackOf(mlir::ModuleOp module);
inline constexpr llvm::StringLiteral kFallbackName = "fallback";
void setUnits(mlir::ModuleOp module, llvm::ArrayRef<int64_t> threads);

/// What code a unit runs: the target's own, or a GPU's through one of its interfaces.
enum class Device { cpu, opencl, cuda, vulkan, metal };

/// "cpu", "opencl", ...; the name of a kernel's `snc.device` and of each of the
/// module's `snc.devices`.
llvm::StringRef nameOf(Device device);
std::optional<Device> deviceNamed(llvm::StringRef name);

/// The device of unit `unit`: the CPU where the module has no `snc.devices`, and for
/// all units at once (kAllUnits).
Device deviceOf(mlir::ModuleOp module, int64_t unit);
/// The unit that is a GPU; there is at most one.
std::optional<int64_t> gpuOf(mlir::ModuleOp module);
std::optional<int64_t> gpuOf(ProgramOp program);
void setDevices(mlir::ModuleOp module, llvm::ArrayRef<Device> devices);

/// The device a kernel is made for (`snc.device`); the CPU where it names none.
Device deviceOf(KernelOp kernel);

/// Bytes that buffers of the host are aligned to: a cache line, a vector of AVX-512.
inline constexpr int64_t kHostAlignment = 64;

/// Bytes that a part of a GPU's buffer is aligned to (SNC_DEVICE_ALIGNMENT).
inline constexpr int64_t kDeviceAlignment = 512;

/// Sets target and threads.
void setTarget(mlir::ModuleOp module, const Target &target, int64_t threads);

} // namespace snc

#endif // SNC_IR_TARGET_H
