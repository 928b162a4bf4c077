// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor level, family tensor: constants and data movement.

#ifndef SNC_TENSOR_OPS_TD
#define SNC_TENSOR_OPS_TD

include "ir/SncDialect.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

def Snc_ConstantOp : Snc_Op<"constant", [Pure, ConstantLike]> {
  let summary = "a tensor known at compile time: a weight, a shape, a table";
  let description = [{
    Weights are `dense_resource` values, so large ones are neither uniqued nor
    copied. The result may carry a layout that the value does not have yet;
    emission then packs the value (K5).
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Snc_Tensor:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

class Snc_MoveOp<string mnemonic, string text, dag attrs = (ins)> : Snc_TensorOp<mnemonic> {
  let summary = text;
  let arguments = !con((ins Snc_Tensor:$input), attrs);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_ReshapeOp : Snc_MoveOp<"reshape", "the same elements in row-major order under another shape",
                               (ins DenseI64ArrayAttr:$shape)>;
def Snc_TransposeOp : Snc_MoveOp<"transpose", "result dimension i is input dimension perm[i]",
                                 (ins DenseI64ArrayAttr:$perm)>;
def Snc_SliceOp : Snc_MoveOp<"slice", "result[i] = input[start + i * step] on each dimension; `sizes` is the result shape, steps may be negative",
                             (ins DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$steps)>;
def Snc_PadOp : Snc_MoveOp<"pad", "pads (or crops where negative) each dimension; mode constant, reflect, edge or wrap",
                           (ins DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, StrAttr:$mode,
                                DefaultValuedAttr<F32Attr, "0.0f">:$value)>;
def Snc_ExpandOp : Snc_MoveOp<"expand", "numpy broadcast of the input to `shape` (the full result shape)",
                              (ins DenseI64ArrayAttr:$shape)>;
def Snc_DepthToSpaceOp : Snc_MoveOp<"depth_to_space", "moves channels into blocks of pixels; mode DCR or CRD",
                                    (ins I64Attr:$block, StrAttr:$mode)>;
def Snc_SpaceToDepthOp : Snc_MoveOp<"space_to_depth", "moves blocks of pixels into channels",
                                    (ins I64Attr:$block)>;

def Snc_ResizeOp : Snc_MoveOp<"resize", "resamples the dimensions to `shape`",
                              (ins DenseI64ArrayAttr:$shape, DenseF32ArrayAttr:$scales,
                                   StrAttr:$mode, StrAttr:$coordinates, StrAttr:$nearest_mode)> {
  let description = [{
    `mode` is nearest or linear; `coordinates` is ONNX's
    coordinate_transformation_mode (half_pixel, asymmetric, align_corners,
    pytorch_half_pixel, half_pixel_symmetric); `nearest_mode` as in ONNX.
    `scales` has one number a dimension: those given by the model, or
    shape / input shape.
  }];
}

def Snc_RelayoutOp : Snc_TensorOp<"relayout"> {
  let summary = "the same tensor in the layout of its result type (kernel level)";
  let arguments = (ins Snc_Tensor:$input);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_TransferOp : Snc_TensorOp<"transfer"> {
  let summary = "the same tensor in a GPU's memory, or back in the host's (kernel level)";
  let description = [{
    Runs on the GPU's unit, in its queue: to the GPU, or `to_host`. Both sides
    have one layout, but each may be a window of a higher tensor.

    Example: `%1 = snc.transfer %0 {snc.unit = 1 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>`
  }];
  let arguments = (ins Snc_Tensor:$input, UnitAttr:$to_host);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_ConcatOp : Snc_TensorOp<"concat"> {
  let summary = "joins the inputs along `axis` (non-negative)";
  let arguments = (ins Variadic<Snc_Tensor>:$inputs, I64Attr:$axis);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
}

def Snc_GatherOp : Snc_TensorOp<"gather"> {
  let summary = "numpy take: input.take(indices, axis); negative indices count from the end";
  let arguments = (ins Snc_Tensor:$input, Snc_Tensor:$indices, I64Attr:$axis);
  let assemblyFormat = "$input `,` $indices attr-dict `:` functional-type(operands, results)";
}

#endif // SNC_TENSOR_OPS_TD
