// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes over the tensor level. Each keeps what the network computes, up to
// rounding.

#ifndef SNC_TENSOR_PASSES_TD
#define SNC_TENSOR_PASSES_TD

include "mlir/Pass/PassBase.td"

def FoldConstants : Pass<"snc-fold-constants", "::mlir::ModuleOp"> {
  let summary = "computes at compile time what depends on constants alone";
  let description = [{
    Results above `limit` elements stay computed, so that no weight file grows
    by an expanded scalar.
  }];
  let options = [Option<"limit", "limit", "int64_t", "1048576", "most elements of a result">];
  let dependentDialects = ["::snc::SncDialect"];
}

def Recognize : Pass<"snc-recognize", "::mlir::ModuleOp"> {
  let summary = "finds activations that the exporter wrote out in parts";
  let description = [{
    clamp(x + 3, 0, 6) / 6 is hard_sigmoid, x times it hard_swish, x *
    sigmoid(x) swish, max(x, 0) and clamp to infinity relu.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def FoldBatchNorm : Pass<"snc-fold-batch-norm", "::mlir::ModuleOp"> {
  let summary = "turns batch normalisation into a scale and a shift by channel";
  let description = [{
    The statistics must be constants. `snc-fold-scale-shift` then moves scale
    and shift into the convolution before them.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def FoldScaleShift : Pass<"snc-fold-scale-shift", "::mlir::ModuleOp"> {
  let summary = "moves per-channel mul, add, sub and div into the weights before them";
  let description = [{
    Into convolutions, transposed ones and gemm, where weights are constants and
    nothing else reads the unscaled result.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def FoldPad : Pass<"snc-fold-pad", "::mlir::ModuleOp"> {
  let summary = "makes zero padding of the picture the convolution's own";
  let description = [{
    Also that of an average pool which counts its padding and of a max pool over
    values that are never below zero.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def SimplifyShapes : Pass<"snc-simplify-shapes", "::mlir::ModuleOp"> {
  let summary = "removes movement that moves nothing, and joins what can be one";
  let description = [{
    Identities (reshape, transpose, slice, pad, expand, cast, concat of one), a
    reshape of a reshape, a transpose of a transpose, matmul with a constant
    matrix (a gemm), a bias added to a gemm.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

#endif // SNC_TENSOR_PASSES_TD
