// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor level, family math: elementwise ops, matrix products, reductions.

#ifndef SNC_MATH_OPS_TD
#define SNC_MATH_OPS_TD

include "ir/SncDialect.td"

// ---- one operand, same shape ------------------------------------------------

class Snc_UnaryOp<string mnemonic, string text, dag attrs = (ins)>
    : Snc_TensorOp<mnemonic> {
  let summary = text;
  let arguments = !con((ins Snc_Tensor:$input), attrs);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_ReluOp : Snc_UnaryOp<"relu", "max(x, 0)">;
def Snc_LeakyReluOp : Snc_UnaryOp<"leaky_relu", "x < 0 ? alpha * x : x", (ins F32Attr:$alpha)>;
def Snc_ClampOp : Snc_UnaryOp<"clamp", "min(max(x, lo), hi)", (ins F32Attr:$lo, F32Attr:$hi)>;
def Snc_SigmoidOp : Snc_UnaryOp<"sigmoid", "1 / (1 + exp(-x))">;
def Snc_HardSigmoidOp : Snc_UnaryOp<"hard_sigmoid", "clamp(alpha * x + beta, 0, 1)", (ins F32Attr:$alpha, F32Attr:$beta)>;
def Snc_HardSwishOp : Snc_UnaryOp<"hard_swish", "x * clamp(x / 6 + 1/2, 0, 1)">;
def Snc_SwishOp : Snc_UnaryOp<"swish", "x / (1 + exp(-x))">;
def Snc_TanhOp : Snc_UnaryOp<"tanh", "hyperbolic tangent">;
def Snc_EluOp : Snc_UnaryOp<"elu", "x < 0 ? alpha * (exp(x) - 1) : x", (ins F32Attr:$alpha)>;
def Snc_SeluOp : Snc_UnaryOp<"selu", "gamma * (x <= 0 ? alpha * (exp(x) - 1) : x)", (ins F32Attr:$alpha, F32Attr:$gamma)>;
def Snc_ExpOp : Snc_UnaryOp<"exp", "e to the x">;
def Snc_LogOp : Snc_UnaryOp<"log", "natural logarithm">;
def Snc_SqrtOp : Snc_UnaryOp<"sqrt", "square root">;
def Snc_NegOp : Snc_UnaryOp<"neg", "-x">;
def Snc_AbsOp : Snc_UnaryOp<"abs", "absolute value">;
def Snc_ErfOp : Snc_UnaryOp<"erf", "error function, within 5e-7">;
def Snc_SinOp : Snc_UnaryOp<"sin", "sine of radians">;
def Snc_CosOp : Snc_UnaryOp<"cos", "cosine of radians">;
def Snc_FloorOp : Snc_UnaryOp<"floor", "the whole number below">;
def Snc_CeilOp : Snc_UnaryOp<"ceil", "the whole number above">;
def Snc_RoundOp : Snc_UnaryOp<"round", "the nearest whole number, of two the even one">;
def Snc_SoftmaxOp : Snc_UnaryOp<"softmax", "exp(x) / sum(exp(x)) along `axis` (non-negative)", (ins I64Attr:$axis)>;
def Snc_LogSoftmaxOp : Snc_UnaryOp<"log_softmax", "log(softmax(x)) along `axis` (non-negative)", (ins I64Attr:$axis)>;

def Snc_CastOp : Snc_TensorOp<"cast"> {
  let summary = "converts the element type as ONNX Cast does (float to integer truncates)";
  let arguments = (ins Snc_Tensor:$input, TypeAttr:$to);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

// ---- two operands, numpy broadcasting ----------------------------------------

class Snc_BinaryOp<string mnemonic, string text> : Snc_TensorOp<mnemonic> {
  let summary = text;
  let description = [{ Shapes are broadcast as in numpy; element types agree. }];
  let arguments = (ins Snc_Tensor:$lhs, Snc_Tensor:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def Snc_AddOp : Snc_BinaryOp<"add", "lhs + rhs">;
def Snc_SubOp : Snc_BinaryOp<"sub", "lhs - rhs">;
def Snc_MulOp : Snc_BinaryOp<"mul", "lhs * rhs">;
def Snc_DivOp : Snc_BinaryOp<"div", "lhs / rhs (integers truncate)">;
def Snc_MinOp : Snc_BinaryOp<"min", "the smaller of both; of i1: and">;
def Snc_MaxOp : Snc_BinaryOp<"max", "the larger of both; of i1: or">;
def Snc_PowOp : Snc_BinaryOp<"pow", "lhs to the rhs">;
def Snc_PReluOp : Snc_BinaryOp<"prelu", "lhs < 0 ? rhs * lhs : lhs; rhs broadcasts to lhs">;

// The result is i1.
def Snc_LessOp : Snc_BinaryOp<"less", "lhs < rhs">;
def Snc_LessEqualOp : Snc_BinaryOp<"less_equal", "lhs <= rhs">;
def Snc_EqualOp : Snc_BinaryOp<"equal", "lhs == rhs">;

def Snc_SelectOp : Snc_TensorOp<"select"> {
  let summary = "condition ? lhs : rhs";
  let description = [{ The condition is i1. All three are broadcast as in numpy. }];
  let arguments = (ins Snc_Tensor:$condition, Snc_Tensor:$lhs, Snc_Tensor:$rhs);
  let assemblyFormat =
      "$condition `,` $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

// ---- matrix products -----------------------------------------------------------

def Snc_MatMulOp : Snc_TensorOp<"matmul"> {
  let summary = "numpy matmul: batched, leading dimensions broadcast, 1-D allowed";
  let arguments = (ins Snc_Tensor:$lhs, Snc_Tensor:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def Snc_GemmOp : Snc_TensorOp<"gemm"> {
  let summary = "alpha * op(A) * op(B) + beta * C";
  let description = [{
    A is M x K (K x M when `trans_a`), B is K x N (N x K when `trans_b`), C
    broadcasts to M x N. Example:
    `snc.gemm %a, %b, %c {alpha = 1.0 : f32, beta = 1.0 : f32, trans_a = false, trans_b = true} : ...`
  }];
  let arguments = (ins Snc_Tensor:$a, Snc_Tensor:$b, Optional<Snc_Tensor>:$c,
                       DefaultValuedAttr<F32Attr, "1.0f">:$alpha,
                       DefaultValuedAttr<F32Attr, "1.0f">:$beta,
                       DefaultValuedAttr<BoolAttr, "false">:$trans_a,
                       DefaultValuedAttr<BoolAttr, "false">:$trans_b);
  let assemblyFormat = "$a `,` $b (`,` $c^)? attr-dict `:` functional-type(operands, results)";
}

// ---- reductions ------------------------------------------------------------------

class Snc_ReduceOp<string mnemonic, string text> : Snc_TensorOp<mnemonic> {
  let summary = text # " over `axes` (sorted, non-negative)";
  let arguments = (ins Snc_Tensor:$input, DenseI64ArrayAttr:$axes, BoolAttr:$keepdims);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Snc_ReduceMeanOp : Snc_ReduceOp<"reduce_mean", "mean">;
def Snc_ReduceSumOp : Snc_ReduceOp<"reduce_sum", "sum">;
def Snc_ReduceMaxOp : Snc_ReduceOp<"reduce_max", "maximum">;
def Snc_ReduceMinOp : Snc_ReduceOp<"reduce_min", "minimum">;
def Snc_ReduceProdOp : Snc_ReduceOp<"reduce_prod", "product">;

def Snc_ArgMaxOp : Snc_TensorOp<"argmax"> {
  let summary = "index of the largest element along `axis`, as i64";
  let arguments = (ins Snc_Tensor:$input, I64Attr:$axis, BoolAttr:$keepdims,
                       DefaultValuedAttr<BoolAttr, "false">:$select_last);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

#endif // SNC_MATH_OPS_TD
