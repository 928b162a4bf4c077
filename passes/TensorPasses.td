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
    Movement of any element type, casts, and arithmetic and reductions of f32.
    Results above `limit` elements stay computed where they have more elements
    than their operands together, so that no weight file grows by an expanded
    scalar.
  }];
  let options = [Option<"limit", "limit", "int64_t", "1048576", "most elements of a result">];
  let dependentDialects = ["::snc::SncDialect"];
}

def Recognize : Pass<"snc-recognize", "::mlir::ModuleOp"> {
  let summary = "finds activations that the exporter wrote out in parts";
  let description = [{
    clamp(x + 3, 0, 6) / 6 and clamp(a * x + b, 0, 1) are hard_sigmoid, x times
    the former hard_swish, x * sigmoid(x) swish; max(x, 0) and clamp to infinity
    relu; max(x, a * x) and prelu with one slope leaky_relu. A chain of bounds
    becomes one relu or clamp.
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

def FoldInputScale : Pass<"snc-fold-input-scale", "::mlir::ModuleOp"> {
  let summary = "moves per-channel mul, add, sub and div into the weights behind them";
  let description = [{
    Into convolutions with constant weights that alone read the scaled value. A
    shift goes only where the convolution pads nothing.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def FoldPad : Pass<"snc-fold-pad", "::mlir::ModuleOp"> {
  let summary = "makes zero padding of the picture the convolution's own";
  let description = [{
    Also that of an average pool, and that of a max pool where it wins in no
    window.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def LowerTransposedConvs : Pass<"snc-lower-transposed-convs", "::mlir::ModuleOp"> {
  let summary = "makes transposed convolutions convolutions and depth to space";
  let description = [{
    Of one group, with constant weights, no dilation and equal strides: each of
    the stride x stride phases of the result becomes channels of one
    convolution, `depth_to_space` interleaves them, and a slice crops. Others
    are left.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def NormalizeGemm : Pass<"snc-normalize-gemm", "::mlir::ModuleOp"> {
  let summary = "gives matrix products with constant matrices one form";
  let description = [{
    matmul with a constant matrix becomes gemm, its leading dimensions rows;
    alpha and beta go into the constants; what is done to each column of a
    reshaped gemm is done before the reshape.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def SimplifyShapes : Pass<"snc-simplify-shapes", "::mlir::ModuleOp"> {
  let summary = "removes movement that moves nothing, and joins what can be one";
  let description = [{
    Identities (reshape, transpose, slice, pad, expand, cast, resize, concat of
    one, times one, plus zero), a reshape of a reshape, a transpose of a transpose
    or of ones, a pool over the whole picture (a reduction), an expand that a
    binary operator does anyway.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def SimplifySlices : Pass<"snc-simplify-slices", "::mlir::ModuleOp"> {
  let summary = "lets slices, concats and gathers read as little as they can";
  let description = [{
    A slice of a slice, a slice of one input of a concat, a concat of concats, a
    gather of indices at equal distances (a slice).
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

def MoveBeforeConcat : Pass<"snc-move-before-concat", "::mlir::ModuleOp"> {
  let summary = "applies activations to the parts of a concat instead of the whole";
  let description = [{
    Where every part is the result of a convolution and nothing else reads part
    or whole: the activation becomes the convolutions' epilogue.
  }];
  let dependentDialects = ["::snc::SncDialect"];
}

#endif // SNC_TENSOR_PASSES_TD
