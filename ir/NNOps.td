// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor level, family nn: convolutions, pooling, normalisation. All are 2-D
// over NCHW; the importer turns 1-D operators into height 1.

#ifndef SNC_NN_OPS_TD
#define SNC_NN_OPS_TD

include "ir/SncDialect.td"

def Snc_ConvOp : Snc_TensorOp<"conv"> {
  let summary = "2-D convolution, any stride, dilation, padding and group";
  let description = [{
    `input` N x C x H x W, `weight` O x C/group x KH x KW, `bias` O.
    `strides` and `dilations` are [h, w]; `pads` is [top, left, bottom, right],
    zero-filled, and may be negative after folding.
  }];
  let arguments = (ins Snc_Tensor:$input, Snc_Tensor:$weight, Optional<Snc_Tensor>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$pads, I64Attr:$group);
  let assemblyFormat = "$input `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
  let extraClassDeclaration = sncSharedDecls # [{
    /// True for one input and output channel a group (multiplier 1).
    bool isDepthwise();
    /// True for a 1x1 kernel, stride 1, no padding and one group.
    bool isPointwise();
  }];
}

def Snc_ConvTransposeOp : Snc_TensorOp<"conv_transpose"> {
  let summary = "2-D transposed convolution";
  let description = [{
    `input` N x C x H x W, `weight` C x O/group x KH x KW, `bias` O. Result height
    is (H-1)*stride + output_padding + (KH-1)*dilation + 1 - top - bottom.
  }];
  let arguments = (ins Snc_Tensor:$input, Snc_Tensor:$weight, Optional<Snc_Tensor>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$output_padding,
                       I64Attr:$group);
  let assemblyFormat = "$input `,` $weight (`,` $bias^)? attr-dict `:` functional-type(operands, results)";
}

class Snc_PoolOp<string mnemonic, dag extra = (ins)> : Snc_TensorOp<mnemonic> {
  let arguments = !con((ins Snc_Tensor:$input, DenseI64ArrayAttr:$kernel,
                            DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                            DenseI64ArrayAttr:$pads,
                            DefaultValuedAttr<BoolAttr, "false">:$ceil_mode), extra);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_MaxPoolOp : Snc_PoolOp<"max_pool"> {
  let summary = "2-D maximum over a window; padding never wins";
}

def Snc_AvgPoolOp : Snc_PoolOp<"avg_pool", (ins DefaultValuedAttr<BoolAttr, "false">:$count_include_pad)> {
  let summary = "2-D mean over a window; padding counts only with `count_include_pad`";
}

def Snc_BatchNormOp : Snc_TensorOp<"batch_norm"> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * scale + bias, by channel (axis 1)";
  let arguments = (ins Snc_Tensor:$input, Snc_Tensor:$scale, Snc_Tensor:$bias,
                       Snc_Tensor:$mean, Snc_Tensor:$variance, F32Attr:$epsilon,
                       DefaultValuedAttr<F32Attr, "0.9f">:$momentum);
  let description = "`momentum`, of the old mean and variance, is of training alone; as ONNX's.";
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Snc_InstanceNormOp : Snc_TensorOp<"instance_norm"> {
  let summary = "normalises each channel of each image by its own mean and variance";
  let arguments = (ins Snc_Tensor:$input, Snc_Tensor:$scale, Snc_Tensor:$bias, F32Attr:$epsilon);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Snc_LrnOp : Snc_TensorOp<"lrn"> {
  let summary = "local response normalisation across `size` channels, as ONNX LRN";
  let arguments = (ins Snc_Tensor:$input, I64Attr:$size, F32Attr:$alpha, F32Attr:$beta, F32Attr:$bias);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

#endif // SNC_NN_OPS_TD
