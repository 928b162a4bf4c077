// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The body of a kernel as Halide Funcs: the algorithm, no schedule yet.

#ifndef SNC_CODEGEN_LOWER_LOWERING_H
#define SNC_CODEGEN_LOWER_LOWERING_H

#include "codegen/lower/TensorView.h"
#include "ir/Target.h"

#include "llvm/ADT/DenseMap.h"

namespace snc {

/// The steps of a Winograd convolution. Tiles t are counted row by row over the picture,
/// points p row by row over a tile; i and j are rows and columns of one.
struct WinogradFuncs {
  hl::Func inputColumns{"input_columns"}; ///< (c, j, i, t, b, n), columns transformed
  hl::Func input{"input"};                ///< (c, t, b, p, n), transformed
  hl::Func product{"product"};            ///< (c, t, b, p, n), summed over input channels
  hl::Func columns{"columns"};            ///< (c, j, i, t, b, n), columns transformed back
};

/// A part of a sum over input channels: `sum` keeps it for a plane, `acc` for a tile.
struct PartialSum {
  hl::Func sum, acc;
  hl::RDom domain;
};

/// What an op became, for the schedules. Elementwise ops and data movement are
/// inlined and leave no stage.
struct Stage {
  enum class Kind {
    Conv,      ///< `acc` is the sum, `result` reads it; `pad` if padded
    Winograd,  ///< `acc` are products, see WinogradFuncs; `pad`
    Depthwise, ///< `result` holds all taps in one expression; `pad` if padded
    Gemm,      ///< `acc` is the sum over panels
    Reduce,    ///< `acc` has updates over a domain; `result` is pure
    Update,    ///< `result` itself has updates for each input (concat, copied channels)
    Helper,    ///< a small table that is best computed once
  };
  Kind kind;
  mlir::Operation *op;
  hl::Func result, acc, pad;
  hl::RDom domain;
  hl::Func source;   ///< the operand, where the kernel computes it itself
  hl::RDom interior; ///< tiles of `pad`'s last update (pixel, tile), in fused kernels
  WinogradFuncs winograd{};
  std::vector<PartialSum> parts{}; ///< each begins with the one before; `acc` with the last
};

/// Owns the Funcs of one kernel while it is compiled.
struct LoweredKernel {
  Device device = Device::cpu;
  bool gpu = false;                      ///< no Func may need memory between launches
  std::vector<hl::ImageParam> arguments; ///< as the kernel's
  hl::Func output;                       ///< in memory order of the kernel's result
  IndexSpace space;                      ///< the output's variables
  mlir::RankedTensorType resultTensor;   ///< the output's type
  mlir::Type resultElement;              ///< as it is stored (StoredHalf.h)
  std::vector<Stage> stages;             ///< in program order
  llvm::DenseMap<mlir::Value, TensorView> values;
  /// Run on the loops after Halide's own; added by the schedule.
  std::vector<std::unique_ptr<hl::Internal::IRMutator>> passes;

  TensorView view(mlir::Value v) const { return values.lookup(v); }
  Stage &addStage(Stage stage);
};

/// Lowers `kernel`, whose body computes in f32 what its type may store as half
/// (computeInFloat); a located diagnostic and failure for what cannot be compiled.
mlir::FailureOr<LoweredKernel> lowerKernel(KernelOp kernel);

// The families: each returns false when `op` is none of theirs, and otherwise has
// set the view of its result. Errors of use are emitted at the op.
bool lowerElementwise(LoweredKernel &kernel, mlir::Operation *op);
bool lowerConvolution(LoweredKernel &kernel, mlir::Operation *op);
bool lowerChannelRuns(LoweredKernel &kernel, mlir::Operation *op);
bool lowerPool(LoweredKernel &kernel, mlir::Operation *op);
bool lowerNorm(LoweredKernel &kernel, mlir::Operation *op);
bool lowerMatrix(LoweredKernel &kernel, mlir::Operation *op);
bool lowerReduction(LoweredKernel &kernel, mlir::Operation *op);
bool lowerMovement(LoweredKernel &kernel, mlir::Operation *op);
bool lowerResize(LoweredKernel &kernel, mlir::Operation *op);
bool lowerConstant(LoweredKernel &kernel, mlir::Operation *op);

/// True where the result of `op` is blocked channels moved as runs of lanes: its
/// updates have a domain (lane, block), and its padded lanes are zero.
bool copiesChannelRuns(mlir::Operation *op);

/// Defines the view of the op's result as `value` at the coordinates of `space`.
void define(LoweredKernel &kernel, mlir::Operation *op, const IndexSpace &space, hl::Expr value);

inline mlir::RankedTensorType resultType(mlir::Operation *op) {
  return llvm::cast<mlir::RankedTensorType>(op->getResult(0).getType());
}

/// bias as the initial value of a sum, zero without one.
hl::Expr initialSum(LoweredKernel &kernel, mlir::Value bias, const Coords &at);

/// Input channels that the innermost reduction loop takes. A last block that is
/// mostly padding is not read to its end: the loop takes a power of two that
/// divides the channels instead of a block.
int reductionStep(int64_t channels, int64_t lanes);

/// The logistic function of an f32 `x`, within 3e-7 of itself; without fused
/// multiplication within 3e-7 + 5e-8 |x|.
hl::Expr sigmoid(const hl::Expr &x);

/// The error function of an f32 or f64 `x`, within 5e-7.
hl::Expr errorFunction(const hl::Expr &x);

/// 1 / d for normal f32 `d` whose inverse is normal, within 2e-8 of itself.
hl::Expr inverse(const hl::Expr &d);

/// 0 <= i < extent, in a form that Halide cannot solve for `i`: from other conditions it
/// makes bounds of what is read under them, and no longer sees that it is one element.
hl::Expr liesWithin(const hl::Expr &i, int extent);

/// The smallest value of a type, for maxima.
hl::Expr lowest(hl::Type type);

} // namespace snc

#endif // SNC_CODEGEN_LOWER_LOWERING_H
